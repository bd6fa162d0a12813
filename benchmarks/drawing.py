"""Drawing from `valid_requests`, against a hand-written strategy of the same shape: at most twice the time."""

from __future__ import annotations

import statistics
import sys
import time
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from export_contract.strategies import valid_requests

BOUND: Final = 2.0
ROUNDS: Final = 15
DRAWS: Final = 200


def _timestamp(moment: datetime, digits: int) -> str:
    fraction = f".{moment.microsecond:06d}"[: digits + 1] if digits else ""
    text = moment.isoformat(timespec="seconds")
    return f"{text[:19]}{fraction}{text[19:]}"


def hand_written() -> st.SearchStrategy[dict[str, Any]]:
    """What a tester would write: the same fields, and timestamps with any offset and 0 to 6 digits."""
    zones = st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    first, last = datetime(1900, 1, 1), datetime(2199, 12, 31)  # noqa: DTZ001  # local times, as written
    timestamps = st.builds(_timestamp, st.datetimes(first, last, timezones=zones), st.integers(0, 6))
    dates = {"startDate": timestamps, "endDate": timestamps}
    export_types = st.sampled_from(["ELEARNING_ENROLLMENTS", "LEARNING_ACTIVITIES", "NETWORKS", "USERS"])
    plain = {"exportType": export_types, "format": st.sampled_from(["CSV", "JSONL"])}
    interactions = {
        "exportType": st.just("LEARNING_ACTIVITY_INTERACTIONS"),
        "format": st.just("JSONL"),
        "learningActivityId": st.just(12345),
    }
    return st.one_of(st.fixed_dictionaries(dates | plain), st.fixed_dictionaries(dates | interactions))


def seconds(strategy: st.SearchStrategy[Any], number: int) -> float:
    """The CPU time of one round of draws."""

    @seed(number)
    @settings(
        max_examples=DRAWS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(_: Any) -> None:
        pass

    started = time.process_time()
    draw()
    return time.process_time() - started


def main() -> int:
    """Measure, say so in one line, and tell whether the bound is kept."""
    ours, theirs = valid_requests(), hand_written()
    seconds(ours, 0)
    seconds(theirs, 0)
    pairs = [(seconds(ours, number), seconds(theirs, number)) for number in range(1, ROUNDS + 1)]
    ratio = statistics.median(mine / other for mine, other in pairs)
    mine, other = (statistics.median(column) / DRAWS * 1e3 for column in zip(*pairs, strict=True))
    print(f"drawing: valid_requests {mine:.2f} ms, by hand {other:.2f} ms a draw: {ratio:.2f}x, at most {BOUND}x")
    return 0 if ratio <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
