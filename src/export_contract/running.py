"""What `run` does: settle the options, run against the target or the embedded sandbox, and report."""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import click
import msgspec
from click.core import ParameterSource

from export_contract import sandbox
from export_contract.acceptance import PHASES, Event, Limits, Listener, Results, RunPlan, checked_url, run
from export_contract.acceptance.checks.user_checks import load_checks
from export_contract.acceptance.verdict.baseline import Baseline, read_baseline, updated, with_baseline, write_baseline
from export_contract.acceptance.verdict.journal import JOURNAL_SUFFIX, Journal
from export_contract.configuration import read_configuration
from export_contract.contract import Contract, Expectation, load_contract
from export_contract.exceptions import ConfigurationError
from export_contract.listings import with_activity_ids
from export_contract.production import refuse_production
from export_contract.reports import FILE_NAMES, FORMATS, github
from export_contract.reports.console import ProgressListener, print_results
from export_contract.strategies import suite

AUTHORIZATION: Final = "EXPORT_CONTRACT_AUTHORIZATION"
_DIRECTORY: Final = Path("export-contract-report")
_HEADER: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x1f\x7f]*)")


Reports = tuple[tuple[str, Path], ...]
"""Formats, and where to write them."""


class SettledRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run that is settled: every option was looked at."""

    plan: RunPlan
    reports: Reports
    baseline: Baseline | None
    baseline_path: Path | None
    """Where the baseline is written anew after the run, if it is."""
    strict_baseline: bool
    quiet: bool
    verbose: bool
    color: bool

    def __repr__(self) -> str:
        return f"SettledRun({self.plan!r})"


def settle(context: click.Context, options: Mapping[str, Any]) -> SettledRun:
    """Settle the options of `run`; the configuration file has a say where command line and environment have none.

    Raises ValueError with one sentence for what cannot be used: ConfigurationError, ContractError.
    """
    configuration = read_configuration(Path.cwd()).for_target(options["target"])
    chosen = dict(options)
    for name, value in msgspec.structs.asdict(configuration).items():
        if name in chosen and value is not None and context.get_parameter_source(name) is ParameterSource.DEFAULT:
            chosen[name] = _as_option(context, name, value)
    contract = _contract(chosen, configuration.expectations)
    base_url = chosen["base_url"]
    if base_url is not None:
        base_url = checked_url(base_url)
        if not chosen["allow_production"]:
            refuse_production(base_url, contract, configuration.production)
    for name in ("max_time", "timeout", "job_timeout"):
        if chosen[name] is not None and not math.isfinite(chosen[name]):
            raise ConfigurationError(f"--{name.replace('_', '-')}", f"{chosen[name]} is not a number of seconds")
    phases = tuple(name.strip() for name in chosen["phases"].split(",") if name.strip())
    for name in phases:
        if name not in PHASES:
            raise ConfigurationError("--phases", f"there is no phase {name!r}; there are {', '.join(PHASES)}")
    if not phases:
        raise ConfigurationError("--phases", f"it names no phase; there are {', '.join(PHASES)}")
    plan = RunPlan(
        base_url=base_url or "",
        contract=contract,
        authorization=_authorization(chosen["authorization_file"]),
        headers=tuple(_header(text) for text in chosen["header"]),
        phases=phases,
        limits=Limits(requests=chosen["max_requests"], jobs=chosen["max_jobs"], seconds=chosen["max_time"]),
        rate=_rate(chosen["rate"]),
        concurrency=chosen["concurrency"],
        seconds=chosen["timeout"],
        most_followed=chosen["max_followed"],
        job_seconds=chosen["job_timeout"],
        seed=chosen["seed"],
        user_checks=load_checks(Path(configuration.checks), contract) if configuration.checks else (),
        embedded=base_url is None,
    )
    baseline, baseline_path = _baseline(chosen["baseline"], chosen["update_baseline"], chosen["strict_baseline"])
    return SettledRun(
        plan=plan,
        reports=settled_reports(chosen["report"]),
        baseline=baseline,
        baseline_path=baseline_path,
        strict_baseline=chosen["strict_baseline"],
        quiet=chosen["quiet"],
        verbose=chosen["verbose"],
        color=not chosen["no_color"] and "NO_COLOR" not in os.environ,
    )


def _as_option(context: click.Context, name: str, value: Any) -> Any:
    """A value of the configuration file, checked like that of the option."""
    option = next(one for one in context.command.params if one.name == name)
    try:
        return option.type_cast_value(context, value)
    except click.BadParameter as error:
        raise ConfigurationError(f"configuration key {name.replace('_', '-')}", error.message) from None


def run_and_report(settings: SettledRun) -> tuple[Results, bool]:
    """Run, write the reports, and show the results; those, and whether all reports could be written."""
    with ExitStack() as stack:
        plan = stack.enter_context(placed(settings.plan))
        listeners: list[Listener] = [stack.enter_context(ProgressListener(quiet=settings.quiet, color=settings.color))]
        journal = journal_of(plan, settings.reports)
        if journal:
            listeners.append(stack.enter_context(journal))
        results = run(plan, lambda event: tell_all(listeners, event))
    results, is_whole = against_baseline(results, settings)
    is_written = write_reports(results, settings.reports, quiet=settings.quiet)
    if is_written:
        remove_journal(settings.reports)
    print_results(results, quiet=settings.quiet, verbose=settings.verbose, color=settings.color)
    if github.is_here():
        _tell_github(results)
    return results, is_whole and is_written


@contextmanager
def placed(plan: RunPlan) -> Iterator[RunPlan]:
    """The plan with the embedded sandbox, until the end of the block, in place of a target that was not given."""
    if not plan.embedded:
        yield plan
        return
    with sandbox.running() as url:
        yield msgspec.structs.replace(plan, base_url=url, authorization=sandbox.DEMO_AUTHORIZATION)


def against_baseline(results: Results, settings: SettledRun) -> tuple[Results, bool]:
    """The results as the baseline has them, and whether it could be written anew where that was asked for."""
    if not settings.baseline:
        return results, True
    results = with_baseline(results, settings.baseline, strict=settings.strict_baseline)
    if not settings.baseline_path:
        return results, True
    return results, _update_baseline(settings.baseline_path, settings.baseline, results)


def settled_reports(texts: Iterable[str]) -> Reports:
    """The formats of `--report FORMAT[=PATH]`, and where to write them; ValueError for a format that is not there."""
    return tuple(_report(text) for text in texts)


def write_reports(results: Results, reports: Reports, *, quiet: bool) -> bool:
    """Write results in formats, and say where unless `quiet`; whether all could be written."""
    written = [_write(path, FORMATS[name](results), "" if quiet else name) for name, path in reports]
    return all(written)


def journal_of(plan: RunPlan, reports: Reports) -> Journal | None:
    """A journal beside the first report, where one is asked for; a path that cannot be written is told at once."""
    if not reports:
        return None
    path = _journal_path(reports)
    try:
        return Journal.of_run(path, plan)
    except OSError as error:
        _say(f"{path.parent} cannot be written: {error.strerror}")
        return None


def remove_journal(reports: Reports) -> None:
    """Remove the journal of a run that was told in full."""
    if reports:
        _journal_path(reports).unlink(missing_ok=True)


def tell_all(listeners: list[Listener], event: Event) -> None:
    """Tell listeners, one after the other."""
    for listener in listeners:
        listener(event)


def _journal_path(reports: Reports) -> Path:
    path = reports[0][1]
    return path.with_name(path.name + JOURNAL_SUFFIX)


def _baseline(file: str | None, update: bool, strict: bool) -> tuple[Baseline | None, Path | None]:
    """The baseline of a run, and where it is written anew, if it is; a new one may begin with nothing."""
    if not file:
        if update or strict:
            raise ConfigurationError(f"--{'update' if update else 'strict'}-baseline", "it needs --baseline FILE")
        return None, None
    path = Path(file)
    baseline = Baseline() if update and not path.exists() else read_baseline(path)
    return baseline, path if update else None


def _update_baseline(path: Path, baseline: Baseline, results: Results) -> bool:
    after = updated(baseline, results)
    try:
        write_baseline(path, after)
    except OSError as error:
        _say(f"{path} cannot be written: {error.strerror}")
        return False
    unfilled = sum(not entry.reason.strip() for entry in after.known)
    ask = f"; {unfilled} without a reason, which waive nothing until they have one" if unfilled else ""
    _say(f"{path} holds {len(after.known)} known finding{'' if len(after.known) == 1 else 's'}{ask}")
    return True


def _tell_github(results: Results) -> None:
    # On the stream of what was muted: another one might be read before the muting ends.
    for command in github.commands(results):
        print(command)
    if problem := github.add_summary(results):
        _say(problem)


def _say(text: str) -> None:
    print(f"export-contract: {text}", file=sys.stderr)


def _contract(options: Mapping[str, Any], expectations: Mapping[str, str]) -> Contract:
    contract = load_contract(options["contract"])
    if expectations:
        contract = contract.with_expectations({name: Expectation(value) for name, value in expectations.items()})
    contract = with_activity_ids(contract, options["activity_id"])
    suite(contract=contract)  # what no case can be made of is told before anything is sent
    return contract


def _authorization(file: str | None) -> str | None:
    value = os.environ.get(AUTHORIZATION)
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError("--authorization-file", f"{file} cannot be read: {error}") from error
    value = value.strip() if value else None
    if value and not (value.isascii() and value.isprintable()):
        raise ConfigurationError("", "the credentials have characters that no header can carry")
    return value or None


def _header(text: str) -> tuple[str, str]:
    match = _HEADER.fullmatch(text.strip())
    if not match:
        name = text.partition(":")[0][:40]
        raise ConfigurationError(f"--header {name!r}", "a header is 'Name: value'")
    name, value = match.groups()
    if name.lower() in ("authorization", "proxy-authorization", "cookie"):
        raise ConfigurationError(
            f"--header {name}", f"a secret does not belong on a command line; put it into {AUTHORIZATION}"
        )
    if name.lower() in ("content-type", "content-length", "host", "transfer-encoding"):
        raise ConfigurationError(f"--header {name}", "the cases say what this header is")
    return name, value.strip()


def _rate(text: str | float | None) -> float | None:
    if text is None:
        return None
    try:
        rate = float(str(text).removesuffix("/s"))
    except ValueError:
        rate = 0.0
    if not rate > 0:
        raise ConfigurationError(f"--rate {text}", "it must be a number of requests a second, as in 5/s")
    return rate


def _report(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    if name not in FORMATS:
        raise ConfigurationError("--report", f"there is no format {name!r}; there are {', '.join(FORMATS)}")
    return name, Path(path) if path else _DIRECTORY / FILE_NAMES[name]


def _write(path: Path, content: bytes, name: str) -> bool:
    """Write a file; where that fails it is said, and the results are shown all the same: what was found is not lost."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        _say(f"{path} cannot be written: {error.strerror}")
        return False
    if name:
        _say(f"wrote {name} to {path}")
    return True
