"""Real contract files, made from copies of the packaged ones."""

from __future__ import annotations

from pathlib import Path

from export_contract.contract import BUILT_IN

OPENAPI = BUILT_IN.read_text(encoding="utf-8")
REQUIREMENTS = BUILT_IN.with_name("requirements.yaml").read_text(encoding="utf-8")


def edited(text: str, old: str, new: str) -> str:
    """`text` with its only `old` replaced."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def write(folder: Path, openapi: str = OPENAPI, requirements: str | None = None) -> Path:
    """A contract in a folder of its own."""
    file = folder / "openapi.yaml"
    file.write_text(openapi, encoding="utf-8")
    if requirements is not None:
        file.with_name("requirements.yaml").write_text(requirements, encoding="utf-8")
    return file
