"""The numbers of JSON are decimals (RFC 8259 section 6): 0.07 is a multiple of 0.01, whatever doubles make of it.

jsonschema calculates with doubles, so this module redefines its keywords about numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any, Final

from jsonschema.exceptions import ValidationError

from export_contract.contract.json_text import WrittenFloat

_MOST_DIGITS: Final = 4_000
"""Digits in calculations; Python reads no more than 4,300 into an integer."""
_EXACT: Final = Context(prec=_MOST_DIGITS, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])


def decimal_of(number: float) -> Decimal:
    """A number as it is written; of a plain float, the shortest text that is read as it."""
    match number:
        case WrittenFloat():
            return _EXACT.create_decimal(number.text)
        case int():
            return _EXACT.create_decimal(number)
    return Decimal(repr(number))


def is_whole(number: float) -> bool:
    """Whether a number has no fraction, as 1.0 and 1e400 have none."""
    if isinstance(number, int):
        return True
    _, digits, exponent = decimal_of(number).as_tuple()
    # Where even a decimal cannot hold the exponent, as_tuple has a letter in its place.
    return not isinstance(exponent, int) or exponent >= 0 or not any(digits[exponent:])


def is_multiple(number: float, step: float) -> bool:
    """Whether a number is a whole number of steps; it may be of any size."""
    one, of = decimal_of(number), decimal_of(step)
    if not one or not one.is_finite():
        return True
    units, steps = _integer(one), _integer(of)
    shift = _exponent(one) - _exponent(of)
    if shift < 0:
        # So many digits would have to be zeros; there are no more than those of the number.
        return -shift <= _MOST_DIGITS and units % (steps * 10**-shift) == 0
    return units * pow(10, shift, steps) % steps == 0


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)


def _integer(number: Decimal) -> int:
    return int(Decimal((0, number.as_tuple().digits, 0)))


def _is_number(instance: object) -> bool:
    return isinstance(instance, int | float) and not isinstance(instance, bool)


def _bound(keeps: Callable[[Decimal, Decimal], bool], words: str) -> Any:
    def check(_: Any, bound: float, instance: Any, __: Any) -> Iterator[ValidationError]:
        if _is_number(instance) and not keeps(decimal_of(instance), decimal_of(bound)):
            yield ValidationError(f"{instance!r} is {words} {bound!r}")

    return check


def _multiple_of(_: Any, step: float, instance: Any, __: Any) -> Iterator[ValidationError]:
    if _is_number(instance) and not is_multiple(instance, step):
        yield ValidationError(f"{instance!r} is not a multiple of {step!r}")


KEYWORDS: Final[Mapping[str, Any]] = {
    "minimum": _bound(lambda number, bound: number >= bound, "less than"),
    "maximum": _bound(lambda number, bound: number <= bound, "more than"),
    "exclusiveMinimum": _bound(lambda number, bound: number > bound, "not more than"),
    "exclusiveMaximum": _bound(lambda number, bound: number < bound, "not less than"),
    "multipleOf": _multiple_of,
}
"""The keywords about numbers, with the signature of jsonschema."""


def is_integer(_: Any, instance: object) -> bool:
    """What `type: integer` requires, with the signature of jsonschema."""
    return _is_number(instance) and is_whole(instance)  # type: ignore[arg-type]  # it is a number
