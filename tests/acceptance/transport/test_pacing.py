"""Pacing: the rate that the user set, and what the target can take, with a clock that is turned by hand."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from export_contract.acceptance.model.exchange import Failure, Response
from export_contract.acceptance.transport.pacing import LONGEST_HOLD, Pacer, Throttling

OK = Response(status=200)
LIMITED = Response(status=429)


class Clock(threading.Event):
    """A clock, and an event that nobody sets: whoever waits for it turns the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is not None and not self.is_set():
            self.waits.append(timeout)
            self.now += timeout
        return self.is_set()


@pytest.fixture
def clock() -> Clock:
    """At a thousand seconds."""
    return Clock()


def always(seconds: float) -> bool:
    return True


def pass_through(pacer: Pacer, clock: Clock, response: Response = OK, attempt: int = 1) -> float:
    """Take a turn, and be done at once; returns when the turn came."""
    assert pacer.turn(clock, always)
    came = clock.now
    pacer.done(response, attempt)
    return came


def test_no_waiting_without_a_reason(clock: Clock) -> None:
    """Without a rate, and with a target that does not limit, every turn comes at once."""
    pacer = Pacer(4, clock=clock)
    assert [pass_through(pacer, clock) for _ in range(50)] == [1000.0] * 50
    assert pacer.summary == Throttling(lowest_concurrency=4)
    assert not pacer.has_rate


def test_rate(clock: Clock) -> None:
    """Requests leave at their rate; a pause is not made up for, and waking up late moves no later turn."""
    pacer = Pacer(4, 10.0, clock=clock)
    assert pacer.has_rate
    assert [pass_through(pacer, clock) for _ in range(4)] == pytest.approx([1000.0, 1000.1, 1000.2, 1000.3])
    clock.now += 0.16  # 0.06 later than its turn
    assert [pass_through(pacer, clock) for _ in range(2)] == pytest.approx([1000.46, 1000.5])
    clock.now += 5
    assert [pass_through(pacer, clock) for _ in range(3)] == pytest.approx([1005.5, 1005.6, 1005.7])


def test_rate_in_real_time() -> None:
    """The same with a real clock and several threads."""
    pacer = Pacer(8, 50.0)
    came: list[float] = []

    def send(_: int) -> None:
        assert pacer.turn(threading.Event(), always)
        came.append(time.monotonic())
        pacer.done(OK)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(20)))
    assert 19 / 50 * 0.99 <= max(came) - min(came) < 0.8


@pytest.mark.parametrize("rate", [1e-320, 5e-324, 1e-9])
def test_absurd_rates(clock: Clock, rate: float) -> None:
    """A rate at which nothing would ever be sent ends when time is over, and not with an error."""
    pacer = Pacer(1, rate, clock=clock)
    pass_through(pacer, clock)
    assert not pacer.turn(clock, lambda seconds: clock.now < 1e9 and seconds < 1e6)
    assert not pacer.turn(clock, lambda seconds: clock.now < 1e6)


@pytest.mark.parametrize(
    ("response", "wait"),
    [(LIMITED, 0.5), (Response(status=503), 0.5), (Response(status=429, headers=(("Retry-After", "7"),)), 7.0)],
)
def test_all_are_held_back(clock: Clock, response: Response, wait: float) -> None:
    """Whoever is told to wait makes all others wait too."""
    pacer = Pacer(4, clock=clock)
    assert pacer.turn(clock, always)
    assert pacer.done(response) == wait
    assert pass_through(pacer, clock) == 1000 + wait
    assert pass_through(pacer, clock) == 1000 + wait


def test_waits_nobody_waits_for(clock: Clock) -> None:
    """A wait that is too long for any run is reported, and holds nobody else back."""
    pacer = Pacer(4, clock=clock)
    assert pacer.turn(clock, always)
    assert pacer.done(Response(status=429, headers=(("Retry-After", f"{LONGEST_HOLD + 1:.0f}"),))) == LONGEST_HOLD + 1
    assert pass_through(pacer, clock) == 1000
    assert pacer.summary.longest_wait == LONGEST_HOLD + 1


def test_a_plain_503_is_believed_until_waiting_does_not_help(clock: Clock) -> None:
    """Once a request got a plain 503 in spite of all waiting, a plain 503 is an error; with Retry-After it never is."""
    pacer = Pacer(4, clock=clock)
    plain, capacity = Response(status=503), Response(status=503, headers=(("Retry-After", "1"),))

    def done(response: Response, attempt: int) -> float | None:
        assert pacer.turn(clock, always)
        return pacer.done(response, attempt)

    assert [done(plain, attempt) for attempt in (1, 2)] == [0.5, 1.0]
    assert [done(plain, attempt) for attempt in (1, 2, 3)] == [0.5, 1.0, None]
    assert done(plain, 1) is None
    assert done(capacity, 1) == 1.0


def test_concurrency_is_halved_and_recovers(clock: Clock) -> None:
    """Each round of limiting halves it, down to one; ten responses in a row add one, up to what was configured."""
    pacer = Pacer(8, clock=clock)
    seen = []
    for sent_at in range(1, 6):
        pass_through(pacer, clock, Response(status=429, sent_at=float(sent_at), seconds=0.5))
        seen.append(pacer.concurrency)
    assert seen == [4, 2, 1, 1, 1]
    for _ in range(9):
        pass_through(pacer, clock)
    assert pacer.concurrency == 1
    pass_through(pacer, clock)
    assert pacer.concurrency == 2
    for _ in range(1_000):
        pass_through(pacer, clock)
    assert pacer.concurrency == 8
    assert pacer.summary == Throttling(responses=5, statuses=(429,), lowest_concurrency=1, longest_wait=0.5)


def test_one_round_counts_once(clock: Clock) -> None:
    """Responses to what was sent before the last halving say nothing about the concurrency since."""
    pacer = Pacer(8, clock=clock)
    for _ in range(8):
        assert pacer.turn(clock, always)
    for number in range(8):
        pacer.done(Response(status=503 if number else 429, sent_at=10.0 + number / 100, seconds=0.5))
    assert pacer.concurrency == 4
    assert pacer.summary.responses == 8
    assert pacer.summary.statuses == (429, 503)


def test_failures_say_nothing_about_capacity(clock: Clock) -> None:
    """A lost response neither slows down nor recovers."""
    pacer = Pacer(2, clock=clock)
    pass_through(pacer, clock, LIMITED)
    for _ in range(50):
        pass_through(pacer, clock, Response(failure=Failure.CLOSED))
    assert pacer.concurrency == 1


def test_no_more_are_on_their_way_than_allowed() -> None:
    """With any number of threads, as many are on their way as are allowed at that moment; each done lets one in."""
    pacer = Pacer(6)
    lock = threading.Lock()
    on_their_way = most = 0

    def send(_: int) -> None:
        nonlocal on_their_way, most
        assert pacer.turn(threading.Event(), always)
        with lock:
            on_their_way += 1
            most = max(most, on_their_way)
        time.sleep(0.002)
        with lock:
            on_their_way -= 1
        pacer.done(OK)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(send, range(100)))
        assert most == 6
        pacer.limit(2)
        most = 0
        list(pool.map(send, range(60)))
    assert most == 2
    pacer.limit(5)
    assert pacer.concurrency == 2


def test_a_turn_that_does_not_come() -> None:
    """A stop, or the end of time, ends all waiting at once, and takes no turn from others."""
    pacer, stopped = Pacer(1), threading.Event()
    assert pacer.turn(stopped, always)
    with ThreadPoolExecutor(2) as pool:
        started = time.monotonic()
        waiting = [pool.submit(pacer.turn, stopped, always) for _ in range(2)]
        time.sleep(0.05)
        assert not any(one.done() for one in waiting)
        stopped.set()
        assert [one.result(2) for one in waiting] == [False, False]
        assert time.monotonic() - started < 1
    assert not pacer.turn(threading.Event(), lambda seconds: False)
    pacer.done(Response(status=429, headers=(("Retry-After", "60"),)))
    assert not pacer.turn(threading.Event(), lambda seconds: seconds < 30)
    held = threading.Event()
    threading.Timer(0.05, held.set).start()
    assert not pacer.turn(held, always)
    assert pacer._active == 0
