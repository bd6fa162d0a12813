"""The guard before a production system, where every accepted request starts a real export for somebody."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from export_contract.contract import Contract
from export_contract.exceptions import ConfigurationError

_PORTS = {"http": 80, "https": 443}


def refuse_production(base_url: str, contract: Contract, marked: Iterable[str]) -> None:
    """Raise ConfigurationError where a base URL is marked as production.

    `marked` are the URLs that the configuration marks; the contract marks its servers with `x-production`. A URL above
    or below a marked one, and the same one in another spelling, is refused as well.
    """
    for url, place in (*((url, "the configuration") for url in marked), *_servers(contract)):
        if _is_same(url, base_url):
            raise ConfigurationError(
                "",
                f"{base_url} is marked as production in {place}, where every job is real; "
                "use --allow-production to test it in any case",
            )


def _servers(contract: Contract) -> Iterator[tuple[str, str]]:
    for server in contract.document.get("servers", ()):
        if server.get("x-production"):
            yield str(server.get("url", "")), contract.file


def _is_same(marked: str, base_url: str) -> bool:
    """Whether both are on the same host and port, and one path is the other's beginning."""
    host, steps = _parts(marked)
    other_host, other_steps = _parts(base_url)
    common = min(len(steps), len(other_steps))
    return bool(host[0]) and host == other_host and steps[:common] == other_steps[:common]


def _parts(url: str) -> tuple[tuple[str, int | None], list[str]]:
    """((host, port), steps of the path); no host for what is not a whole URL."""
    try:
        parts = urlsplit(url.strip())
        host = ((parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme))
    except ValueError:
        return ("", None), []
    path = posixpath.normpath("/" + unquote(parts.path).lower())
    return host, [step for step in path.split("/") if step]
