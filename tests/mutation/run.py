"""The mutation score: changes the modules that decide, and sees whether tests notice. See docs/mutation.md."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from mutmut.mutation.file_mutation import MutatedFile, mutate_file_contents
from tests.mutation.forks import OUTPUT
from tests.mutation.groups import GROUPS, ROOT, SEED, Group
from tests.mutation.mutants import Change, Mutant, mutants_of
from tests.mutation.survivors import named
from tests.mutation.testing import load_libraries, runs_early, test_afresh, test_functions

_LEAST_SCORE: Final = 97
_FOLDER: Final = ROOT / ".mutation"


@dataclass(frozen=True, slots=True)
class _Score:
    """Of all that is changed in its whole, or of the sample."""

    mutants: int = 0
    alive: int = 0
    unnamed: int = 0

    def __add__(self, other: _Score) -> _Score:
        return _Score(self.mutants + other.mutants, self.alive + other.alive, self.unnamed + other.unnamed)

    @property
    def is_fine(self) -> bool:
        return not self.unnamed and 100 * (self.mutants - self.alive) >= _LEAST_SCORE * self.mutants


def main() -> int:
    """Print the score of each module and every survivor; 1 where one is without a name, or a score is too low.

    The modules that are changed in their whole have one score, and the sample has another.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(group.name for group in GROUPS))
    parser.add_argument("--module", default="", help="only modules whose file name holds this")
    options = parser.parse_args()
    os.chdir(ROOT)
    os.nice(12)
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.unlink(missing_ok=True)
    load_libraries()
    known = named()
    scores = {is_sample: _Score() for is_sample in (False, True)}
    for group in GROUPS:
        if not options.groups or group.name in options.groups:
            chosen = [one for one in _chosen(group) if options.module in one.file]
            if chosen:
                scores[group.sample is not None] += _judge(group, chosen, known)
    if not any(score.mutants for score in scores.values()):
        parser.error("these groups have no such module")
    return 0 if all(score.is_fine for score in scores.values()) else 1


def _chosen(group: Group) -> list[Mutant]:
    """All mutants of a group, or its sample."""
    everything = [mutant for file in group.files() for mutant in mutants_of(file)]
    if group.sample is None:
        return everything
    chosen = set(random.Random(SEED).sample(range(len(everything)), group.sample))
    return [mutant for number, mutant in enumerate(everything) if number in chosen]


def _judge(group: Group, mutants: Sequence[Mutant], known: set[Change]) -> _Score:
    start = time.monotonic()
    folder = _FOLDER / group.name
    folder.mkdir(parents=True, exist_ok=True)
    first = [mutant for mutant in mutants if not mutant.code]
    survived = {name for name, code in test_functions(group, first, folder) if not code}
    again = [one for one in mutants if (one.code or one.name in survived) and runs_early(one, folder)]
    left = survived - {one.name for one in again}
    left |= {name for name, code in test_afresh(group, again, folder) if not code}
    return _report(group, mutants, [mutant for mutant in mutants if mutant.name in left], known, start)


def _report(
    group: Group, mutants: Sequence[Mutant], left: Sequence[Mutant], known: set[Change], start: float
) -> _Score:
    totals: dict[str, int] = defaultdict(int)
    alive: dict[str, int] = defaultdict(int)
    for mutant in mutants:
        totals[mutant.file] += 1
    unnamed = 0
    for mutant in left:
        alive[mutant.file] += 1
        change = change_of(mutant)
        is_known = change in known
        unnamed += not is_known
        print(f"{'known' if is_known else 'NEW'} `{change.module}` `{change.before}` → `{change.after}`", flush=True)
    print(f"\n{group.name}: {len(mutants)} mutants, {time.monotonic() - start:.0f} seconds")
    for file, total in totals.items():
        print(_row(file.removeprefix("src/export_contract/"), total, alive[file]))
    print(_row("together", len(mutants), len(left)))
    return _Score(len(mutants), len(left), unnamed)


def _row(name: str, total: int, alive: int) -> str:
    return f"| {name} | {total} | {total - alive} | {100 * (total - alive) / total:.1f}% |"


def change_of(mutant: Mutant) -> Change:
    """What a reader sees of a mutant."""
    source = Path(mutant.file).read_text("utf-8")
    if mutant.code:
        return Change.between(mutant.file, source, mutant.code)
    mutated = _mutated(mutant.file, source)
    name = mutant.name.rpartition(".")[2]
    original = f"{name.partition('__mutmut_')[0]}__mutmut_orig"
    before, after = (_function(mutated, each) for each in (original, name))
    return Change.between(mutant.file, before, after)


_mutated = cache(mutate_file_contents)


def _function(mutated: MutatedFile, name: str) -> str:
    span = mutated.line_span_by_function_name[name]
    return "\n".join(mutated.code.splitlines()[span.start - 1 : span.end]).replace(name, "")


if __name__ == "__main__":
    sys.exit(main())
