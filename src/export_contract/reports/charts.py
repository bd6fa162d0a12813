"""Charts: small drawings within the HTML page, in its own colours."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from markupsafe import Markup

from export_contract.acceptance.model.results import FollowedJob, Latency
from export_contract.reports.escaping import brief
from export_contract.reports.statistics import Bins

_WIDTH: Final = 640
_WIDE: Final = 820
"""Of a chart whose rows have names."""
_MOST_JOBS: Final = 40
_STATES: Final = ("PENDING", "COMPLETED", "FAILED")


def latency_chart(bins: Bins, latency: Latency | None) -> Markup:
    """Response times: bars over a logarithmic scale, with the median and the 95th percentile."""
    height, floor = 190, 150
    most = max(bins.counts)
    step = _WIDTH / len(bins.counts)
    parts = [
        _rect(number * step + 1, floor - count / most * 110, step - 2, count / most * 110, "column")
        for number, count in enumerate(bins.counts)
        if count
    ]
    parts.append(_line(0, floor, _WIDTH, floor, "axis"))
    for seconds in _ticks(bins.low, bins.high):
        at = _place(seconds, bins)
        parts += [_line(at, floor, at, floor + 5, "axis"), _text(at, floor + 20, milliseconds(seconds), at)]
    if latency:
        for row, (name, seconds) in enumerate((("median", latency.median), ("95 %", latency.p95))):
            at = _place(seconds, bins)
            parts += [
                _line(at, 14 + row * 14, at, floor, "mark"),
                _text(at, 11 + row * 14, f"{name} {milliseconds(seconds)}", at),
            ]
    return _svg(height, "Response times", parts)


def job_states_chart(jobs: Sequence[FollowedJob]) -> Markup:
    """The states of jobs over time, a row for each; only the first ones where there are many."""
    shown = jobs[:_MOST_JOBS]
    row, left = 24, 410
    longest = max((poll.seconds for job in shown for poll in job.polls), default=0) or 1
    end_of_all = longest * 1.08  # the last state is seen too
    scale = (_WIDE - left - 20) / end_of_all
    parts: list[Markup] = []
    for number, job in enumerate(shown):
        top = number * row
        parts.append(_text(0, top + 16, brief(job.combination, 60), -1))
        ends = [*(poll.seconds for poll in job.polls[1:]), end_of_all]
        for poll, end in zip(job.polls, ends, strict=False):
            state = f"state-{_STATES.index(poll.status)}" if poll.status in _STATES else "state-other"
            width = max((end - poll.seconds) * scale, 3)
            parts.append(_rect(left + poll.seconds * scale, top + 6, width, 12, state, brief(poll.status, 60)))
    floor = len(shown) * row + 4
    parts += [_line(left, floor, _WIDE - 20, floor, "axis"), _text(left, floor + 18, "0 s", left)]
    parts.append(_text(left + longest * scale, floor + 18, f"{longest:.1f} s", _WIDE))
    return _svg(floor + 26, "States of jobs over time", parts, _WIDE)


def milliseconds(seconds: float) -> str:
    """A time for a reader: `1.5 ms`, `2.0 s`."""
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.1f} ms" if seconds < 0.01 else f"{seconds * 1000:.0f} ms"


def _place(seconds: float, bins: Bins) -> float:
    share = math.log(max(seconds, bins.low) / bins.low) / math.log(bins.high / bins.low)
    return min(max(share, 0), 1) * _WIDTH


def _ticks(low: float, high: float) -> list[float]:
    steps = [step * 10.0**power for power in range(-4, 4) for step in (1, 3)]
    return [step for step in steps if low <= step <= high] or [low, high]


def _svg(height: float, title: str, parts: Iterable[Markup], width: float = _WIDTH) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        width, round(height), title, Markup("").join(parts)
    )


def _rect(x: float, y: float, width: float, height: float, name: str, title: str = "") -> Markup:
    inner = Markup("<title>{}</title>").format(title) if title else ""
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}">{}</rect>').format(
        x, y, width, height, name, inner
    )


def _line(x: float, y: float, to_x: float, to_y: float, name: str) -> Markup:
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(x, y, to_x, to_y, name)


def _text(x: float, y: float, text: str, at: float) -> Markup:
    """Text whose anchor depends on how near `at` is to an edge, so that nothing is cut off."""
    anchor = "start" if at < _WIDTH * 0.12 else "end" if at > _WIDTH * 0.88 else "middle"
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, text)
