"""Testing mutants: those of functions in forks of one pytest that has collected its tests, others each in its own.

mutmut's own runner starts pytest for each mutant with the ids of tests on its command line. That takes seconds, and
where pytest does not find an id again, as of tests whose names hold colons, the mutant counts as killed by a timeout.
"""

from __future__ import annotations

import functools
import gc
import importlib
import json
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from hypothesis import Phase, settings
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name
from tests.mutation.forks import Task, run_all
from tests.mutation.groups import Group
from tests.mutation.mutants import Mutant
from tests.mutation.sources import module_name, use

_NO_LIMIT: Final = 100_000
_LEAST_SECONDS: Final = 15
_TIMES_AS_LONG: Final = 4
"""As unchanged, a mutant may take; what loops takes longer."""


class _Measured(NamedTuple):
    """What the tests do without a change."""

    seconds: dict[str, float]
    """By test."""
    tests: dict[str, list[str]]
    """By function in mutmut's spelling, those that call it."""
    early: list[str]
    """Functions that are called while tests are collected."""


def test_functions(group: Group, mutants: Sequence[Mutant], folder: Path) -> Iterator[tuple[str, int]]:
    """Name and exit code of each mutant of a function; 0 where no test noticed it."""
    results, measured = folder / "results.txt", folder / "measured.json"
    results.write_text("")
    loop = _Loop(mutants, results, measured)
    set_mutant_under_test("stats")
    [(_, code)] = run_all([Task(group.name, lambda: _loop(group, loop), _NO_LIMIT)])
    if code:
        raise SystemExit(
            f"the tests of {group.name} fail without a mutant, or could not be collected: exit code {code}"
        )
    for line in results.read_text().splitlines():
        name, exit_code = line.split()
        yield name, int(exit_code)


def _loop(group: Group, loop: _Loop) -> int:
    if not _import_instead(_with_mutants(group)):
        return 1
    importlib.import_module("export_contract.contract").oracle()  # once, and not in each fork: it reads the contract
    return _pytest(group, group.tests, loop)


def test_afresh(group: Group, mutants: Sequence[Mutant], folder: Path) -> Iterator[tuple[str, int]]:
    """The same in a process for each, in which modules are imported and tests collected with the mutant in place."""
    measured = _measured(folder)
    yield from run_all(
        Task(one.name, functools.partial(_afresh, group, measured, one), group.seconds) for one in mutants
    )


def runs_early(mutant: Mutant, folder: Path) -> bool:
    """Whether a mutant could have been noticed while tests were collected, and was not in place."""
    return bool(mutant.code) or mangled_name_from_mutant_name(mutant.name) in _measured(folder).early


def _measured(folder: Path) -> _Measured:
    return _Measured(**json.loads((folder / "measured.json").read_text()))


def _afresh(group: Group, measured: _Measured, mutant: Mutant) -> int:
    set_mutant_under_test("" if mutant.code else mutant.name)
    if not _import_instead({mutant.file: mutant.code} if mutant.code else _with_mutants(group)):
        return 1
    own = [test for test in group.tests if test.endswith(f"test_{Path(mutant.file).stem}.py")]
    rest = [test for test in group.tests if test not in own]
    return any(_pytest(group, tests, _QuickFirst(measured.seconds)) for tests in (own, rest) if tests)


def _with_mutants(group: Group) -> dict[str, str]:
    return {file: mutate_file_contents(file, Path(file).read_text("utf-8")).code for file in group.files()}


def load_libraries() -> None:
    """Import what the package imports, once for all forks; the package itself each of them imports for itself."""
    before = set(sys.modules)
    for module in ("export_contract.pytest_plugin", "export_contract.acceptance", "export_contract.sandbox"):
        importlib.import_module(module)
    for name in set(sys.modules) - before:
        if name.partition(".")[0] == "export_contract":
            del sys.modules[name]
    gc.collect()
    gc.freeze()


def _import_instead(sources: Mapping[str, str]) -> bool:
    """Import modules from these sources; False where that fails."""
    use(sources)
    try:
        for file in sources:
            importlib.import_module(module_name(file))  # now, since pytest's own import hook goes before others
    except Exception:
        traceback.print_exc()
        return False
    return True


def _pytest(group: Group, tests: Sequence[str], plugin: object) -> int:
    # No examples of one mutant for another, and none that are made small: that one failed is enough.
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutation", database=None, derandomize=True, phases=phases, print_blob=False)
    settings.load_profile("mutation")
    plugins = [f"-pno:{name}" for name in ("cacheprovider", "xdist", "export-contract", "schemathesis")]
    quiet = ["-x", "-q", "--tb=no", *plugins, "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    unfit = [f"--deselect=tests/{test}" for test in group.unfit]
    return int(pytest.main([*quiet, *unfit, *(f"tests/{test}" for test in tests)], plugins=[plugin]))


class _QuickFirst:
    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self._seconds.get(item.nodeid, 0))


class _Loop:
    """Runs the tests of each mutant in a fork of the pytest that collected them."""

    def __init__(self, mutants: Sequence[Mutant], results: Path, measured: Path) -> None:
        self._mutants, self._results, self._measured = mutants, results, measured

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        self._early = sorted(state()._stats)
        gc.freeze()
        [(_, code)] = run_all([Task("measure", lambda: self._measure(session), _NO_LIMIT)])
        if code:
            raise pytest.UsageError("a test fails without a mutant")
        measured = _measured(self._measured.parent)
        [(_, code)] = run_all(self._tasks(session, items, measured, [Mutant(self._mutants[0].file, "")]))
        if code:
            raise pytest.UsageError("a test fails without a mutant, in the order in which mutants are tested")
        with self._results.open("a") as results:
            for name, code in run_all(self._tasks(session, items, measured, self._mutants)):
                print(name, code, file=results, flush=True)
        return True

    def _tasks(
        self, session: pytest.Session, items: Mapping[str, pytest.Item], measured: _Measured, mutants: Sequence[Mutant]
    ) -> Iterator[Task]:
        for mutant in mutants:
            tests = _in_order(mutant, measured)
            expected = sum(measured.seconds[test] for test in tests)
            work = functools.partial(self._run_with, mutant.name, session, [items[test] for test in tests])
            yield Task(mutant.name, work, int(_LEAST_SECONDS + _TIMES_AS_LONG * expected))

    def _measure(self, session: pytest.Session) -> int:
        set_mutant_under_test("stats")
        state()._stats.clear()
        seconds, tests = {}, {}
        for item, following in _pairs(session.items):
            watch = _Watch(item.nodeid, seconds)
            session.config.pluginmanager.register(watch)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            session.config.pluginmanager.unregister(watch)
            for function in state()._stats:
                tests.setdefault(function, []).append(item.nodeid)
            state()._stats.clear()
        self._measured.write_text(json.dumps(_Measured(seconds, tests, self._early)._asdict()))
        return session.testsfailed

    def _run_with(self, mutant: str, session: pytest.Session, items: Sequence[pytest.Item]) -> int:
        set_mutant_under_test(mutant)
        for item, following in _pairs(items):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return 1
        return 0


def _in_order(mutant: Mutant, measured: _Measured) -> list[str]:
    """The tests that call a mutant's function, its module's own and quick ones first; all, where it has no name."""
    own = f"test_{Path(mutant.file).stem}.py"
    called = measured.tests.get(mangled_name_from_mutant_name(mutant.name), []) if mutant.name else [*measured.seconds]
    return sorted(called, key=lambda test: (own not in test, measured.seconds[test]))


class _Watch:
    def __init__(self, test: str, seconds: dict[str, float]) -> None:
        self._test, self._seconds = test, seconds

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[self._test] = self._seconds.get(self._test, 0) + report.duration


def _pairs(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None][: len(items)], strict=True)
