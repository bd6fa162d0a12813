"""Results to report: of a run against the sandbox with faults, and with what such a run does not have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import msgspec
import pytest

from export_contract.acceptance import Results, RunPlan, run
from export_contract.acceptance.model.results import FileRecord, FollowedJob, Latency, Load, Poll, Waiver
from export_contract.acceptance.verdict.baseline import Baseline, with_baseline
from export_contract.contract import load_contract
from export_contract.sandbox import DEMO_AUTHORIZATION, running


@pytest.fixture(autouse=True)
def not_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed must not depend on where the tests run."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.fixture(scope="session")
def results() -> Results:
    """What a run found in a sandbox with four faults."""
    with running(["json-utf-8-replaced", "trace-python", "nul-500", "exporttype-any-case"]) as url:
        return run(
            RunPlan(
                base_url=url,
                contract=load_contract(),
                authorization=DEMO_AUTHORIZATION,
                phases=("probe", "load", "auth", "protocol", "jobs", "suite", "relations"),
            )
        )


@pytest.fixture(scope="session")
def told(results: Results) -> Results:
    """Those results with all that results can have: jobs, load, a baseline that waives, fixed entries, drift."""
    jobs = tuple(
        FollowedJob(
            case=f"case {number}",
            combination=f"exportType USERS, format {form}",
            job_id="id",
            polls=(Poll(0.1, "PENDING"), Poll(0.9, "status 404"), Poll(1.4, state)),
            state=state,
            file=FileRecord(1_234, 12, 0.1, "text/csv", problem),
        )
        for number, (form, state, problem) in enumerate((("CSV", "COMPLETED", ""), ("JSONL", "FAILED", "is cut off")))
    )
    load = Load(requests=50, concurrency=8, accepted=49, seconds=1.5, latency=Latency(50, 0.1, 0.2, 0.3, 0.4))
    first, second = results.findings[:2]
    open_one = next(one for one in results.requirements if one.choice == "refused")
    baseline = Baseline(
        known=(
            waiver(first.requirement, first.fingerprint, reason="EX-12, with the team", owner="exports"),
            waiver(second.requirement, second.fingerprint, reason="was planned", expires=date(2020, 1, 1)),
            waiver("EXP-START-REQUIRED", "0123456789ab", reason="gone"),
        ),
        choices={open_one.id: "accepted"},
    )
    requirements = tuple(
        msgspec.structs.replace(
            one, exchanges=0, verdict="not_exercised", reason="the phase load was not run", examples=(), choice=None
        )
        if one.id == "EXP-LOAD-ANSWERS"
        else one
        for one in results.requirements
    )
    return with_baseline(msgspec.structs.replace(results, jobs=jobs, load=load, requirements=requirements), baseline)


def waiver(requirement: str, fingerprint: str, **more: Any) -> Waiver:
    """An entry of a baseline."""
    return Waiver(requirement=requirement, fingerprint=fingerprint, **more)


@pytest.fixture(scope="session")
def variations(results: Results, told: Results) -> dict[str, Results]:
    """Results of every kind."""
    replace = msgspec.structs.replace
    failed = replace(results.findings[0], severity="warning", flaky=True)
    return {
        "violates": results,
        "all parts": told,
        "warning": replace(results, findings=(failed,)),
        "conforms": replace(results, verdict="conforms", findings=()),
        "inconclusive": replace(results, verdict="inconclusive", reason="It cannot be reached."),
        "empty": replace(
            results,
            verdict="inconclusive",
            reason="It was interrupted.",
            interrupted=True,
            counts={},
            phases=(),
            requirements=(),
            findings=(),
            exchanges=(),
            ledger=(),
            latency=None,
        ),
        "without answers": replace(
            results,
            exchanges=tuple(replace(one, response=type(one.response)(problem="closed")) for one in results.exchanges),
        ),
    }


HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(2)><!-- --></pre></textarea>",
    "attributes": "\" onmouseover=alert(3) x='{{ 7*7 }}{% raw %}",
    "end of script": "</script></style></title></svg>",
    "CDATA": "]]><![CDATA[ &amp; &#0; &bogus;",
    "terminal": "\x1b[31m\x1b]0;title\x07\x9b2J\r\x08",
    "NUL": "a\x00b",
    "surrogates": "half \ud800 and \udfff",
    "direction": "\u202egnp.exe\u2066\u200b\ufeff\u2028",
    "GitHub": "\n::error title=x,file=y::pwned\n##[set-output name=a]b ::stop-commands::x",
    "expression": "${{ secrets.TOKEN }} $(id) `id` %0A%25",
    "Markdown": "\n# heading\n|a|b|\n|-|-|\n```\n[x](http://evil.example) ![i](//evil.example) @all #1 www.x.example",
    "backticks": "`one` ``two`` ```three``` |pipe\\|",
    "no characters": "\ufffe\uffff\U0010ffff",
}
_FIXED = {"verdict", "expectation", "level", "severity", "body_base64", "expires", "choice", "cause", "call"}


def _hostile(value: Any, text: str, key: str = "", parent: str = "") -> Any:
    match value:
        case str() if key in _FIXED or (key, value) in (("status", "new"), ("status", "known")):
            return value
        case str():
            return text + value
        case dict():
            return {name: _hostile(part, text, name, key) for name, part in value.items()}
        case list() | tuple():
            return [_hostile(part, text, key, parent) for part in value]
    return value


@pytest.fixture(scope="session")
def hostile(told: Results) -> Callable[[str], Results]:
    """Make results of which every free text begins with a hostile one."""
    cut = msgspec.structs.replace(
        told,
        requirements=told.requirements[::12],
        findings=told.findings[:3],
        exchanges=told.exchanges[:4],
        ledger=told.ledger[:2],
    )
    plain = msgspec.to_builtins(cut)

    def make(text: str) -> Results:
        return msgspec.convert(_hostile(plain, text), Results)

    return make


@pytest.fixture(scope="session")
def hostile_in_all_ways(hostile: Callable[[str], Results]) -> Results:
    """Results of which every free text begins with everything that is hostile."""
    return hostile("".join(HOSTILE.values()))


@pytest.fixture(scope="session")
def long_results(hostile: Callable[[str], Results]) -> Results:
    """Results of which every free text begins with a line of 1 MB."""
    longest = hostile("x" * 1_000_000)
    return msgspec.structs.replace(
        longest, requirements=longest.requirements[:2], findings=longest.findings[:1], exchanges=longest.exchanges[:1]
    )


@pytest.fixture(params=[*HOSTILE, "a line of 1 MB"])
def hostile_results(
    request: pytest.FixtureRequest, hostile: Callable[[str], Results], long_results: Results
) -> Results:
    """Results that are hostile in one way."""
    return long_results if request.param == "a line of 1 MB" else hostile(HOSTILE[request.param])
