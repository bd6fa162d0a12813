"""The mutation score: changes the modules that decide, and sees whether tests notice. See docs/mutation.md."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
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


def main() -> int:
    """Print the score of each module and every survivor; 1 where it is too low or a survivor has no name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(group.name for group in GROUPS))
    parser.add_argument("--module", default="", help="only modules whose file name holds this")
    options = parser.parse_args()
    os.chdir(ROOT)
    os.nice(12)
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.unlink(missing_ok=True)
    load_libraries()
    is_fine = True
    known = named()
    for group in GROUPS:
        if not options.groups or group.name in options.groups:
            is_fine &= _judge(group, [one for one in _chosen(group) if options.module in one.file], known)
    return 0 if is_fine else 1


def _chosen(group: Group) -> list[Mutant]:
    """All mutants of a group, or its sample."""
    everything = [mutant for file in group.files() for mutant in mutants_of(file)]
    if group.sample is None:
        return everything
    chosen = set(random.Random(SEED).sample(range(len(everything)), group.sample))
    return [mutant for number, mutant in enumerate(everything) if number in chosen]


def _judge(group: Group, mutants: Sequence[Mutant], known: set[Change]) -> bool:
    start = time.monotonic()
    folder = _FOLDER / group.name
    folder.mkdir(parents=True, exist_ok=True)
    first = [mutant for mutant in mutants if not mutant.code]
    survived = {name for name, code in test_functions(group, first, folder) if not code}
    again = [one for one in mutants if (one.code or one.name in survived) and runs_early(one, folder)]
    left = survived - {one.name for one in again}
    left |= {name for name, code in test_afresh(group, again, folder) if not code}
    return _report(group, mutants, [mutant for mutant in mutants if mutant.name in left], known, start)


def _report(group: Group, mutants: Sequence[Mutant], left: Sequence[Mutant], known: set[Change], start: float) -> bool:
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
    return not unnamed and 100 * (len(mutants) - len(left)) >= _LEAST_SCORE * len(mutants)


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
