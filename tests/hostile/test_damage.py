"""Damaged contracts, results files, baselines and configuration: they work, or are refused in one clear sentence."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import tomli_w
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hostile.conftest import IS_WHOLE, LONGEST
from tests.hostile.damage import damaged, edited
from tests.hostile.server import Hostile

from export_contract.acceptance import Limits, RunPlan, run, to_json
from export_contract.acceptance.model.results_file import read_results
from export_contract.acceptance.verdict.baseline import Baseline, updated, write_baseline
from export_contract.cli import main
from export_contract.configuration import settings as settings_module
from export_contract.contract import Contract, load_contract
from export_contract.reports import FORMATS

CONTRACT: Final = Path(load_contract().file)
OPENAPI: Final = CONTRACT.read_bytes()
REQUIREMENTS: Final = CONTRACT.with_name("requirements.yaml").read_bytes()
CONFIGURATION: Final[dict[str, Any]] = {
    "phases": "probe",
    "max-requests": 5,
    "max-jobs": 3,
    "max-time": 2.0,
    "rate": 500.0,
    "concurrency": 2,
    "timeout": 1.0,
    "seed": 7,
    "range": "2024-01-31T00:00:00Z/2024-02-01T00:00:00Z",
    "activity-id": [1, 2],
    "header": ["X-Tenant: acme"],
    "production": ["https://api.example.com/exports"],
    "quiet": True,
    "expectations": {"EXP-OPEN-JOBID-OPAQUE": "reject"},
    "targets": {"staging": {"base-url": "http://127.0.0.1:9", "rate": 5.0}},
}
LIMITS: Final = Limits(requests=60, jobs=20, seconds=20.0)
SMALL: Final = ("--max-requests", "5", "--max-time", "2", "--phases", "probe")
DRAWN: Final = settings(
    max_examples=1_000 if IS_WHOLE else 15, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
_USAGE, _STATUSES = 2, (0, 1, 3)
_RUNS_TO_REMEMBER: Final = 50

pytestmark = pytest.mark.timeout(LONGEST)


@pytest.fixture(scope="module")
def target(contract: Contract) -> Iterator[str]:
    """The URL of a target that conforms."""
    server = Hostile(lambda wire: wire.conform(), contract)
    server.start()
    yield server.url
    server.stopped.set()
    server.stop()


@pytest.fixture(scope="module")
def results_file(contract: Contract) -> dict[str, Any]:
    """The results of a run with findings, as they are in a file, and few of each."""
    server = Hostile(lambda wire: wire.answer(500) if b"Z" not in wire.request.body else wire.conform(), contract)
    server.start()
    plan = RunPlan(base_url=server.url, contract=contract, phases=("probe", "suite"), limits=LIMITS)
    document = json.loads(to_json(run(plan)))
    server.stop()
    assert document["findings"]
    few = {"exchanges": 4, "requirements": 6, "ledger": 3, "jobs": 1, "findings": 3}
    return {name: value[: few[name]] if name in few else value for name, value in document.items()}


@pytest.fixture
def command(tmp_path: Path, contract: Contract, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Run the command; whatever is wrong with a file, it says so in one sentence, or works."""
    monkeypatch.setattr(settings_module, "load_contract", lambda file: load_contract(file) if file else contract)
    runs = itertools.count(1)

    def invoke(*arguments: str | Path) -> None:
        if next(runs) % _RUNS_TO_REMEMBER == 0:
            _forget_contracts()
        with contextlib.chdir(tmp_path):
            result = CliRunner().invoke(main, list(map(str, arguments)))
        assert isinstance(result.exception, SystemExit | None), repr(result.exception)
        assert "Traceback" not in result.output
        assert "defect of export-contract" not in result.output, result.output
        if result.exit_code == _USAGE:
            (said,) = [one for one in result.stderr.splitlines() if not one.startswith(("Usage:", "Try "))]
            assert re.match("export-contract: |Error: ", said), said
            assert said.isprintable()
            assert len(said) < 2_000
        else:
            assert result.exit_code in _STATUSES

    return invoke


def _forget_contracts() -> None:
    """Empty the caches of what was made of contracts: a process of the command has one of them, and not hundreds."""
    for module in [one for name, one in sys.modules.items() if name.startswith("export_contract.")]:
        for value in list(vars(module).values()):
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def _as_json(document: Any) -> bytes:
    return json.dumps(document).encode()  # which is YAML too


@DRAWN
@given(data=st.data())
def test_contracts(command: Callable[..., None], target: str, tmp_path: Path, data: st.DataObject) -> None:
    """A damaged contract is refused when it is read, or runs to its end."""
    openapi, requirements = OPENAPI, REQUIREMENTS
    match data.draw(st.sampled_from(["openapi", "requirements", "bytes of openapi", "bytes of requirements"])):
        case "openapi":
            openapi = _as_json(data.draw(edited(yaml.safe_load(OPENAPI))))
        case "requirements":
            requirements = _as_json(data.draw(edited(yaml.safe_load(REQUIREMENTS))))
        case "bytes of openapi":
            openapi = data.draw(damaged(OPENAPI))
        case _:
            requirements = data.draw(damaged(REQUIREMENTS))
    (tmp_path / "openapi.yaml").write_bytes(openapi)
    (tmp_path / "requirements.yaml").write_bytes(requirements)
    limits = ("--max-requests", "60", "--max-jobs", "20", "--max-time", "3")
    command("run", "-u", target, "--allow-production", "--contract", "openapi.yaml", *limits, "--phases", "jobs,suite")


@DRAWN
@given(data=st.data())
def test_results(
    command: Callable[..., None], target: str, results_file: dict[str, Any], tmp_path: Path, data: st.DataObject
) -> None:
    """A damaged results file is refused, or can be reported in each format, compared, and sent again."""
    drawn = edited(results_file).map(_as_json) | damaged(_as_json(results_file))
    (tmp_path / "good.json").write_bytes(_as_json(results_file))
    (tmp_path / "r.json").write_bytes(data.draw(drawn))
    command("report", "r.json", *(part for name in FORMATS for part in ("--report", f"{name}={name}.report")))
    command("compare", "good.json", "r.json")
    command("replay", "r.json", "1", "-u", target)


@DRAWN
@given(data=st.data())
def test_baselines(
    command: Callable[..., None], target: str, results_file: dict[str, Any], tmp_path: Path, data: st.DataObject
) -> None:
    """A damaged baseline is refused, or counts, and can be rewritten."""
    good = tmp_path / "good.json"
    good.write_bytes(_as_json(results_file))
    name = data.draw(st.sampled_from(["known.toml", "known.json"]))
    path = tmp_path / name
    write_baseline(path, updated(Baseline(), read_results(good)))
    drawn = damaged(path.read_bytes())
    if name.endswith(".json"):
        drawn |= edited(json.loads(path.read_bytes())).map(_as_json)
    path.write_bytes(data.draw(drawn))
    command("run", "-u", target, *SMALL, "--baseline", name, "--strict-baseline")
    command("run", "-u", target, *SMALL, "--baseline", name, "--update-baseline")


@DRAWN
@given(data=st.data())
def test_configuration(command: Callable[..., None], target: str, tmp_path: Path, data: st.DataObject) -> None:
    """A damaged configuration file is refused, or counts."""
    drawn = edited(CONFIGURATION).map(_as_toml) | damaged(_as_toml(CONFIGURATION))
    (tmp_path / "c.toml").write_bytes(data.draw(drawn))
    command("run", "-u", target, "--config", "c.toml", *SMALL)
    command("run", "--target", "staging", "-u", target, "--config", "c.toml", *SMALL)


def _as_toml(document: Any) -> bytes:
    """TOML, for what can be written so; what cannot is not a configuration file in the first place."""
    try:
        return tomli_w.dumps(document).encode()
    except (TypeError, AttributeError, UnicodeEncodeError):
        return repr(document).encode(errors="surrogatepass")


def test_what_is_left_alone(command: Callable[..., None], target: str, tmp_path: Path) -> None:
    """What is damaged here works as it is: refusing everything would pass above."""
    for name, content in {"openapi.yaml": OPENAPI, "requirements.yaml": REQUIREMENTS}.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "c.toml").write_bytes(_as_toml(CONFIGURATION))
    with contextlib.chdir(tmp_path):
        for options in (("--contract", "openapi.yaml"), ("--config", "c.toml")):
            result = CliRunner().invoke(main, ["run", "-u", target, *SMALL, *options])
            assert result.exit_code != _USAGE, result.output
