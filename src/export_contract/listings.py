"""What the commands that send nothing show: contracts, suites, job ids."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from export_contract.acceptance.model.records import case_record
from export_contract.acceptance.model.results import Results
from export_contract.acceptance.model.results_file import read_results, to_json
from export_contract.acceptance.verdict.journal import JOURNAL_SUFFIX, read_journal
from export_contract.contract import Contract, ContractError, Expectation
from export_contract.contract.job_id import FIELDS, read_job_id
from export_contract.contract.pointers import child
from export_contract.reports.escaping import printable
from export_contract.sandbox import FAULTS, VARIANTS
from export_contract.strategies import suite

_BESIDES: Final = (
    "Besides, run sends the documented examples, some requests at the same time, questions for the status of a few of "
    "these jobs, and drawn requests: all of it within --max-jobs and --max-requests."
)


def with_activity_ids(contract: Contract, ids: Iterable[str | float]) -> Contract:
    """The contract with other known values, where some are given.

    Raises ContractError where one is no number, or the contract does not have one property with known values.
    """
    if not ids:
        return contract
    places = {schema.pointer for schema in contract.request.walk() if "x-known-values" in schema.keywords}
    if len(places) != 1:
        raise ContractError(
            contract.file, "", "--activity-id needs a contract with one property that has x-known-values"
        )
    values = []
    for text in ids:
        try:
            values.append(int(str(text)))
        except ValueError:
            raise ContractError(contract.file, "--activity-id", f"{text!r} is no whole number") from None
    return contract.with_known_values(tuple(values))


def earlier_results(path: Path) -> Results:
    """The results in a file, or what the journal beside it tells where the run did not end.

    Raises ValueError, with a sentence to show, where neither can be read.
    """
    journal = path if path.name.endswith(JOURNAL_SUFFIX) else path.with_name(path.name + JOURNAL_SUFFIX)
    if journal.is_file() and not (path.is_file() and path != journal):
        return read_journal(journal)
    return read_results(path)


def contract_lines(contract: Contract) -> Iterator[str]:
    """The requirements of a contract, with their sources and places."""
    yield f"{contract.title} {contract.version}"
    yield f"{contract.file}, sha256 {contract.sha256}"
    for area in contract.areas:
        yield ""
        yield area.title
        for requirement in area.requirements:
            yield f"  {requirement.id}  {requirement.level}, {requirement.expectation}"
            yield f"      {requirement.statement}"
            yield f"      {requirement.source}"
            yield from (f"      {pointer}" for pointer in requirement.pointers)


def difference_lines(old: Contract, new: Contract) -> list[str]:
    """What a newer contract promises differently: requirements, keywords of the request, and methods."""
    lines = [f"- {name}  {one.statement}" for name, one in old.by_id.items() if name not in new.by_id]
    lines += [f"+ {name}  {one.statement}" for name, one in new.by_id.items() if name not in old.by_id]
    for name, one in old.by_id.items():
        other = new.by_id.get(name, one)
        for what in ("level", "expectation", "statement"):
            was, becomes = getattr(one, what), getattr(other, what)
            if was != becomes:
                lines.append(f"~ {name}  {what}: {was} -> {becomes}")
    was_asserted, is_asserted = _assertions(old), _assertions(new)
    for place in dict.fromkeys((*was_asserted, *is_asserted)):
        was, becomes = was_asserted.get(place, "nothing"), is_asserted.get(place, "nothing")
        if was != becomes:
            lines.append(f"~ {place}  {was} -> {becomes}")
    lines += [f"- {method} {old.operation.path}" for method in sorted(old.operation.methods - new.operation.methods)]
    lines += [f"+ {method} {new.operation.path}" for method in sorted(new.operation.methods - old.operation.methods)]
    return lines


def _assertions(contract: Contract) -> dict[str, str]:
    """Every keyword of the request by its place, with its value as JSON."""
    return {
        child(schema.pointer, name): json.dumps(value)
        for schema in contract.request.walk()
        for name, value in schema.assertions()
    }


def lint_line(contract: Contract) -> str:
    """One line that says that a contract can be used; raises ContractError where it cannot."""
    cases = suite(contract=contract)
    aimed = {case.requirement for case in cases} | {one.requirement for case in cases for one in case.features}
    return (
        f"{contract.file}: {len(contract.requirements)} requirements, {len(cases)} cases aimed at {len(aimed)} of them"
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


def suite_path(report: str | None) -> Path | None:
    """The path of `json=PATH`; raises ValueError for another format."""
    if report is None:
        return None
    name, _, path = report.partition("=")
    if name != "json":
        raise ValueError(f"--report: the suite has no format {name!r}; it has json")
    return Path(path or "export-contract-report/suite.json")


def fault_lines() -> Iterator[str]:
    """The faults of the sandbox with the requirements that they break, and its variants."""
    width = max(map(len, (*FAULTS, *VARIANTS)))
    yield "Faults"
    yield from (f"  {name:<{width}}  {fault.requirement:<28}  {fault.summary}" for name, fault in FAULTS.items())
    yield ""
    yield "Variants"
    yield from (f"  {name:<{width}}  {variant.summary}" for name, variant in VARIANTS.items())


def decoded_lines(text: str) -> tuple[list[str], bool]:
    """What is inside a job id, and whether it is sound."""
    job_id = read_job_id(text)
    lines = []
    if job_id.documented:
        lines += [f"{name:<10} {printable(job_id.fields[name])}" for name in FIELDS if name in job_id.fields]
        lines += [f"{name:<10} {printable(value)}" for name, value in job_id.fields.items() if name not in FIELDS]
        if job_id.uuid is not None:
            lines.append(f"{'uuid':<10} {printable(job_id.uuid)}")
    elif job_id.decoded is not None:
        lines.append(f"opaque: {len(job_id.decoded)} bytes, {printable(repr(job_id.decoded[:80])[2:-1])}")
    lines += [f"not sound: {printable(flaw.problem)}" for flaw in job_id.flaws]
    if not job_id.flaws:
        lines.append("sound: strict Base64" + (", the whole documented form" if job_id.documented else ""))
    return lines, not job_id.flaws
