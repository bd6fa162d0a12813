"""A session: sending cases to a target within the budget, and keeping what came of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Final

import msgspec

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.judging import judge
from export_contract.acceptance.engine.recorder import Memory
from export_contract.acceptance.model.events import Event, Exchanged, Listener, PhaseStarted, Sending, Waiting
from export_contract.acceptance.model.exchange import Exchange, Failure, Response, may_create_job
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.model.results import PhaseResult
from export_contract.acceptance.transport.budget import Budget, Exhausted
from export_contract.acceptance.transport.retry_after import wait_before
from export_contract.acceptance.transport.target import Target
from export_contract.exceptions import Inconclusive
from export_contract.strategies import Case, plainest_case

_MOST_WAITS: Final = 10
"""For one case; a target that asks for more patience than this has not answered it."""
_MOST_WAITED: Final = 120.0
"""Seconds, for one case, where the run has no limit of its own."""
_MOST_SECONDS_TO_START: Final = 10.0
"""For requests that go together; each is ready within milliseconds."""
_CONNECT_TRIES: Final = 3
_GONE_AFTER: Final = 3
"""Cases in a row that could not be sent."""
_ALARM_AFTER: Final = 8
"""Cases in a row without an answer: then it is asked whether the target lives at all."""

Keep = Callable[[Exchange, Outcome], bool]
"""Whether an outcome of an exchange counts."""


def _keep_all(exchange: Exchange, outcome: Outcome) -> bool:
    return True


class Session:
    """Sends cases, judges the answers, and remembers both."""

    def __init__(
        self,
        target: Target,
        budget: Budget,
        context: CheckContext,
        listener: Listener,
        concurrency: int,
        rate: float | None = None,
    ) -> None:
        self.target = target
        self.budget = budget
        self.context = context
        self.memory = Memory(context=context, base_url=target.base_url, url=target.url)
        self.spent: Exhausted | None = None
        """What the phase that is running has no more of."""
        self.cut_short: str | None = None
        """Why the phase that is running ends early, where it is not the budget."""
        self._listener = listener
        self.concurrency = concurrency
        """How many requests may be on their way at once."""
        self._lock = threading.Lock()
        self._telling = threading.Lock()
        self._stopped = threading.Event()
        self._not_before = 0.0
        self._interval = 1 / rate if rate else 0.0
        self._next_turn = 0.0
        self._unsent_in_a_row = 0
        self._unanswered: list[int] = []
        self._alarm_at = _ALARM_AFTER
        self._number = 0

    @property
    def is_paced(self) -> bool:
        """Whether requests wait for their turn, so that none come together."""
        return self._interval > 0

    @contextmanager
    def phase(self, name: str, cases: int) -> Iterator[None]:
        """Keep what is sent within the block as a phase, and what it took."""
        self.tell(PhaseStarted(name, cases))
        started = time.perf_counter()
        memory = self.memory
        before = len(memory.exchanges)
        self.spent = self.cut_short = None
        try:
            yield
        finally:
            seconds = round(time.perf_counter() - started, 3)
            ended = f"the budget of {self.spent} was used up" if self.spent else self.cut_short
            memory.phases.append(PhaseResult(name, cases, len(memory.exchanges) - before, seconds, ended))
            memory.requests = self.budget.requests
            memory.ran_short = memory.ran_short or self.spent

    def send_all(self, phase: str, cases: Iterable[Case], *, keep: Keep = _keep_all) -> list[Exchange]:
        """Send cases, several at a time, and judge their answers; both are kept in the order of the cases.

        Stops early where the budget is used up; `spent` then says which part of it. `keep` may leave an outcome out.
        Raises Inconclusive where the target is gone.
        """
        return self._send_in_order(phase, self._allowed(cases), keep, None)

    def send_at_once(self, phase: str, cases: Sequence[Case], *, keep: Keep = _keep_all) -> list[Exchange]:
        """As `send_all`, but all at the same moment: as many as may be on their way at once and the budget has left."""
        most = min(self.concurrency, self.budget.jobs_left)
        allowed = list(self._allowed(cases[:most]))
        return self._send_in_order(phase, allowed, keep, threading.Barrier(max(1, len(allowed))))

    def fetch_all(self, fetches: Iterable[Callable[[int], Exchange]]) -> list[Exchange | None]:
        """Call functions that each send one request that creates no job, several at a time, within budget and rate.

        Each is called with the number of its exchange; the exchanges come back in the order of the functions, None for
        one whose turn did not come any more.
        """
        allowed: list[tuple[int, Callable[[int], Exchange]]] = []
        for fetch in fetches:
            if spent := self.budget.reserve(may_create=False):
                self.spent = spent
                break
            self._number += 1
            allowed.append((self._number, fetch))
        pool = ThreadPoolExecutor(self.concurrency, thread_name_prefix="sender")
        try:
            return list(pool.map(lambda pair: pair[1](pair[0]) if self._wait_for_turn() else None, allowed))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def rest(self, seconds: float) -> bool:
        """Wait between two looks at something; whether the run has time to go on then."""
        return self._has_time_for(seconds) and not self._stopped.wait(seconds)

    def may_ask_again(self, seconds: float) -> bool:
        """Wait for as long as was asked for; whether time and budget allow one more request then, without a job."""
        return seconds <= _MOST_WAITED and self.rest(seconds) and self.budget.reserve(may_create=False) is None

    def one_at_a_time(self) -> None:
        """From now on, send no request before the last was answered."""
        self.concurrency = 1

    def _allowed(self, cases: Iterable[Case]) -> Iterator[Case]:
        """The cases that the budget allows, asked for each when it is to be sent, and not long before."""
        for case in cases:
            if self._is_gone():
                return
            if spent := self.budget.reserve(may_create=may_create_job(case)):
                self.spent = spent
                return
            yield case

    def _send_in_order(
        self, phase: str, allowed: Iterable[Case], keep: Keep, start: threading.Barrier | None
    ) -> list[Exchange]:
        done: list[Exchange] = []
        futures: list[Future[Exchange]] = []
        hands = threading.Semaphore(self.concurrency)
        pool = ThreadPoolExecutor(self.concurrency, thread_name_prefix="sender")
        cases = iter(allowed)
        try:
            while hands.acquire() and (case := next(cases, None)):
                self._number += 1
                future = pool.submit(self._send, self._number, phase, case, start)
                future.add_done_callback(lambda _: hands.release())
                futures.append(future)
            for future in futures:
                done.append(self._keep(future.result(), keep))
        except BaseException:
            self._stopped.set()
            # What was answered before the interruption is not lost.
            for future in futures[len(done) :]:
                if future.done() and not future.cancelled() and future.exception() is None:
                    done.append(self._keep(future.result(), keep))
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        if self._is_gone():
            self._give_up(done)
        return done

    def keep(self, exchange: Exchange, outcomes: Sequence[Outcome]) -> None:
        """Remember an exchange and what it says of requirements."""
        self.memory.remember(exchange, outcomes)
        self.tell(Exchanged(exchange, tuple(outcomes)))

    def tell(self, event: Event) -> None:
        """Tell the listener, one thing at a time."""
        with self._telling:
            self._listener(event)

    def _keep(self, exchange: Exchange, keep: Keep) -> Exchange:
        self.keep(exchange, [outcome for outcome in judge(exchange, self.context) if keep(exchange, outcome)])
        return exchange

    def _is_gone(self) -> bool:
        """Whether the target does not answer any more.

        One that hangs up on every bad request is alive, so after some cases without an answer it is sent a plain one.
        """
        if self._unsent_in_a_row >= _GONE_AFTER:
            return True
        if len(self._unanswered) < self._alarm_at or self.budget.reserve():
            return False
        answer = self.target.send(plainest_case(self.context.contract))
        self.budget.settle(created_job=answer.failure is None and answer.accepted)
        if answer.failure:
            self._unsent_in_a_row = _GONE_AFTER
            return True
        self._alarm_at *= 2
        return False

    def _give_up(self, done: list[Exchange]) -> None:
        """Raise Inconclusive; that the last cases had no answer says nothing about what they were aimed at."""
        unanswered = set(self._unanswered)
        self.memory.forget(lambda exchange: exchange.number in unanswered)
        problem = next((one.response.problem for one in reversed(done) if one.response.failure), "it does not answer")
        raise Inconclusive(
            f"{self.target.url} cannot be reached any more: {problem}. Start the target again, and run again."
        )

    def _send(self, number: int, phase: str, case: Case, start: threading.Barrier | None = None) -> Exchange:
        """Send one case that the budget allowed, as often as the target asks for patience; the others may start too."""
        waited = 0.0
        may_create = may_create_job(case)
        for waits in range(_MOST_WAITS + 1):
            if not self._wait_for_turn():
                if start:
                    start.abort()
                self.budget.settle(created_job=False, may_create=may_create)
                exchange = self._postponed(number, phase, case, "the run ended before it was sent")
                break
            self.tell(Sending(case))
            if start and not waits:
                with suppress(threading.BrokenBarrierError):  # one of them may not go; the others do
                    start.wait(_MOST_SECONDS_TO_START)
            exchange = Exchange(number, phase, case, self._send_once(case))
            self.budget.settle(created_job=exchange.created_job, may_create=may_create)
            seconds = wait_before(exchange.response, waits + 1)
            if seconds is None or waits == _MOST_WAITS or waited + seconds > _MOST_WAITED:
                break
            if not self._has_time_for(seconds) or self.budget.reserve(may_create=may_create):
                status = exchange.response.status
                problem = f"it answered {status} and asked for {seconds:g} seconds, more than the run had left"
                exchange = self._postponed(number, phase, case, problem)
                break
            waited += seconds
            with self._lock:
                self._not_before = max(self._not_before, time.monotonic() + seconds)
            self.tell(Waiting(seconds, exchange.response.status or 0))
        self._count_silence(exchange)
        return exchange

    def _postponed(self, number: int, phase: str, case: Case, problem: str) -> Exchange:
        return Exchange(number, phase, case, Response(failure=Failure.POSTPONED, problem=problem))

    def _count_silence(self, exchange: Exchange) -> None:
        failure = exchange.response.failure
        with self._lock:
            self._unsent_in_a_row = self._unsent_in_a_row + 1 if failure is Failure.UNREACHABLE else 0
            if failure is None:
                self._unanswered.clear()
            elif failure is not Failure.POSTPONED:
                self._unanswered.append(exchange.number)

    def _send_once(self, case: Case) -> Response:
        # A connection that was never made carried no request, so trying again cannot create a second job.
        for attempt in range(1, _CONNECT_TRIES + 1):
            answer = self.target.send(case)
            if answer.failure is Failure.STALE:
                problem = "the connection was closed before the response was complete"
                answer = msgspec.structs.replace(answer, failure=Failure.CLOSED, problem=problem)
            if answer.failure is not Failure.UNREACHABLE or attempt == _CONNECT_TRIES:
                break
            self._stopped.wait(0.1 * attempt)
        return answer

    def _wait_for_turn(self) -> bool:
        """Wait for as long as the target asked for, and for this request's turn; whether there is still time then."""
        with self._lock:
            turn = max(self._next_turn, time.monotonic())
            self._next_turn = turn + self._interval
        while (left := max(self._not_before, turn) - time.monotonic()) > 0:
            if not self._has_time_for(left) or self._stopped.wait(left):
                return False
        return not self._stopped.is_set()

    def _has_time_for(self, seconds: float) -> bool:
        left = self.budget.seconds_left
        return left is None or seconds < left
