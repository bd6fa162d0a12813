"""A session: sends cases within the budget, paced, and hands every response to the recorder. It decides nothing."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from functools import partial
from typing import Final, Protocol

import msgspec

from export_contract.acceptance.engine.liveness import Liveness
from export_contract.acceptance.engine.open_jobs import OpenJobs
from export_contract.acceptance.engine.polled_job import KeptFile
from export_contract.acceptance.engine.recorder import Record, Recorder
from export_contract.acceptance.model.events import Event, NotSent, PhaseStarted, Sending, Stopped, Waiting
from export_contract.acceptance.model.exchange import (
    LOST_WITH_CONNECTION,
    Exchange,
    Failure,
    Response,
    is_capacity,
    may_create_job,
)
from export_contract.acceptance.model.phase_report import Stop
from export_contract.acceptance.model.results import Cause
from export_contract.acceptance.transport.budget import Budget, Exhausted
from export_contract.acceptance.transport.pacing import LONGEST_HOLD, Pacer
from export_contract.acceptance.transport.target import Target
from export_contract.exceptions import Terminated
from export_contract.strategies import Case, plainest_case

_MOST_SECONDS_TO_START: Final = 10.0
"""For requests that go together; each is ready within milliseconds."""
_MOST_ATTEMPTS: Final = 11
"""For one case; a target that wants it to wait for longer than this has not answered it."""
_MOST_LOST: Final = 3
"""Requests lost with a reused connection; a target that loses more of them gets a new connection for each."""
_CONNECT_TRIES: Final = 3
_CONNECT_PAUSE: Final = 0.1
"""Seconds after the first try, and twice as long after the second."""
_SECONDS_TO_WATCH: Final = 0.25
"""Between two looks at whether the run was stopped, while responses are waited for."""


WAITING: Final = "waiting"
"""The phase of requests that only look whether an earlier job still runs."""


class Perform(Protocol):
    """Sends one request and returns its response; `seconds` is the time that the run has left."""

    def __call__(self, *, fresh: bool, seconds: float | None) -> Response: ...


class Session:
    """Sends cases several at a time, each as often as the target asks for patience.

    Everything that leaves is recorded. Where the run has to end (the target is gone, somebody interrupted it), `stop`
    says why, and what is still to be sent is not.
    """

    def __init__(
        self,
        target: Target,
        budget: Budget,
        recorder: Recorder,
        pacer: Pacer,
        concurrency: int,
        open_jobs: OpenJobs | None = None,
    ) -> None:
        self.target = target
        self.budget = budget
        self.context = recorder.context
        self.concurrency = concurrency
        """How many requests may be on their way at once."""
        self.pacer = pacer
        self.open_jobs = open_jobs or OpenJobs(recorder.context.contract, None, 0.0)
        self.exhausted: Exhausted | None = None
        """What the budget has no more of, for the phase that is running."""
        self.kept_jobs = self.kept_requests = 0
        """What the phase that is running leaves to what explains and confirms its findings, and to phases behind it."""
        self.files: list[KeptFile] = []
        """The files of the jobs that were followed, for phases that compare them."""
        self._recorder = recorder
        self._phase = ""
        self._numbers = itertools.count(1)
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="sender")
        self._liveness = Liveness()
        self._creating = 0
        """Requests on their way that may create a job."""
        self._lost_with_connections = 0
        self._lock = threading.Lock()
        self.held = 0.0
        """Seconds for which the target asked to be left alone, so far."""
        self._held_until = 0.0

    @property
    def record(self) -> Record:
        """What the run has seen so far; for reading."""
        return self._recorder.record

    @property
    def limits(self) -> str | None:
        """How the target limits requests and jobs, in one sentence; None where it showed no limit."""
        parts = [part for part in (self.pacer.summary.sentence, self.open_jobs.learned) if part]
        return f"The target limits requests: {'; '.join(parts)}." if parts else None

    @property
    def is_stopped(self) -> bool:
        """Whether nothing is sent any more."""
        return self._stopped.is_set() or self.record.stop is not None

    def stop(self, cause: Cause, reason: str) -> None:
        """End the run: nothing more is sent, and no answer waited for."""
        self.emit(Stopped(Stop(cause, reason)))
        self._stopped.set()

    def close(self) -> None:
        """Let the senders go; requests that are on their way are not waited for."""
        self._stopped.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def sent(self) -> int:
        """How many exchanges there were so far."""
        return len(self.record.exchanges)

    def begin(self, phase: str, expected: int) -> None:
        """Send what follows as part of a phase, of so many cases."""
        self._phase, self.kept_jobs, self.kept_requests, self.exhausted = phase, 0, 0, None
        self.emit(PhaseStarted(phase, expected))

    def interrupt(self, error: KeyboardInterrupt) -> None:
        """End the run since somebody asked for that, by Ctrl-C or by a signal."""
        is_terminated = isinstance(error, Terminated)
        self.stop(
            Cause.TERMINATED if is_terminated else Cause.INTERRUPTED,
            f"The run was {'terminated' if is_terminated else 'interrupted'}.",
        )

    def emit(self, event: Event) -> None:
        """Add an event that is not an exchange."""
        self._recorder.add(event)

    def send(self, cases: Iterable[Case]) -> list[Exchange]:
        """Send cases, several at a time; the exchanges come back in the order of the cases.

        Stops early where the budget is used up (`exhausted` says of what), and where the run has to end. A case that
        was never answered is left out.
        """
        return self.each(cases, self._send_case)

    def send_fresh(self, case: Case) -> Exchange | None:
        """Send one case on a connection of its own."""
        sent = self.each([case], partial(self._send_case, fresh=True))
        return sent[0] if sent else None

    def send_together(self, cases: Sequence[Case]) -> list[Exchange]:
        """As `send`, but all at the same moment: as many as may be on their way at once and the budget has left."""
        most = min(self.concurrency, self.budget.jobs_left, self.open_jobs.limit or self.concurrency)
        granted = list(self._granted(cases[:most]))
        barrier = threading.Barrier(max(1, len(granted)))

        def send(number: int, case: Case) -> Exchange | None:
            with suppress(threading.BrokenBarrierError):  # one of them may not go; the others do
                barrier.wait(_MOST_SECONDS_TO_START)
            return self._send_case(number, case)

        return self._collect((number, case, send) for number, case in granted)

    def each(self, cases: Iterable[Case], send: Callable[[int, Case], Exchange | None]) -> list[Exchange]:
        """Call `send(number, case)` for each case that the budget grants, several at a time; it calls `exchange`."""
        return self._collect((number, case, send) for number, case in self._granted(cases))

    def one_at_a_time(self) -> None:
        """From now on, send no request before the last was answered."""
        self.concurrency = 1
        self.pacer.limit(1)

    def pause(self, seconds: float) -> bool:
        """Wait between two looks at something; whether the run goes on then."""
        return self._has_time_for(seconds) and not self._stopped.wait(max(0.0, seconds)) and not self.is_stopped

    def grant(self, case: Case) -> int | None:
        """The number of one more request, where the budget allows one; None where it does not."""
        if self.is_stopped:
            return None
        if spent := self.budget.reserve(
            may_create=may_create_job(case), keep=self.kept_jobs, keep_requests=self.kept_requests
        ):
            self.exhausted = spent
            return None
        return next(self._numbers)

    def exchange(
        self, number: int, case: Case, perform: Perform, *, url: str = "", fresh: bool = False, phase: str = ""
    ) -> Exchange | None:
        """Make one exchange, which the budget granted, and record it; None where it was given up before an answer.

        A target that is too busy is asked again later, and a request whose reused connection had died is sent again on
        a new one. Each attempt is an exchange of its own, and the last one counts. A lost request may have created a
        job, so where connections keep dying, none is used again.
        """
        with ExitStack() as alone:
            return self._attempts(number, case, perform, alone, url=url, fresh=fresh, phase=phase)

    def _attempts(
        self, number: int, case: Case, perform: Perform, alone: ExitStack, *, url: str, fresh: bool, phase: str
    ) -> Exchange | None:
        fresh = fresh or self._lost_with_connections >= _MOST_LOST
        may_create = may_create_job(case)
        waited = 0.0
        probed: tuple[Exchange, int] | None = None
        for attempt in itertools.count(1):
            if not self.pacer.turn(self._stopped, self._has_time_for):
                self.budget.settle(created_job=False, may_create=may_create)
                self.emit(NotSent(case, is_rate_limited=attempt > 1))
                break
            self.emit(Sending(number, case))
            try:
                response = self._connected(perform, fresh=fresh)
            except Exception as error:  # of ours: whatever the target does, a response comes back
                self.budget.settle(created_job=may_create, may_create=may_create)
                self._recorder.note_defect(error)
                break
            made = Exchange(number, phase or self._phase, case, response, url)
            self.budget.settle(created_job=made.created_job, may_create=may_create)
            wait = self.pacer.done(response, attempt)
            is_stale = response.failure in LOST_WITH_CONNECTION and not fresh
            self._lost_with_connections += is_stale
            waited += wait or 0.0
            again = self._again(made, 0.0 if is_stale else wait, attempt, waited)
            ran = self.open_jobs.count
            if again is None and attempt < _MOST_ATTEMPTS and (again := self._without_other_jobs(made, alone)):
                probed = probed or (made, ran)
                self._recorder.received(msgspec.structs.replace(made, retried=True))
            elif probed is not None:
                self.open_jobs.learn(was_accepted=response.accepted, ran=probed[1], status=probed[0].response.status)
            self.open_jobs.created(made)
            if again is None:
                made = self._recorder.received(made)
                self._liveness.note(made)
                if is_capacity(response):
                    self.emit(NotSent(case, is_rate_limited=True))
                    break
                return made
            number, fresh = again, fresh or is_stale
        return None

    def _note_hold(self, wait: float) -> None:
        """Count the seconds of a wait, those that several waits have in common once."""
        now = time.monotonic()
        with self._lock:
            self.held += max(0.0, now + wait - max(now, self._held_until))
            self._held_until = max(self._held_until, now + wait)

    def _without_other_jobs(self, made: Exchange, alone: ExitStack) -> int | None:
        """Wait for the jobs that still run, if they may be why a request was refused; the number of one more attempt.

        No other request that may create a job is sent until the stack is closed.
        """
        if not self.open_jobs.may_explain(made):
            return None
        alone.enter_context(self.open_jobs.exclusive())
        is_empty = self.open_jobs.wait_for_room(self.look_at, self.pause, until_empty=True)
        if not is_empty:
            self.open_jobs.learn(was_accepted=False, ran=0, status=None)
        return self.grant(made.case) if is_empty else None

    def _connected(self, perform: Perform, *, fresh: bool) -> Response:
        """Perform a request; again, where no connection could be made: nothing was sent then, and nothing arrived."""
        for attempt in range(1, _CONNECT_TRIES + 1):
            response = perform(fresh=fresh, seconds=self.budget.seconds_left)
            if response.failure is not Failure.UNREACHABLE or attempt == _CONNECT_TRIES:
                break
            if self._stopped.wait(_CONNECT_PAUSE * attempt):
                break
        return response

    def _again(self, made: Exchange, wait: float | None, attempt: int, waited: float) -> int | None:
        """The number of the next attempt, where there is to be one after a wait; None where this one counts."""
        if wait is None or attempt >= _MOST_ATTEMPTS or waited > LONGEST_HOLD or not self._has_time_for(wait):
            return None
        number = self.grant(made.case)
        if number is None:
            return None
        self._recorder.received(msgspec.structs.replace(made, retried=True))
        if wait:
            self._note_hold(wait)
            self.emit(Waiting(wait, made.response.status or 0))
        return number

    def _send_case(self, number: int, case: Case, *, fresh: bool = False) -> Exchange | None:
        return self.exchange(number, case, partial(self.target.send, case), fresh=fresh)

    def _send_granted(self, number: int, case: Case, send: Callable[[int, Case], Exchange | None]) -> Exchange | None:
        try:
            return send(number, case)
        finally:
            with self._lock:
                self._creating -= may_create_job(case)

    def _granted(self, cases: Iterable[Case]) -> Iterator[tuple[int, Case]]:
        """The cases that the budget grants, in their order, each when it is to be sent and not long before."""
        for case in cases:
            self._look_alive()
            if not self._has_room_for(case):
                self.emit(NotSent(case, is_rate_limited=True))
                return
            number = self.grant(case)
            if number is None:
                return
            with self._lock:
                self._creating += may_create_job(case)
            yield number, case

    def _has_room_for(self, case: Case) -> bool:
        """Wait until the target has room for one more job, where it has a limit and the case may create one."""
        while may_create_job(case) and not self.is_stopped:
            with self._lock:
                on_their_way = self._creating
            if self.open_jobs.has_room(on_their_way):
                break
            if on_their_way or self.open_jobs.is_exclusive:
                self._stopped.wait(_SECONDS_TO_WATCH / 10)
            elif not self.open_jobs.wait_for_room(self.look_at, self.pause):
                return False
        return True

    def look_at(self, status_call: Case) -> Exchange | None:
        """Make the exchange of a status call; None where that was not possible."""
        number = self.grant(status_call)
        if number is None:
            return None
        return self.exchange(number, status_call, partial(self.target.send, status_call), phase=WAITING)

    def _look_alive(self) -> None:
        """Stop the run where the target is gone.

        One that hangs up on every bad request is alive, so after some cases without an answer it is sent a plain one.
        """
        if not self._liveness.is_in_doubt or self.is_stopped:
            return
        is_gone = self._liveness.is_unreachable
        if not is_gone:
            plain = plainest_case(self.context.contract)
            number = self.grant(plain)
            if number is None:
                return
            exchange = self._send_case(number, plain)
            is_gone = exchange is None or exchange.response.failure is not None
        if is_gone:
            problem = self._liveness.problem or "it does not answer"
            self.stop(
                Cause.UNREACHABLE,
                f"{self.target.url} is no longer reachable: {problem}. Start the target again, and run again.",
            )

    def _collect(self, work: Iterable[tuple[int, Case, Callable[[int, Case], Exchange | None]]]) -> list[Exchange]:
        """Do the work in the pool, as much at once as may be; what was done in its order."""
        slots = threading.Semaphore(self.concurrency)
        futures: list[Future[Exchange | None]] = []
        try:
            for number, case, send in self._when_free(work, slots):
                future = self._pool.submit(self._send_granted, number, case, send)
                future.add_done_callback(lambda _: slots.release())
                futures.append(future)
            for future in futures:
                while not future.done() and not self._stopped.is_set():
                    with suppress(TimeoutError):
                        future.result(_SECONDS_TO_WATCH)
        except KeyboardInterrupt as error:
            self.interrupt(error)
        wait(futures, _SECONDS_TO_WATCH)  # after a stop, most of what is on its way still arrives, and is recorded
        self._look_alive()
        done = [future.result() for future in futures if future.done() and not future.cancelled()]
        return [exchange for exchange in done if exchange is not None]

    def _when_free(
        self,
        work: Iterable[tuple[int, Case, Callable[[int, Case], Exchange | None]]],
        slots: threading.Semaphore,
    ) -> Iterator[tuple[int, Case, Callable[[int, Case], Exchange | None]]]:
        """The work, each piece when a sender is free for it."""
        pieces = iter(work)
        while slots.acquire():
            piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    def _has_time_for(self, seconds: float) -> bool:
        left = self.budget.seconds_left
        return left is None or seconds < left
