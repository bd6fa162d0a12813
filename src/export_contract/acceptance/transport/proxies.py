"""Which proxy a request goes through, as the environment says."""

from __future__ import annotations

import importlib.util
import socket
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from export_contract.acceptance.transport.addresses import has_valid_host
from export_contract.exceptions import ConfigurationError

_SOCKS: Final = ("socks5", "socks5h")


def proxy_for(origin: httpcore.Origin) -> httpcore.Proxy | None:
    """The proxy for a host, or None: this machine is reached directly, and so is what `no_proxy` lists.

    Raises ConfigurationError for a proxy that cannot be used.
    """
    scheme, host = origin.scheme.decode("ascii"), origin.host.decode("ascii")
    netloc = f"[{host}]:{origin.port}" if ":" in host else f"{host}:{origin.port}"
    proxies = getproxies()
    variable = scheme if scheme in proxies else "all"
    if variable not in proxies or is_this_machine(host) or proxy_bypass(netloc) or proxy_bypass(host):
        return None
    return _proxy(f"{variable}_proxy", proxies[variable])


def is_this_machine(host: str) -> bool:
    """Whether a host is in 127.0.0.0/8, ::1, or a name for them.

    >>> [is_this_machine(host) for host in ("127.8.9.10", "::1", "LOCALHOST", "127.1", "128.0.0.1", "example.com")]
    [True, True, True, True, False, False]
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return _is_short_form(host)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _is_short_form(host: str) -> bool:
    try:
        return socket.inet_aton(host)[0] == 127
    except OSError:
        return False


def _proxy(variable: str, text: str) -> httpcore.Proxy:
    # Credentials may be in it, so that messages show it without them.
    scheme, _, rest = text.rpartition("://")
    shown = f"{scheme or 'http'}://{rest.rpartition('@')[2]}"
    try:
        url = httpx.URL(text if scheme else f"http://{text}")
    except (httpx.InvalidURL, ValueError):
        raise ConfigurationError(variable, f"{shown!r} is not a valid URL of a proxy") from None
    if url.scheme not in ("http", "https", *_SOCKS) or not has_valid_host(url):
        raise ConfigurationError(variable, f"{shown!r} is not the URL of an http, https or socks5 proxy")
    if url.scheme in _SOCKS and importlib.util.find_spec("socksio") is None:
        problem = f"{shown!r} needs the package socksio, which is not installed; pip install socksio"
        raise ConfigurationError(variable, problem)
    address = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=b"/")
    auth = (url.username.encode(), url.password.encode()) if url.userinfo else None
    return httpcore.Proxy(address, auth=auth)
