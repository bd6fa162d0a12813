"""Modules whose source is another than that of their file."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType, ModuleType


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)

    def get_source(self, fullname: str) -> str:
        return self._source


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, sources: Mapping[str, str]) -> None:
        self._files = {module_name(file): (file, source) for file, source in sources.items()}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname not in self._files:
            return None
        file, source = self._files[fullname]
        loader = _Loader(fullname, str(Path(file).absolute()), source)
        return importlib.util.spec_from_file_location(fullname, file, loader=loader)


def module_name(file: str) -> str:
    """The name of a module, from its file relative to the repository."""
    return ".".join(Path(file).with_suffix("").parts[1:])


def use(sources: Mapping[str, str]) -> None:
    """Import these files (relative to the repository) from these texts, from now on."""
    sys.meta_path.insert(0, _Finder(sources))
