"""The suite: the finite list of cases that a contract leads to, the same in every process and on every platform."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import zip_longest

import msgspec

from export_contract.contract import Contract, Expectation, built_in_contract
from export_contract.strategies.accepted.covering_array import accepted_cases
from export_contract.strategies.data.case import Case
from export_contract.strategies.http.methods import credential_cases, method_cases, transfer_cases
from export_contract.strategies.mutations.aimed import aimed_cases
from export_contract.strategies.mutations.wholes import whole_cases


def suite(*, contract: Contract | None = None) -> tuple[Case, ...]:
    """All named cases of a contract, in the order in which they are sent; always the same tuple.

    What is rejected costs a target no job, so it comes first, beginning with one case for each requirement; then what
    is accepted; then what the document leaves open.

    Raises UnsupportedContract where the contract has a keyword that no strategy understands.
    """
    return _suite(contract or built_in_contract())


@cache
def _suite(contract: Contract) -> tuple[Case, ...]:
    aimed = {name: list(cases) for name, cases in aimed_cases(contract).items()}
    for case in whole_cases(contract):
        aimed[case.requirement].append(case)
    by_expectation: dict[Expectation, list[tuple[Case, ...]]] = {expectation: [] for expectation in Expectation}
    for cases in (*aimed.values(), transfer_cases(contract)):
        for expectation in Expectation:
            of_one_kind = tuple(case for case in cases if case.expectation is expectation)
            if of_one_kind:
                by_expectation[expectation].append(of_one_kind)
    return _with_unique_ids(
        *_in_turns([*by_expectation[Expectation.REJECT], *_by_requirement(contract)]),
        *accepted_cases(contract),
        *_in_turns(by_expectation[Expectation.ACCEPT]),
        *_in_turns(by_expectation[Expectation.UNSPECIFIED]),
    )


def _by_requirement(contract: Contract) -> list[tuple[Case, ...]]:
    """The cases about methods and credentials, grouped by requirement."""
    groups: dict[str, list[Case]] = {}
    for case in (*method_cases(contract), *credential_cases(contract)):
        groups.setdefault(case.requirement, []).append(case)
    return [tuple(group) for group in groups.values()]


def _in_turns(groups: Iterable[tuple[Case, ...]]) -> Iterator[Case]:
    """The first of each group, then the second of each, and so on."""
    for row in zip_longest(*groups):
        yield from (case for case in row if case is not None)


def _with_unique_ids(*cases: Case) -> tuple[Case, ...]:
    """The cases, with a number behind an id that an earlier one has: ids drop the punctuation of titles."""
    seen: Counter[str] = Counter()
    unique = []
    for case in cases:
        seen[case.id] += 1
        count = seen[case.id]
        unique.append(case if count == 1 else msgspec.structs.replace(case, id=f"{case.id}-{count}"))
    return tuple(unique)
