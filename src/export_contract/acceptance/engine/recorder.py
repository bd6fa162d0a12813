"""The recorder: the one place that writes down what a run sees, in the order in which it is seen."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import msgspec

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.registry import judge
from export_contract.acceptance.model.events import Event, Exchanged, Listener, NotSent, PhaseEnded, Sending, Stopped
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.kept import kept_exchange
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.model.phase_report import Gap, Stop
from export_contract.acceptance.model.results import Cause, FollowedJob, LeftOut, Load, PhaseResult
from export_contract.exceptions import UserCheckError, describe_defect
from export_contract.strategies import Case


class Record(msgspec.Struct, kw_only=True):
    """What a run has seen so far. It grows by `apply` alone; everybody else reads."""

    exchanges: dict[int, Exchange] = msgspec.field(default_factory=dict)
    """By their numbers, in the order in which their responses came."""
    outcomes: list[Outcome] = msgspec.field(default_factory=list)
    of_exchange: dict[int, tuple[Outcome, ...]] = msgspec.field(default_factory=dict)
    """What each exchange says by itself."""
    in_flight: dict[int, Case] = msgspec.field(default_factory=dict)
    """What was sent and has no answer yet."""
    not_sent: list[NotSent] = msgspec.field(default_factory=list)
    phases: list[PhaseResult] = msgspec.field(default_factory=list)
    gaps: dict[str, Gap] = msgspec.field(default_factory=dict)
    """Why a phase, or a rule, was not exercised."""
    explained: dict[int, int] = msgspec.field(default_factory=dict)
    """Numbers of exchanges whose failure another one explains, and that one's number."""
    jobs: list[FollowedJob] = msgspec.field(default_factory=list)
    load: Load | None = None
    left_out: list[LeftOut] = msgspec.field(default_factory=list)
    """Cases of the suite that were not sent."""
    stop: Stop | None = None
    """Why the run ended early, if it did: the first reason counts."""
    is_lost: bool = False
    """Whether that was because the target was gone."""

    def apply(self, event: Event) -> None:
        """Add what an event says."""
        match event:
            case Sending():
                self.in_flight[event.number] = event.case
            case Exchanged():
                exchange = event.exchange
                self.in_flight.pop(exchange.number, None)
                self.exchanges[exchange.number] = exchange
                self.of_exchange[exchange.number] = event.outcomes
                self.outcomes += event.outcomes
            case NotSent():
                self.not_sent.append(event)
            case Stopped():
                self.stop = self.stop or event.stop
                self.is_lost = self.is_lost or self.stop.cause is Cause.UNREACHABLE
            case PhaseEnded():
                report = event.report
                self.phases.append(event.result)
                self.outcomes += report.outcomes
                self.gaps.update(report.gaps)
                self.explained.update(report.explained)
                self.jobs += report.jobs
                self.load = report.load or self.load
                self.left_out += report.left_out
                self.stop = self.stop or report.stop

    def of_phase(self, *phases: str) -> list[Exchange]:
        """The exchanges of some phases whose responses count, in the order in which their cases were first sent."""
        sent = [one for one in self.exchanges.values() if one.phase in phases]
        first: dict[str, int] = {}
        for one in sent:
            first[one.case.id] = min(one.number, first.get(one.case.id, one.number))
        return sorted((one for one in sent if not one.retried), key=lambda one: (first[one.case.id], one.number))

    def deviations(self, exchanges: Mapping[int, Exchange] | None = None) -> list[Outcome]:
        """The outcomes that deviate, of some exchanges or of all."""
        return [one for one in self.outcomes if one.deviates and (exchanges is None or one.exchange in exchanges)]


class Recorder:
    """Judges each exchange as its response comes, adds it to the record, and passes every event on.

    A check or a listener that fails loses nothing: the exchange is recorded, and the run ends with what it has seen.
    """

    def __init__(self, context: CheckContext, listener: Listener, *, is_cutting: bool = True) -> None:
        """`is_cutting` is whether long responses are cut once they were judged."""
        self.context = context
        self.record = Record()
        self.defect: Exception | None = None
        """The first error of ours, or of a check of the user's own."""
        self._listener: Listener | None = listener
        self._lock = threading.RLock()
        self._is_cutting = is_cutting
        self._is_closed = False

    def received(self, exchange: Exchange) -> Exchange:
        """Record an exchange with what it says of the requirements; returns what is kept of it."""
        try:
            outcomes = tuple(judge(exchange, self.context))
        except Exception as error:
            outcomes = ()
            self.note_defect(error)
        kept = kept_exchange(exchange) if self._is_cutting else exchange
        self.add(Exchanged(kept, outcomes))
        return kept

    def add(self, event: Event) -> None:
        """Add an event to the record and pass it on; one at a time, and none after the record was closed."""
        with self._lock:
            if self._is_closed:
                return
            self.record.apply(event)
            self.pass_on(event)

    def pass_on(self, event: Event) -> None:
        """Pass an event on; a listener that fails hears no more."""
        try:
            if self._listener:
                self._listener(event)
        except Exception as error:
            self._listener = None
            self.note_defect(error)

    def close(self) -> Record:
        """The record, to which nothing is added any more: requests may still be on their way."""
        with self._lock:
            self._is_closed = True
        return self.record

    def note_defect(self, error: Exception) -> None:
        """Note an error of ours, or of a user's check; the run ends with what it has seen."""
        with self._lock:
            self.defect = self.defect or error
            self.record.stop = self.record.stop or _stop_for(error)


def _stop_for(error: Exception) -> Stop:
    if isinstance(error, UserCheckError):
        return Stop(Cause.CHECK, str(error))
    return Stop(Cause.DEFECT, f"{describe_defect(error)}.")
