"""What is mutated, and the tests that have to notice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
_PACKAGE: Final = Path("src/export_contract")
SEED: Final = 200
"""Of the sample, and of what Hypothesis draws."""


class Group(NamedTuple):
    """Modules that the same tests judge."""

    name: str
    modules: tuple[str, ...]
    """Patterns of files below the package."""
    tests: tuple[str, ...]
    """Files and folders below `tests`, the quick ones first."""
    unfit: tuple[str, ...] = ()
    """Tests among them that measure time: a busy machine fails them, without a mutant."""
    sample: int | None = None
    """How many of the mutants are tested; None for all."""
    seconds: int = 120
    """Of a processor, after which tests in a process of their own are stopped; the mutant counts as killed."""

    def files(self) -> Iterator[str]:
        """The files of the modules, relative to the repository."""
        for pattern in self.modules:
            yield from sorted(str(_PACKAGE / file.relative_to(ROOT / _PACKAGE)) for file in _matching(pattern))


def _matching(pattern: str) -> list[Path]:
    found = list((ROOT / _PACKAGE).glob(pattern))
    if not found:
        raise FileNotFoundError(f"no module matches {pattern}")
    return found


GROUPS: Final = (
    Group(
        "contract",
        (
            "contract/decimals.py",
            "contract/json_text.py",
            "contract/job_id.py",
            "contract/timestamps.py",
            "contract/oracle.py",
        ),
        (
            "contract/test_problem_texts.py",
            "contract/test_built_in.py",
            "contract/test_json_text.py",
            "contract/test_decimals.py",
            "contract/test_inside_job_ids.py",
            "contract/test_job_id.py",
            "contract/test_oracle.py",
            "contract/test_oracle_table.py",
            "contract/test_other_contracts.py",
            "contract/test_timestamps.py",
            "contract/test_timestamp_forms.py",
        ),
    ),
    Group(
        "triage",
        ("acceptance/verdict/triage.py",),
        ("acceptance/verdict/test_triage.py", "acceptance/verdict/test_triage_limits.py"),
    ),
    Group(
        "checks",
        ("acceptance/checks/**/*.py",),
        (
            "acceptance/checks/test_check.py",
            "acceptance/checks/test_job_lifecycle.py",
            "acceptance/checks/test_concurrency.py",
            "acceptance/checks/test_response_body.py",
            "acceptance/checks/test_job_ids.py",
            "acceptance/checks/test_registry.py",
            "acceptance/checks/test_job_status.py",
            "acceptance/checks/test_leaks.py",
            "acceptance/checks/test_uniqueness.py",
            "acceptance/checks/test_user_checks.py",
            "acceptance/checks/test_fingerprints.py",
            "acceptance/checks/file",
        ),
        sample=160,
    ),
    Group(
        "workflow",
        (
            "acceptance/transport/budget.py",
            "acceptance/transport/shared_budget.py",
            "acceptance/engine/open_jobs.py",
            "acceptance/engine/polled_job.py",
        ),
        (
            "acceptance/engine/test_open_jobs.py",
            "acceptance/engine/test_polled_job.py",
            "acceptance/transport/test_shared_budget.py",
            "acceptance/transport/test_budget.py",
        ),
        unfit=("acceptance/transport/test_budget.py::test_max_time", "acceptance/transport/test_budget.py::test_rate"),
        sample=40,
    ),
)
