"""Comparing: what became better and what became worse from one run to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from export_contract.acceptance.model.results import Drift, Finding, Latency, RequirementResult, Results
from export_contract.acceptance.verdict.baseline import is_drift
from export_contract.acceptance.verdict.verdicts import counts_against
from export_contract.reports.escaping import brief, printable

_NOISE: Final = 0.1
"""Seconds; a smaller difference is not reported, whatever the factor."""


class Slower(msgspec.Struct, frozen=True):
    """A time that grew, in seconds."""

    what: str
    before: float
    now: float


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """How a run differs from an older one."""

    new: tuple[Finding, ...]
    still: tuple[Finding, ...]
    """As the newer run has them."""
    fixed: tuple[Finding, ...]
    unseen: tuple[Finding, ...]
    """Findings that did not show, of requirements that were not exercised again."""
    choices: tuple[Drift, ...]
    slower: tuple[Slower, ...]
    unexercised: tuple[RequirementResult, ...]
    """Requirements that the older run exercised, and the newer one did not."""
    notes: tuple[str, ...]

    @property
    def is_worse(self) -> bool:
        """Whether something got worse; a changed choice on what the document leaves open is not worse."""
        must = [one for one in self.unexercised if one.level == "MUST"]
        return bool(any(map(counts_against, self.new)) or self.slower or must)


def compare(old: Results, new: Results, factor: float = 2.0) -> Comparison:
    """How `new` differs from `old`; responses that take more than `factor` times as long are slower.

    Requirements that only one of them has are left out, with a note.
    """
    before = {(one.requirement, one.fingerprint): one for one in old.findings}
    now = {(one.requirement, one.fingerprint): one for one in new.findings}
    was, becomes = ({one.id: one for one in results.requirements} for results in (old, new))
    gone = [one for key, one in before.items() if key not in now and one.requirement in becomes]
    return Comparison(
        new=tuple(one for key, one in now.items() if key not in before and one.requirement in was),
        still=tuple(one for key, one in now.items() if key in before),
        fixed=tuple(one for one in gone if becomes[one.requirement].exchanges),
        unseen=tuple(one for one in gone if not becomes[one.requirement].exchanges),
        choices=tuple(
            Drift(name, one.choice, other.choice)
            for name, one in was.items()
            if (other := becomes.get(name)) and one.choice and other.choice and is_drift(one.choice, other.choice)
        ),
        slower=tuple(_slower(old, new, factor)),
        unexercised=tuple(
            other for name, one in was.items() if one.exchanges and (other := becomes.get(name)) and not other.exchanges
        ),
        notes=tuple(_notes(old, new, was.keys() ^ becomes.keys())),
    )


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """The comparison, a line for each difference, what got worse first; nothing in it is printed raw."""
    yield from comparison.notes
    yield from (_line("new", one) for one in comparison.new)
    yield from (
        f"{'slower':<14}{one.what}: {one.before * 1000:,.0f} ms before, {one.now * 1000:,.0f} ms now"
        for one in comparison.slower
    )
    yield from (
        f"{'unexercised':<14}{printable(one.id)}  {printable(one.statement)} ({printable(one.reason or 'no reason')})"
        for one in comparison.unexercised
    )
    yield from (
        f"{'choice':<14}{printable(one.requirement)}: {printable(one.before)} before, {printable(one.now)} now"
        for one in comparison.choices
    )
    yield from (_line("fixed", one) for one in comparison.fixed)
    yield from (_line("not seen", one, "; its requirement was not exercised again") for one in comparison.unseen)
    yield from (_line("still there", one) for one in comparison.still)
    yield (
        f"{'worse' if comparison.is_worse else 'no worse'}: {len(comparison.new)} new, {len(comparison.fixed)} fixed, "
        f"{len(comparison.still)} still there"
    )


def _line(word: str, finding: Finding, more: str = "") -> str:
    known = " (known to the baseline)" if finding.status == "known" else ""
    warning = " (a warning)" if finding.severity == "warning" else ""
    return (
        f"{word:<14}{printable(finding.requirement)} {printable(finding.fingerprint)}  {brief(finding.summary)}"
        f"{known}{warning}{more}"
    )


def _slower(old: Results, new: Results, factor: float) -> Iterator[Slower]:
    pairs = [("response times", old.latency, new.latency)]
    if old.load and new.load:
        pairs.append(("response times under load", old.load.latency, new.load.latency))
    for what, before, now in pairs:
        if before and now:
            yield from _slower_parts(what, before, now, factor)


def _slower_parts(what: str, before: Latency, now: Latency, factor: float) -> Iterator[Slower]:
    for name, one, other in (("median", before.median, now.median), ("95th percentile", before.p95, now.p95)):
        if other > one * factor and other - one > _NOISE:
            yield Slower(f"{name} of {what}", one, other)


def _notes(old: Results, new: Results, apart: set[str]) -> Iterator[str]:
    if old.contract.sha256 != new.contract.sha256:
        left_out = f"; only one of them has {', '.join(map(printable, sorted(apart)))}" if apart else ""
        yield (
            f"The contracts differ: {printable(old.contract.title)} {printable(old.contract.version)} before, "
            f"{printable(new.contract.title)} {printable(new.contract.version)} now{left_out}."
        )
    if (old.target.base_url, old.target.path) != (new.target.base_url, new.target.path) and not new.target.embedded:
        yield (f"The targets differ: {printable(old.target.base_url)} before, {printable(new.target.base_url)} now.")
    for when, results in (("older", old), ("newer", new)):
        if results.interrupted or results.verdict == "inconclusive":
            yield f"The {when} run is inconclusive: {printable(results.reason or 'it did not end')}"
