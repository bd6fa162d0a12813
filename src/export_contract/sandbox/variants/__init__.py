"""Conforming ways to be different, which a fair test must let pass."""

from .table import VARIANTS, Variant

__all__ = ["VARIANTS", "Variant"]
