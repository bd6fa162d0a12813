"""Links that work once."""

from __future__ import annotations

from collections.abc import Callable

from ..service.messages import Ending, Request, Response, failure
from ..service.seams import Changes
from .wrong_files import WEB_PAGE


def second_time(response: Callable[[], Response]) -> Changes:
    """Sends this response to whoever follows a link for the second time."""
    followed: set[tuple[str, str]] = set()

    def followed_before(request: Request) -> Response | None:
        link = (request.path, request.raw_query)  # with a signature that no other service makes
        if not request.path.startswith("/files/") or link not in followed:
            followed.add(link)
            return None
        return response()

    return {"intercept": followed_before}


def deleted() -> Response:
    """The file is not there any more, and nobody expected that."""
    return failure()


def read_to_its_end() -> Response:
    """What is left of a stream that was read before."""
    return Response("file-refused", 200, b"", "text/csv; charset=utf-8")


def login_page() -> Response:
    """A page for people."""
    return Response("file-refused", 200, WEB_PAGE, "text/html; charset=utf-8")


def broken_off() -> Response:
    """Fewer bytes than were announced."""
    return Response("file-refused", 200, WEB_PAGE, ending=Ending.CUT_SHORT)
