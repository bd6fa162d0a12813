"""Reading a contract's files: YAML as OpenAPI means it, or a refusal that names the place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

import yaml

from export_contract.exceptions import ContractError


def read_yaml(file: Path) -> tuple[bytes, dict[str, Any]]:
    """A file's bytes, and the mapping in it; keys are text, dates are text, and no key occurs twice.

    Raises ContractError, with line and column where they are known.
    """
    try:
        text = file.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ContractError(str(file), "", f"the file cannot be read: {reason}") from error
    if _opens_too_often(text):
        raise ContractError(str(file), "", "this is not a contract: it is nested too deeply")
    try:
        document = _load(text)
        # What JSON cannot say, other tools that read the document could not either.
        json.dumps(document)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1} column {mark.column + 1}" if mark else ""
        raise ContractError(str(file), place, f"this is not valid YAML: {error.problem or error.context}") from error
    except RecursionError as error:
        raise ContractError(str(file), "", "this is not a contract: it is nested too deeply") from error
    except (yaml.YAMLError, AttributeError, ValueError, TypeError) as error:
        problem = " ".join(str(error).split()).replace("Circular reference", "a recursive value, one in itself,")
        raise ContractError(str(file), "", f"this is not valid YAML: {problem}") from error
    if not isinstance(document, dict):
        raise ContractError(str(file), "", "this is not a contract: the file does not hold a mapping")
    return text, document


def _load(text: bytes) -> Any:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if _written_out(node, {}) > _MOST_REPEATED * len(text) + _MOST_CHARACTERS:
            raise yaml.YAMLError("its aliases make it far larger than it is written")
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _written_out(node: Any, sizes: dict[int, int]) -> int:
    """About how many characters a node has with every alias written out."""
    if id(node) not in sizes:
        sizes[id(node)] = 0  # a node within itself is refused later
        match node:
            case yaml.ScalarNode():
                sizes[id(node)] = 1 + len(node.value)
            case yaml.SequenceNode():
                sizes[id(node)] = 1 + sum(_written_out(item, sizes) for item in node.value)
            case yaml.MappingNode():
                sizes[id(node)] = 1 + sum(_written_out(part, sizes) for member in node.value for part in member)
    return sizes[id(node)]


def _opens_too_often(text: bytes) -> bool:
    """Whether brackets alone nest deeper than any contract: libyaml would end the process."""
    return max(text.count(b"["), text.count(b"{")) > _MOST_BRACKETS


_MOST_BRACKETS: Final = 10_000
_MOST_REPEATED: Final = 10
_MOST_CHARACTERS: Final = 1_000_000
"""Beyond what is written, that a file may have when its aliases are written out."""

_MERGE: Final = ("tag:yaml.org,2002:merge", re.compile("<<$"))
_SafeLoader: Any = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


# YAML 1.2's JSON schema, which OpenAPI asks for: to YAML 1.1, `NO` is false, `12:30` is a number, and 1e-6 is not.
_WORDS: Final = (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    ("float", r"[-+]?(?:0|[1-9][0-9]*)?(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?<=[0-9])", list("-+.0123456789")),
)


class _Loader(_SafeLoader):  # type: ignore[misc]  # chosen when this module is loaded
    yaml_implicit_resolvers: Final[dict[str, list[tuple[str, re.Pattern[str]]]]] = {"<": [_MERGE]}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            raise yaml.constructor.ConstructorError(None, None, "this is not a mapping", node.start_mark)
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be text", key.start_mark)
            if key.value in seen and key.tag != "tag:yaml.org,2002:merge":
                problem = f"the key {key.value!r} occurs twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        self.flatten_mapping(node)
        return {key.value: self.construct_object(value, deep=deep) for key, value in node.value}


for _kind, _pattern, _starts in _WORDS:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(f"(?:{_pattern})$"), _starts)
