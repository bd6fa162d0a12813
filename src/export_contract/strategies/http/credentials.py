"""Ways in which credentials can be wrong. What they are is the target's business; here is only what is done to them.

A way is a word, or a word and a parameter: `none`, `empty`, `other-scheme`, `scheme-only`, `longer`, `other-case`,
`wrong:key`, `emptied:token`, `missing:secret`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from export_contract.strategies.data.case import CONFIGURED

NONE: Final = "none"
PLAIN_PARAMETERS: Final = frozenset({"type", "version", "entity", "realm", "algorithm", "qop", "nc"})
"""Parameters of an Authorization header that say how, and not who."""


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


def damage(way: str, authorization: str | None) -> str | None:
    """The Authorization header to send instead of `authorization`, or None for none.

    >>> damage("wrong:token", "bln type=api,key=a,token=b")
    'bln type=api,key=a,token=x'
    """
    if way == CONFIGURED:
        return authorization
    if way == NONE or authorization is None:
        return None
    scheme, _, rest = authorization.partition(" ")
    parameters = [part.strip() for part in rest.split(",")]
    verb, _, name = way.partition(":")
    match verb:
        case "empty":
            return ""
        case "other-scheme":
            return f"{'Basic' if scheme.lower() == 'bearer' else 'Bearer'} {rest}"
        case "scheme-only":
            return scheme
    changed = []
    for parameter in parameters:
        key, equals, value = parameter.partition("=")
        if verb == "longer" and equals and key.strip() not in PLAIN_PARAMETERS:
            changed.append(f"{key}={value}x")
        elif verb == "other-case" and equals and key.strip() not in PLAIN_PARAMETERS:
            changed.append(f"{key}={value.swapcase()}")
        elif key.strip() != name or not equals:
            changed.append(parameter)
        elif verb == "wrong":
            changed.append(f"{key}={_another(value)}")
        elif verb == "emptied":
            changed.append(f"{key}=")
    if changed != parameters:
        return f"{scheme} {','.join(changed)}"
    # Credentials of another make have none of these parameters, and digits have no other case.
    if not any("=" in parameter.rstrip("=") for parameter in parameters):
        return f"{scheme} {_another(rest or scheme)}"
    return f"{scheme} {','.join(_with_another_secret(parameter) for parameter in parameters)}"


def _with_another_secret(parameter: str) -> str:
    key, equals, value = parameter.partition("=")
    return parameter if key.strip() in PLAIN_PARAMETERS else f"{key}{equals}{_another(value)}"


def _another(value: str) -> str:
    """A value of the same length that has nothing of the secret in it: a target may repeat it in its answer."""
    return ("x" if value.strip("x") else "y") * len(value)
