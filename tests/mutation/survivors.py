"""The survivors that docs/mutation.md names."""

from __future__ import annotations

import re
from typing import Final

from tests.mutation.groups import ROOT
from tests.mutation.mutants import Change

_LINE: Final = re.compile(r"- `(?P<module>[^`]+)` `(?P<before>[^`]*)` → `(?P<after>[^`]*)`: .+")


def named() -> set[Change]:
    """Those that the document names, each with a reason."""
    text = (ROOT / "docs" / "mutation.md").read_text("utf-8")
    return {Change(**match.groupdict()) for match in map(_LINE.fullmatch, text.splitlines()) if match}
