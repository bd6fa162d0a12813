"""Settling: from what was given to one plan, in which every option was looked at."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from export_contract.acceptance import Limits, RunPlan
from export_contract.acceptance.checks.user_checks import load_checks
from export_contract.acceptance.verdict.baseline import Baseline, read_baseline
from export_contract.configuration import values as read
from export_contract.configuration.file import Configuration, read_configuration
from export_contract.configuration.production import refuse_production
from export_contract.configuration.sources import Given, Source, Values, from_environment
from export_contract.configuration.target import chosen_target, missing_target
from export_contract.configuration.values import Reports
from export_contract.contract import Contract, Expectation, load_contract
from export_contract.exceptions import ConfigurationError, ContractError
from export_contract.options import AUTHORIZATION, Door
from export_contract.strategies import suite


class RunSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A run that is settled."""

    plan: RunPlan
    """Its base URL is empty where the sandbox is to be started, or where no target was given and none is needed."""
    targets: tuple[str, ...] = ()
    """The names of the targets that the configuration file has."""
    reports: Reports = ()
    baseline: Baseline | None = None
    baseline_path: Path | None = None
    """Where the baseline is rewritten after the run, if it is."""
    strict_baseline: bool = False
    quiet: bool = False
    verbose: bool = False
    color: bool = True
    debug: bool = False

    def __repr__(self) -> str:
        return f"RunSettings({self.plan!r})"

    @property
    def has_target(self) -> bool:
        """Whether there is anything to send requests to."""
        return self.plan.embedded or bool(self.plan.base_url)


def settle(
    door: Door, line: Mapping[str, Given], *, ini: Mapping[str, Given] | None = None, needs_target: bool = True
) -> RunSettings:
    """Settle what was given on the command line, in pytest's ini file, the environment and the configuration file.

    Raises ConfigurationError or ContractError for what cannot be used, and where `needs_target` and there is none.
    """
    values, configuration = gather(door, line, ini)
    base_url, embedded = chosen_target(values)
    if needs_target and not (base_url or embedded):
        raise missing_target(configuration.targets, os.environ)
    contract = settled_contract(values, configuration)
    if base_url and not values["allow-production"]:
        marked = configuration.values.get("production")
        refuse_production(base_url, contract, marked.value if marked else ())
    checks = configuration.values.get("checks")
    plan = RunPlan(
        base_url=base_url or "",
        contract=contract,
        authorization=_authorization(values),
        headers=values.parsed("header", read.headers) or (),
        phases=values.parsed("phases", read.phases) or ("probe",),
        limits=Limits(requests=values["max-requests"] or 1, jobs=values["max-jobs"] or 1, seconds=values["max-time"]),
        rate=values["rate"],
        concurrency=values["concurrency"] or 1,
        seconds=values["timeout"],
        most_followed=values["max-followed"] or 0,
        job_seconds=values["job-timeout"] or 1.0,
        max_open_jobs=values["max-open-jobs"],
        date_range=values.parsed("range", read.date_range),
        seed=values["seed"] or 0,
        user_checks=load_checks(Path(checks.value), contract) if checks else (),
        embedded=embedded,
    )
    baseline, baseline_path = _baseline(values)
    return RunSettings(
        plan=plan,
        targets=tuple(configuration.targets),
        reports=values.parsed("report", read.reports) or (),
        baseline=baseline,
        baseline_path=baseline_path,
        strict_baseline=bool(values["strict-baseline"]),
        quiet=bool(values["quiet"]),
        verbose=bool(values["verbose"]),
        color=not values["no-color"] and "NO_COLOR" not in os.environ,
        debug=bool(values["debug"]),
    )


def gather(
    door: Door, line: Mapping[str, Given], ini: Mapping[str, Given] | None = None
) -> tuple[Values, Configuration]:
    """The values of all options, each from the highest source that gives it, and the configuration file."""
    sources = [ini or {}, from_environment(door, os.environ), line]
    chosen = Values(door, sources)
    configuration = read_configuration(_named(chosen, "config"))
    chosen = Values(door, [configuration.values, *sources])
    target = _named(chosen, "target")
    if target:
        configuration = configuration.for_target(target)
    return Values(door, [configuration.values, *sources]), configuration


def contract_of(door: Door, line: Mapping[str, Given]) -> Contract:
    """The contract that the options choose."""
    return settled_contract(*gather(door, line))


def settled_contract(values: Values, configuration: Configuration) -> Contract:
    """The contract, with the expectations that were decided and the ids that exist.

    Raises ContractError where it cannot be used, no case can be made of it, or it has no place for such ids.
    """
    contract = load_contract(values["contract"])
    if configuration.expectations:
        contract = contract.with_expectations(
            {name: Expectation(value) for name, value in configuration.expectations.items()}
        )
    ids = values.parsed("activity-id", read.activity_ids)
    if ids:
        places = {schema.pointer for schema in contract.request.walk() if "x-known-values" in schema.keywords}
        if len(places) != 1:
            problem = "--activity-id needs a contract with one property that has x-known-values"
            raise ContractError(contract.file, "", problem)
        contract = contract.with_known_values(ids)
    suite(contract=contract)
    return contract


def _named(values: Values, name: str) -> Given | None:
    given = values.given(name)
    return None if given.value is None else given


def _authorization(values: Values) -> str | None:
    given = values.given("authorization-file")
    text = os.environ.get(AUTHORIZATION, "").strip()
    # The file stands for an option, and the variable for none: an option on the command line counts before it.
    if given.value is not None and (not text or given.source >= Source.ENVIRONMENT):
        return values.parsed("authorization-file", read.authorization_of)
    try:
        return read.authorization(text)
    except ValueError as error:
        raise ConfigurationError(AUTHORIZATION, str(error)) from None


def _baseline(values: Values) -> tuple[Baseline | None, Path | None]:
    """The baseline of a run, and where it is rewritten, if it is; a new one may begin with nothing."""
    update = bool(values["update-baseline"])
    if values["baseline"] is None:
        for name in ("update-baseline", "strict-baseline"):
            if values[name]:
                raise ConfigurationError(values.given(name).place, "it needs --baseline FILE")
        return None, None
    path = Path(values["baseline"])
    baseline = Baseline() if update and not path.exists() else read_baseline(path)
    return baseline, path if update else None
