"""The baseline: findings that are known, in a file that people review.

An entry binds a requirement and a fingerprint, and says why a run does not fail for it, who looks after it, and until
when. What the target chose where the document leaves it open is kept beside them, so that a change shows.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import msgspec

from export_contract.acceptance.model.results import (
    BaselineResult,
    Cause,
    Drift,
    Finding,
    RequirementResult,
    Results,
    Waiver,
)
from export_contract.acceptance.model.results_file import to_json
from export_contract.acceptance.verdict.verdicts import count_verdicts, counts_against, verdict_of
from export_contract.exceptions import ResultsError

_TO_FILL: Final = ("requirement", "fingerprint", "summary", "reason", "owner")
_NEW_ENTRY_COUNTS: Final = timedelta(days=90)
_HEAD: Final = """\
# Findings that are known to export-contract. Each needs a reason, in words that a reviewer can judge; without one
# it waives nothing, and neither does it after the day on which it expires.

"""


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a baseline file holds."""

    known: tuple[Waiver, ...] = ()
    choices: dict[str, str] = {}
    """What the target chose, by the requirement that leaves it open: `accepted`, `refused` or `mixed`."""


def read_baseline(path: Path) -> Baseline:
    """Read a baseline, TOML or (by the name of the file) JSON; raises ResultsError."""
    try:
        content = path.read_bytes()
        data = msgspec.json.decode(content) if path.suffix == ".json" else tomllib.loads(content.decode())
        return msgspec.convert(data, Baseline)
    except OSError as error:
        raise ResultsError(str(path), f"the baseline cannot be read: {error.strerror}") from error
    except RecursionError as error:
        raise ResultsError(str(path), "the baseline cannot be used: it is nested too deeply") from error
    except (msgspec.MsgspecError, ValueError) as error:  # tomllib's own, and that of int() for thousands of digits
        raise ResultsError(str(path), f"the baseline cannot be used: {error}") from error


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Write a baseline in the form of its name; raises OSError where that cannot be done."""
    data = msgspec.to_builtins(baseline, builtin_types=(date,))
    # What a person has to fill in is there, and empty.
    data["known"] = [{name: entry.get(name, "") for name in _TO_FILL} | entry for entry in data["known"]]
    if path.suffix == ".json":
        content = to_json(data)
    else:
        import tomli_w

        content = (_HEAD + tomli_w.dumps(data)).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def with_baseline(results: Results, baseline: Baseline, *, strict: bool = False) -> Results:
    """The results as a baseline has them: known findings leave the verdict, and a requirement with no other is waived.

    `strict` fails the run for entries that did not occur any more. An inconclusive run stays so.
    """
    entries = {(entry.requirement, entry.fingerprint): entry for entry in baseline.known}
    findings = tuple(_with_entry(one, entries, _day_of(results)) for one in results.findings)
    told = BaselineResult(fixed=_fixed(results, baseline), drift=_drift(results, baseline), strict=strict)
    requirements = tuple(_with_findings(one, findings) for one in results.requirements)
    verdict, cause, reason = results.verdict, results.cause, results.reason
    if verdict != "inconclusive":
        verdict, cause, reason = verdict_of(findings, requirements)
    if strict and told.fixed and verdict != "inconclusive":
        names = ", ".join(f"{entry.requirement} {entry.fingerprint}" for entry in told.fixed)
        verdict, cause = "violates", Cause.BASELINE
        reason = f"The baseline has entries that do not occur any more; remove them: {names}."
    return msgspec.structs.replace(
        results,
        verdict=verdict,
        cause=cause,
        reason=reason,
        findings=findings,
        requirements=requirements,
        counts={**results.counts, **count_verdicts(requirements)},
        baseline=told,
    )


def updated(baseline: Baseline, results: Results) -> Baseline:
    """The baseline after a run: entries that were fixed go, new findings come without a reason, the rest stays.

    A new entry counts, once a person has written its reason, for 90 days.
    """
    gone = set(_fixed(results, baseline))
    stay = tuple(entry for entry in baseline.known if entry not in gone)
    known = {(entry.requirement, entry.fingerprint) for entry in stay}
    new = tuple(
        Waiver(
            requirement=one.requirement,
            fingerprint=one.fingerprint,
            summary=one.summary,
            expires=_day_of(results) + _NEW_ENTRY_COUNTS,
        )
        for one in results.findings
        if counts_against(one) and (one.requirement, one.fingerprint) not in known
    )
    choices = {one.id: one.choice for one in results.requirements if one.choice}
    return Baseline(known=stay + new, choices={**baseline.choices, **choices})


def is_drift(before: str, now: str) -> bool:
    """Whether a choice is another one. A run that saw both before may see one of them now, which says nothing."""
    return before not in (now, "mixed")


def _day_of(results: Results) -> date:
    return date.fromisoformat(results.started_at[:10])


def _with_entry(finding: Finding, entries: dict[tuple[str, str], Waiver], day: date) -> Finding:
    entry = entries.get((finding.requirement, finding.fingerprint))
    if not entry:
        return finding
    problem = ""
    if not entry.reason.strip():
        problem = "the baseline knows it, without a reason"
    elif entry.expires and entry.expires < day:
        problem = f"its waiver expired on {entry.expires}"
    return msgspec.structs.replace(finding, waiver=entry, waiver_problem=problem, status="new" if problem else "known")


def _with_findings(one: RequirementResult, findings: tuple[Finding, ...]) -> RequirementResult:
    statuses = {finding.status for finding in findings if finding.requirement == one.id}
    return msgspec.structs.replace(one, verdict="waived") if statuses == {"known"} else one


def _fixed(results: Results, baseline: Baseline) -> tuple[Waiver, ...]:
    """Entries that did not occur. Of a run that was cut short, or that sent too little, nobody can tell."""
    if results.verdict == "inconclusive" or any(phase.ended for phase in results.phases):
        return ()
    found = {(one.requirement, one.fingerprint) for one in results.findings}
    # What the contract does not promise any more cannot occur.
    unexercised = {one.id for one in results.requirements if not one.exchanges}
    return tuple(
        entry
        for entry in baseline.known
        if (entry.requirement, entry.fingerprint) not in found and entry.requirement not in unexercised
    )


def _drift(results: Results, baseline: Baseline) -> tuple[Drift, ...]:
    return tuple(
        Drift(one.id, before, one.choice)
        for one in results.requirements
        if one.choice and (before := baseline.choices.get(one.id)) and is_drift(before, one.choice)
    )
