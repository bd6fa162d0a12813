"""What shows that a server lets its inside be seen: traces, SQL, file paths, debug pages.

The patterns are in `leak_patterns`.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Final

from export_contract.acceptance.checks.leak_patterns import MESSAGES, TRACES

_MOST_LOOKED_AT: Final = 128 * 1024
"""Characters; a trace stands near the beginning."""
_TABLES: Final = tuple(
    tuple((what, re.compile(pattern, re.MULTILINE)) for what, pattern in table) for table in (TRACES, MESSAGES)
)


def find_leak(text: str) -> tuple[str, str] | None:
    """(what it is, the piece of text) for the first leak in an answer's text, or None.

    >>> find_leak('There was an error at line 1 column 5.')
    """
    text = text[:_MOST_LOOKED_AT]
    # JSON writes line breaks as escapes; the patterns know only the real ones.
    unescaped = text.replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"').replace("\\\\", "\\")
    for table, plain in product(_TABLES, dict.fromkeys((text, unescaped))):
        for what, pattern in table:
            if match := pattern.search(plain):
                return what, match.group()[:200]
    return None
