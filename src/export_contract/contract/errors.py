"""What can be wrong with a contract.

ContractError (a ValueError)
    the file cannot be read, is no contract, or contradicts itself
"""

from __future__ import annotations


class ContractError(ValueError):
    """A contract that cannot be used: which file, where in it, and what is wrong there.

    `place` is a JSON pointer, a line and column, or empty when the whole file is meant.
    """

    def __init__(self, file: str, place: str, problem: str) -> None:
        self.file = file
        self.place = place
        self.problem = problem
        super().__init__(f"{file}: {place}: {problem}" if place else f"{file}: {problem}")
