"""Why there is no response: what libraries raise, and what was seen of the network, as one kind of failure."""

from __future__ import annotations

from typing import Final

import httpcore

from export_contract.acceptance.model.exchange import Failure
from export_contract.acceptance.transport.decoding import Undecodable
from export_contract.acceptance.transport.wire import Attempt, EndlessHead
from export_contract.exceptions import ConfigurationError

_MOST_SHOWN: Final = 200
"""Characters of an error's text, which may repeat what the target sent."""


def failure_of(error: Exception, attempt: Attempt, place: str, seconds: float) -> tuple[Failure, str]:
    """(kind, what went wrong in plain words) of an exchange that came to nothing.

    `place` is the host and port that the request was for, `seconds` the time that it was given.
    """
    shown = str(error)[:_MOST_SHOWN] or type(error).__name__
    text = f"({''.join(character if character.isprintable() else ' ' for character in shown)})"
    if isinstance(error, httpcore.TimeoutException) and seconds <= 0:
        return Failure.POSTPONED, "no time was left to send the request"
    match error:
        case ConfigurationError():
            return Failure.UNREACHABLE, f"no connection could be made to {place}: {error}"
        case httpcore.ConnectError() | httpcore.ConnectTimeout() | httpcore.ProxyError():
            return Failure.UNREACHABLE, f"no connection could be made to {place} {text}"
        case Undecodable():
            return Failure.GARBLED, str(error)
        case httpcore.TimeoutException():
            if not attempt.sent:
                return Failure.POSTPONED, "no time was left to send the request"
            return Failure.TIMEOUT, f"no complete response within {seconds:.6g} seconds"
        case httpcore.RemoteProtocolError() | httpcore.NetworkError():
            return _of_the_network(error, attempt, text)
    if not attempt.sent:
        return Failure.POSTPONED, f"the request cannot be written as HTTP {text}"
    return Failure.GARBLED, f"the response cannot be read {text}"


def _of_the_network(error: Exception, attempt: Attempt, text: str) -> tuple[Failure, str]:
    is_broken = isinstance(error, httpcore.NetworkError) or attempt.at_end
    if attempt.reused and not attempt.received and is_broken:
        return Failure.STALE, "the connection of an earlier request was closed before the response began"
    if attempt.reused and attempt.in_head and not is_broken:
        # It may be the rest of the response before: some servers send a body where HTTP has none, as with HEAD.
        return Failure.LEFTOVER, f"what came first on the connection of an earlier request is not its response {text}"
    if is_broken:
        return Failure.CLOSED, "the connection was closed before the response was complete"
    if isinstance(error, EndlessHead):  # informational responses without end are valid
        return Failure.GARBLED, str(error)
    return Failure.GARBLED, f"the response is not valid HTTP {text}"


def problem_of(error: Exception, attempt: Attempt) -> str:
    """Why the content of a file ended before its end, in plain words."""
    match error:
        case Undecodable():
            return str(error)
        case httpcore.TimeoutException():
            return "it was not complete in time"
    if isinstance(error, httpcore.NetworkError) or attempt.at_end:
        return "the connection was closed before its end"
    return "it is not valid HTTP"
