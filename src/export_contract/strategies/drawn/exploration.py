"""Exploration: cases that nobody thought of, judged by the oracle, and made small where they fail.

Two lanes draw them: bodies in which several things are changed at once, and, as a second opinion, what Schemathesis
makes of the same document.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from export_contract.contract import Contract, Expectation, built_in_contract
from export_contract.contract.request_schema import locations
from export_contract.exceptions import SchemathesisMissing
from export_contract.strategies.accepted.covering_array import CONTENT_TYPES, STYLES
from export_contract.strategies.accepted.seed_bodies import bases, refuse_unknown_keywords
from export_contract.strategies.data.case import JSON, Case
from export_contract.strategies.data.edits import changed, removed, renamed
from export_contract.strategies.data.hypothesis_home import temporary_home
from export_contract.strategies.data.writers import Raw, Twice, spell
from export_contract.strategies.drawn.body_values import CHARACTERS, bodies_like, json_values, timestamps
from export_contract.strategies.drawn.requests import Cases, as_one_lane, cases, drawn_case
from export_contract.strategies.mutations.near_misses import near_values

# What is done to a body; boundaries more often than the rest. Strategies that are made once are drawn from faster.
_CHANGES: Final = st.sampled_from(
    ("boundary", "boundary", "near", "timestamp", "any", "missing", "renamed", "unknown", "twice")
)
_BOUNDARIES: Final[st.SearchStrategy[Any]] = st.sampled_from(
    (
        *(Raw(text) for text in ("0", "-0", "-1", "1.0", "1e400", "9007199254740993", "123456789012345678901234")),
        *("", " ", "null", "0", "true", "a" * 1_001, "\x00", "\U0001f600", Raw('"\\ud800"')),
        *(None, True, False, [], {}),
    )
)
_COUNTS: Final = st.integers(1, 3)
_EXPECTATIONS: Final = st.sampled_from(Expectation)
_NAMES: Final = st.text(CHARACTERS, max_size=8)
_STYLES: Final = st.sampled_from(STYLES)
_CONTENT_TYPES: Final = st.sampled_from((JSON, *CONTENT_TYPES))


def explored_cases(*, contract: Contract | None = None, forms: Sequence[Mapping[str, Any]] = ()) -> Cases:
    """Requests with one to three things changed at once, boundaries more often than chance would have them.

    Each is aimed at the first requirement that the oracle finds broken, or left open. `forms` are bodies that a target
    was seen to accept: they are what is changed, so that a target which only reads some form of a timestamp does not
    refuse everything for that.
    """
    contract = contract or built_in_contract()
    return st.one_of(_mixed(contract, forms), as_one_lane(cases(contract=contract)))


def foreign_cases(*, contract: Contract | None = None) -> Cases:
    """Requests that Schemathesis makes of the contract's document, valid and invalid by its own reading.

    Their expectation is the oracle's: a generator that reads the document otherwise is a second opinion on what to
    send, and not on what to expect. Raises SchemathesisMissing where Schemathesis is not installed.
    """
    contract = contract or built_in_contract()
    refuse_unknown_keywords(contract)
    try:
        import schemathesis
        from schemathesis import GenerationMode
    except ImportError as error:
        raise SchemathesisMissing from error
    operation = schemathesis.openapi.from_dict(dict(contract.document))[contract.operation.path]["POST"]
    drawn = [operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    return st.one_of([as_one_lane(one) for one in drawn]).map(lambda case: _taken_over(contract, case))


def explore(
    strategy: Cases, fails: Callable[[Case], bool], *, examples: int = 100, seeded: int = 0
) -> tuple[Case, ...]:
    """Draw cases, and return the smallest failing one for each expectation and requirement that has any.

    A failing case is shrunk within its class: one that turns into a case of another requirement on the way is a find
    of its own, and never reported as the first. `fails` is called once for each request; the same seed draws the same.
    """
    known: dict[tuple[str, bytes, str | None], bool] = {}
    smallest: dict[tuple[Expectation, str], Case] = {}
    errors: dict[tuple[Expectation, str], type[Exception]] = {}

    @seed(seeded)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
        report_multiple_bugs=True,
        print_blob=False,
    )
    @given(strategy)
    def look(case: Case) -> None:
        request = (case.method, case.payload, case.content_type)
        if request not in known:
            known[request] = fails(case)
        if known[request]:
            aim = (case.expectation, case.requirement)
            # The last that fails is the smallest: Hypothesis ends by trying that once more.
            smallest[aim] = case
            # Hypothesis shrinks each type of exception by itself.
            raise errors.setdefault(aim, type("Found", (Exception,), {}))

    try:
        with temporary_home(), _whatever_else_is_loaded():
            look()
    except Exception as error:
        # Anything but a find is an error of `fails`, or of the strategy.
        unexpected = [one for one in _leaves(error) if type(one) not in errors.values()]
        if unexpected:
            raise unexpected[0] from None
    return tuple(smallest[aim] for aim in sorted(smallest))


@contextmanager
def _whatever_else_is_loaded() -> Iterator[None]:
    """Draw the same in every process: Hypothesis mixes in constants of the local modules that happen to be loaded.

    It has no setting for that, so this reaches into its inside. Where that has moved, it draws what it likes.
    """
    try:
        from hypothesis.internal.conjecture import providers
        from hypothesis.internal.constants_ast import Constants

        finder, cache = providers._get_local_constants, providers.CONSTANTS_CACHE.cache
    except (ImportError, AttributeError):
        yield
        return
    cache.clear()
    providers._get_local_constants = Constants
    try:
        yield
    finally:
        providers._get_local_constants = finder
        cache.clear()


def _leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in _leaves(one)]
    return [error]


def _mixed(contract: Contract, forms: Sequence[Mapping[str, Any]]) -> Cases:
    if forms:
        # Hypothesis writes down what a strategy is made of, so it is not made of the forms themselves.
        return _mixed_cases(contract, st.sampled_from(range(len(forms))).map(lambda number: dict(forms[number])))
    return _mixed_of_bases(contract)


@cache
def _mixed_of_bases(contract: Contract) -> Cases:
    numbers = range(len(bases(contract)))
    return _mixed_cases(contract, st.sampled_from(numbers).flatmap(lambda number: bodies_like(contract, number)))


@st.composite
def _mixed_cases(draw: st.DrawFn, contract: Contract, bodies: st.SearchStrategy[Any]) -> Case:
    body: Any = draw(bodies)
    for _ in range(draw(_COUNTS)):
        body = _change(draw, contract, body)
    style = draw(_STYLES)
    content_type = draw(_CONTENT_TYPES)
    return drawn_case(contract, spell(body, style), content_type=content_type)


def _change(draw: st.DrawFn, contract: Contract, body: Any) -> Any:
    """The body with one thing changed; an earlier change may have left little to work on."""
    if not isinstance(body, dict) or not body:
        return body
    plain = {name: value for name, value in body.items() if not isinstance(value, Raw | Twice)}
    places = [location for location in locations(contract.request, plain) if location.path]
    if not places:
        return body
    place = draw(st.sampled_from(places))
    match draw(_CHANGES):
        case "boundary":
            return changed(body, place.path, draw(_BOUNDARIES))
        case "near":
            near = [value for _, value in near_values(place.value, [place.value])]
            return changed(body, place.path, draw(st.sampled_from(near))) if near else body
        case "timestamp":
            return changed(body, place.path, draw(timestamps(draw(_EXPECTATIONS))))
        case "any":
            return changed(body, place.path, draw(json_values()))
        case "missing" if isinstance(place.path[-1], str):
            return removed(body, place.path)
        case "renamed" if isinstance(place.path[-1], str):
            return renamed(body, place.path, draw(st.sampled_from((place.path[-1].upper(), place.path[-1] + " ", "x"))))
        case "twice" if isinstance(place.path[-1], str):
            return changed(body, place.path, Twice(place.value, draw(st.sampled_from((place.value, None, "")))))
    name = draw(_NAMES)
    return changed(body, (name,), draw(json_values()))


def _taken_over(contract: Contract, foreign: Any) -> Case:
    """A Schemathesis case as one of ours."""
    body = foreign.body
    if isinstance(body, bytes):
        payload = body
    elif type(body).__name__ == "NotSet":
        payload = b""
    else:
        payload = json.dumps(body).encode("utf-8", "surrogatepass")
    return drawn_case(contract, payload, "drawn by Schemathesis", foreign.media_type or JSON)
