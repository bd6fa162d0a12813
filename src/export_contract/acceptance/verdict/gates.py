"""Gates: something before the service, or in its place, that answered the first request."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.model.exchange import Exchange, Failure
from export_contract.acceptance.model.redaction import Redaction

_UNAVAILABLE: Final = (502, 503, 504)
_MOST_SHOWN: Final = 200


def is_gate(exchange: Exchange) -> bool:
    """Whether something else than the service answered the first request."""
    return bool(gate_problem(exchange, "", Redaction()))


def gate_problem(exchange: Exchange, url: str, redaction: Redaction) -> str:
    """Why an answer to the first request is not the service's own, and what to do; empty where it may be."""
    response = exchange.response
    if response.failure is Failure.UNREACHABLE:
        return f"{url} cannot be reached: {response.problem}. Check --base-url, and that the target is running."
    if response.failure is Failure.INTERRUPTED:
        return ""  # the budget of time is why
    if response.failure:
        return f"{url} did not answer the documented example: {response.problem}. Check --base-url and the target."
    status = response.status or 0
    if status in (401, 403, 407):
        had = "the credentials were refused" if redaction.forms else "it wants credentials"
        return (
            f"{url} answered {status}: {had}. Put the Authorization header's value into EXPORT_CONTRACT_AUTHORIZATION."
        )
    if status in (404, 405):
        return f"{url} answered {status}: there is no POST at this address. Check the path of --base-url."
    if 300 <= status < 400:
        return f"{url} answered {status}, {_redirect(response.header('location'), url, redaction)}"
    if status in _UNAVAILABLE:
        return f"{url} answered {status}: the service behind it is not available. Try again when it is."
    if response.media_type in ("text/html", "application/xhtml+xml") and response.json() is None:
        return f"{url} answered {status} with a web page: a proxy or a portal, not the API. Check --base-url."
    return ""


def _redirect(location: str | None, url: str, redaction: Redaction) -> str:
    if not location:
        return "a redirect. Give --base-url the address that it ends at."
    to = redaction.text(location)[:_MOST_SHOWN]
    path = url.partition("://")[2].partition("/")[2]
    if location.partition("?")[0].endswith(f"/{path}/"):
        # No base URL could be right here: the contract's path has no slash behind it.
        return f"a redirect to {to}: a POST is redirected to a trailing slash, and loses its body on the way."
    return f"a redirect to {to}. Give --base-url the address that it ends at."
