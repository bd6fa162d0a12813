"""Who is let in: the vendor's scheme, an Authorization header with the scheme bln and six parameters."""

from __future__ import annotations

SCHEME = "bln"
DEMO_PARAMETERS = {
    "type": "api",
    "version": "1",
    "entity": "user",
    "key": "demo-key",
    "token": "demo-token",
    "secret": "demo-secret",
}

DEMO_AUTHORIZATION = f"{SCHEME} " + ",".join(f"{name}={value}" for name, value in DEMO_PARAMETERS.items())
"""The credentials that the sandbox accepts, as the value of an Authorization header. They are not a secret."""


def split_authorization(header: str) -> tuple[str, dict[str, str]]:
    """The scheme in lower case, and the parameters: none where one is given twice or is not name=value."""
    scheme, _, rest = header.strip().partition(" ")
    pairs = [part.strip().partition("=") for part in rest.split(",")]
    parameters = {name: value for name, _, value in pairs}
    well_formed = len(parameters) == len(pairs) and all(equals for _, equals, _ in pairs)
    return scheme.lower(), parameters if well_formed else {}


def is_authorized(header: str) -> bool:
    """Whether the header carries the demo credentials, whole and in whatever order."""
    scheme, parameters = split_authorization(header)
    return scheme == SCHEME and parameters == DEMO_PARAMETERS
