"""All bodies with what the contract says of them."""

from __future__ import annotations

from . import rows_accepted, rows_fields, rows_open, rows_text, rows_timestamps
from .rows import Row

ROWS: tuple[Row, ...] = (
    *rows_accepted.ROWS,
    *rows_fields.ROWS,
    *rows_timestamps.ROWS,
    *rows_text.ROWS,
    *rows_open.ROWS,
)
