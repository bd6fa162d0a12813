"""Where the requirements of a contract are written, as reports name it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from export_contract import contract as built_in
from export_contract.contract import Contract

_NAME: Final = "requirements.yaml"
_ID: Final = re.compile(r"""\s*(?:-\s+)?id:\s*(["']?)(\S+?)\1\s*(?:#.*)?""")


class RequirementPlaces(NamedTuple):
    """The file of a contract's requirements, and the line of each."""

    file: str
    """Relative to the working directory; the name alone where it is elsewhere, so that no report shows a home."""
    lines: dict[str, int]
    """Counted from 1, by id; without those whose line is not found."""


def requirement_places(contract: Contract) -> RequirementPlaces:
    """Where the requirements of a contract are written."""
    file = Path(contract.file).with_name(_NAME)
    package = Path(built_in.__file__).parent
    if not file.is_file():
        file = package / _NAME
    is_built_in = file.resolve().parent == package.resolve()
    lines: dict[str, int] = {}
    try:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if match := _ID.fullmatch(line):
                lines.setdefault(match[2], number)
    except (OSError, UnicodeDecodeError):
        pass  # the contract was loaded from it, but it may be gone by now
    return RequirementPlaces(_NAME if is_built_in else _shown(file), lines)


def _shown(file: Path) -> str:
    try:
        return file.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except (OSError, ValueError):
        return file.name
