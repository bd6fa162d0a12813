"""Copies of a decoded body with something changed in them; the body itself stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from export_contract.contract.request_schema import Path


def changed(body: Any, path: Path, value: Any) -> Any:
    """A copy of `body` with `value` at `path`."""
    if not path:
        return value
    step, *rest = path
    if isinstance(body, Mapping):
        return {**body, step: changed(body.get(step), tuple(rest), value)}
    copy = list(body)
    copy[int(step)] = changed(copy[int(step)], tuple(rest), value)
    return copy


def removed(body: Any, path: Path) -> Any:
    """A copy of `body` without the property at `path`."""
    *above, name = path
    parent = at(body, tuple(above))
    return changed(body, tuple(above), {key: value for key, value in parent.items() if key != name})


def renamed(body: Any, path: Path, name: str) -> Any:
    """A copy of `body` in which the property at `path` is called `name`, in its old place."""
    *above, old = path
    parent = at(body, tuple(above))
    return changed(body, tuple(above), {name if key == old else key: value for key, value in parent.items()})


def at(body: Any, path: Path) -> Any:
    """The part of `body` at `path`."""
    for step in path:
        body = body[step]
    return body
