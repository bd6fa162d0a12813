"""The suite as `suite` shows it."""

from __future__ import annotations

from collections import Counter
from typing import Final

import msgspec

from export_contract.acceptance.model.records import case_record
from export_contract.acceptance.model.results_file import to_json
from export_contract.contract import Contract, Expectation
from export_contract.reports.escaping import printable
from export_contract.strategies import suite

_BESIDES: Final = (
    "In addition, run sends the documented examples, concurrent requests, status calls for some of these jobs, and "
    "drawn requests, all within --max-jobs and --max-requests."
)


def suite_lines(contract: Contract) -> list[str]:
    """The cases, how many each requirement has, and the jobs that they would create at most."""
    cases = suite(contract=contract)
    lines = [f"{case.expectation:<12} {case.id}  {printable(case.title)}" for case in cases]
    aimed = Counter(case.requirement for case in cases)
    shown = Counter(name for case in cases for name in {feature.requirement for feature in case.features})
    lines += ["", "Cases for each requirement"]
    for requirement in contract.requirements:
        count = aimed[requirement.id]
        also = shown[requirement.id]
        if count or also:
            lines.append(f"  {count or also:>4}  {requirement.id}")
    expectations = Counter(case.expectation for case in cases)
    total = ", ".join(f"{expectations[one]} {one}" for one in Expectation)
    jobs = expectations[Expectation.ACCEPT] + expectations[Expectation.UNSPECIFIED]
    lines += ["", _BESIDES]
    lines.append(f"{len(cases)} cases ({total}); a target that keeps the contract creates at most {jobs} jobs.")
    return lines


class _Suite(msgspec.Struct):
    cases: list[object]


def suite_json(contract: Contract) -> bytes:
    """The cases as a JSON text."""
    return to_json(_Suite([case_record(case) for case in suite(contract=contract)]))
