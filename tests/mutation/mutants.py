"""All mutants of a module, as mutmut's operators make them.

mutmut changes functions, and leaves alone what Python evaluates once: constants, tables, defaults of records, and
decorated functions. The same operators make mutants of these too; they are whole modules, and not functions.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import libcst
from libcst.metadata import MetadataWrapper
from mutmut.mutation.file_mutation import Mutation, MutationVisitor, mutate_file_contents
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode
from mutmut.utils.format_utils import get_mutant_name

_LIKE_PLAIN_FUNCTIONS = {"classmethod", "staticmethod"}


class Mutant(NamedTuple):
    """One change of one module."""

    file: str
    """Relative to the repository."""
    name: str
    """Its name in mutmut; of one that is made at import, one like it."""
    code: str = ""
    """The whole module, where it is made at import."""


class Change(NamedTuple):
    """What a reader sees of a mutant."""

    module: str
    before: str
    after: str

    @classmethod
    def between(cls, file: str, before: str, after: str) -> Change:
        """The lines that differ, without their indentation."""
        lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
        old, new = (" ".join(line[2:].strip() for line in lines if line.startswith(mark)) for mark in ("- ", "+ "))
        return cls(file.removeprefix("src/export_contract/"), old, new)


def mutants_of(file: str) -> Iterator[Mutant]:
    """Those that mutmut tests, then those that are made at import."""
    source = Path(file).read_text("utf-8")
    for name in mutate_file_contents(file, source).mutant_names:
        yield Mutant(file, get_mutant_name(Path(file), name))
    module, mutations = _made_at_import(source)
    for number, mutation in enumerate(mutations, start=1):
        code = module.deep_replace(mutation.original_node, mutation.mutated_node).code  # type: ignore[arg-type]
        yield Mutant(file, get_mutant_name(Path(file), f"import_{number}"), code)


class _EveryFunction(MutationVisitor):
    """Looks into decorated functions too."""

    def _skip_node_and_children(self, node: libcst.CSTNode) -> bool:
        return not isinstance(node, libcst.FunctionDef) and super()._skip_node_and_children(node)


def _made_at_import(source: str) -> tuple[libcst.Module, list[Mutation]]:
    wrapper = MetadataWrapper(libcst.parse_module(source))
    visitor = _EveryFunction(mutation_operators, IgnoredCode(set(), set(), set()))
    module = wrapper.visit(visitor)
    return module, [mutation for mutation in visitor.mutations if not _is_in_plain_function(mutation)]


def _is_in_plain_function(mutation: Mutation) -> bool:
    function = mutation.contained_by_top_level_function
    if not isinstance(function, libcst.FunctionDef):
        return False
    names = [getattr(decorator.decorator, "value", "") for decorator in function.decorators]
    return not names or (len(names) == 1 and names[0] in _LIKE_PLAIN_FUNCTIONS)
