"""A file on its way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from export_contract.acceptance.model.exchange import Response
from export_contract.acceptance.transport.addresses import joined
from export_contract.acceptance.transport.failures import problem_of
from export_contract.acceptance.transport.wire import Attempt

_REDIRECTS: Final = (301, 302, 303, 307, 308)


class Download:
    """How the response to a request for a file begins, and its content, to be read once."""

    def __init__(self, response: Response, pieces: Iterator[bytes], attempt: Attempt, url: str = "") -> None:
        self.response = response
        """Without its body."""
        location = response.header("location")
        is_redirect = response.status in _REDIRECTS and location is not None
        self.location = joined(url, location or "") if is_redirect else None
        """Where the file is instead, as an absolute URL."""
        self.problem = ""
        """Why the content ended before its end, if it did."""
        self._pieces = pieces
        self._attempt = attempt

    def chunks(self) -> Iterator[bytes]:
        """The content, unpacked; it ends early, with a `problem`, where it breaks off or its time is over."""
        try:
            for piece in self._pieces:
                yield piece
                if self._attempt.is_late:  # what was received already may unpack to very much
                    self.problem = "it was not complete in time"
                    return
        except GeneratorExit:
            raise
        except Exception as error:
            self.problem = problem_of(error, self._attempt)
