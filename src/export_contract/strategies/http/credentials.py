"""Ways in which credentials can be wrong, and what each does to a header that carries them.

A way is a word, or a word and a parameter: `none`, `empty`, `other-scheme`, `scheme-only`, `longer`, `other-case`,
`wrong:key`, `emptied:token`, `missing:secret`. What a way does depends on the form of the header alone, so that a line
for a shell can do it too, without the secrets: it sends a text that has nothing of them, or makes a substitution.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from export_contract.strategies.data.case import CONFIGURED

NONE: Final = "none"
AUTHORIZATION: Final = "Authorization"
PLAIN_PARAMETERS: Final = frozenset({"type", "version", "entity", "realm", "algorithm", "qop", "nc"})
"""Parameters of an Authorization header that say how, and not who; in small letters."""
SECRET_NAMES: Final = re.compile(r"auth|cookie|secret|token|api-?key|password|session|signature", re.IGNORECASE)
"""What the name of a header has in it whose value is a secret."""
ONE_VALUE: Final = frozenset({"basic", "bearer"})
"""Schemes behind which no parameters stand."""

_SCHEME: Final = r"([\w-]+)"
_PARAMETER: Final = r"[A-Za-z][\w-]*=[^\s\",=][^\s\",]*"  # not the padding of Base64, nor a quoted string
_OF_PARAMETERS: Final = re.compile(rf"{_SCHEME} +({_PARAMETER}(?:, *{_PARAMETER})*)", re.ASCII)
_OF_SCHEME: Final = re.compile(rf"{_SCHEME} +[^ ].*", re.ASCII)
_IN_ANY_CASE: Final = re.compile(r"[0-9A-Fa-f-]+|[0-9A-Z]+=*")
"""Hexadecimal, UUIDs, Base32: the other case of such a value may be the same value (RFC 4648 section 8, RFC 9562)."""


class Form(msgspec.Struct, frozen=True):
    """How the value of a header that carries credentials is written; it has no secret in it."""

    scheme: str = ""
    """Empty where the value stands alone, as that of X-Api-Key."""
    parameters: tuple[str, ...] = ()
    """The names of what stands behind the scheme, in order; empty where it is one value."""
    wrong: str = "xxxxxxxx"
    """A value that has nothing in common with the right one: a target may repeat it, and masking leaves it alone."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """The parameters that are secrets."""
        return tuple(name for name in self.parameters if name.lower() not in PLAIN_PARAMETERS)


class Edit(msgspec.Struct, frozen=True):
    """A substitution wherever the pattern is found; `re.sub` and `sed -E` take both texts for the same."""

    pattern: str
    replacement: str | None
    """None for the found text with the case of its second group swapped, for which sed has no words."""

    def __call__(self, value: str) -> str:
        """`value`, edited."""
        return re.sub(self.pattern, self.replacement or (lambda found: found[1] + found[2].swapcase()), value)


def ways(scheme: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(way, rule, what it is) for a security scheme of the contract; `x-parameters` names its parameters."""
    yield NONE, "auth/missing", "no credentials"
    yield "empty", "auth/missing", "an empty Authorization header"
    yield "other-scheme", "auth/wrong", "another scheme, Bearer"
    yield "scheme-only", "auth/wrong", "the scheme alone"
    secrets = [name for name, value in scheme.get("x-parameters", {}).items() if value == "secret"]
    if secrets:
        yield "longer", "auth/wrong", f"a letter behind each of {', '.join(secrets)}"
        yield "other-case", "auth/wrong", f"the other case in each of {', '.join(secrets)}"
    for name in secrets:
        yield f"wrong:{name}", "auth/wrong", f"a wrong {name}"
        yield f"emptied:{name}", "auth/wrong", f"an empty {name}"
        yield f"missing:{name}", "auth/wrong", f"no {name}"


def carriers(authorization: str | None, headers: Iterable[tuple[str, str]] = ()) -> tuple[tuple[str, str], ...]:
    """The headers that carry the credentials: Authorization; where it is not configured, the user's secret ones."""
    if authorization is not None:
        return ((AUTHORIZATION, authorization),)
    return tuple((name, value) for name, value in headers if SECRET_NAMES.search(name))


def with_credentials(
    way: str, authorization: str | None, headers: tuple[tuple[str, str], ...] = ()
) -> tuple[tuple[str, str], ...]:
    """The user's headers and the Authorization header, as they go with a request."""
    carrying = carriers(authorization, headers)
    others = tuple(header for header in headers if header not in carrying)
    damaged = ((name, damage(way, value)) for name, value in carrying)
    return (*others, *((name, value) for name, value in damaged if value is not None))


def form_of(value: str) -> Form:
    """The form of a header's value.

    >>> form_of("bln type=api,key=a,token=b")
    Form(scheme='bln', parameters=('type', 'key', 'token'), wrong='xxxxxxxx')
    """
    value = value.strip()
    wrong = _unlike(value)
    if (found := _OF_PARAMETERS.fullmatch(value)) and found[1].lower() not in ONE_VALUE:
        names = tuple(part.strip().partition("=")[0] for part in found[2].split(","))
        if len(set(names)) == len(names):
            return Form(found[1], names, wrong)
    if not (found := _OF_SCHEME.fullmatch(value)):
        return Form(wrong=wrong)
    if found[1].lower() == "basic":
        wrong = base64.b64encode(f"{wrong}:{wrong}".encode()).decode()  # a target may fail at what it cannot decode
    return Form(found[1], wrong=wrong)


def change(way: str, form: Form) -> str | Edit | None:
    """What a way does to a header of that form: the value to send instead, an edit of the right one, or no header."""
    verb, _, name = way.partition(":")
    match verb:
        case "none":
            return None
        case "empty":
            return ""
        case "scheme-only" if form.scheme:
            return form.scheme
        case "other-scheme" if form.scheme:
            return Edit(f"^{form.scheme} ", "Basic " if form.scheme.lower() == "bearer" else "Bearer ")
        case "longer" if form.secrets:
            return Edit(f"([ ,]{_any_of(form.secrets)}=[^ ,]*)", r"\1x")
        case "other-case" if form.secrets:
            return Edit(f"([ ,](?:{'|'.join(form.secrets)})=)([^ ,]*)", None)
        case "emptied" if name in form.parameters:
            return Edit(f"([ ,]{name}=)[^ ,]*", r"\1")
        case "missing" if form.parameters == (name,):
            return form.scheme
        case "missing" if name in form.parameters:
            return Edit(f"( ){name}=[^ ,]*, *|, *{name}=[^ ,]*", r"\1")
    return _wrong(name, form)


def damage(way: str, value: str | None) -> str | None:
    """The value to send instead of a header's right one, or None for no such header.

    >>> damage("wrong:token", "bln type=api,key=a,token=b")
    'bln type=api,key=a,token=xxxxxxxx'
    """
    if way == CONFIGURED or value is None:
        return value
    form = form_of(value)
    changed = change(way, form)
    if isinstance(changed, Edit) and changed.replacement is None and not _has_cases(form, value):
        changed = _wrong("", form)
    return changed(value.strip()) if isinstance(changed, Edit) else changed


def _wrong(name: str, form: Form) -> str | Edit:
    """Another value for a parameter; for all secrets where there is none of that name."""
    names = (name,) if name in form.parameters else form.secrets
    if names:
        return Edit(f"([ ,]{_any_of(names)}=)[^ ,]*", rf"\1{form.wrong}")
    return f"{form.scheme} {form.wrong}".strip()


def _any_of(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"({'|'.join(names)})"


def _has_cases(form: Form, value: str) -> bool:
    """Whether the other case of its secrets is another value, and not the same one in another spelling."""
    values = re.findall(f"[ ,](?:{'|'.join(form.secrets)})=([^ ,]*)", value)
    return any(one != one.swapcase() and not _IN_ANY_CASE.fullmatch(one) for one in values)


def _unlike(value: str) -> str:
    """Eight letters of which no four are in `value`, nor in what the Basic scheme packs: four may be a secret."""
    try:
        packed = base64.b64decode(value.rpartition(" ")[2]).decode("latin-1")
    except ValueError:
        packed = ""
    there = f"{value} {packed}".lower()
    return 8 * next((letter for letter in "xyzwvqkj" if letter * 4 not in there), "u")
