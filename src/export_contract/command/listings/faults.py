"""The faults and variants of the sandbox as `sandbox --list-faults` shows them."""

from __future__ import annotations

from collections.abc import Iterator

from export_contract.sandbox import FAULTS, VARIANTS


def fault_lines() -> Iterator[str]:
    """The faults of the sandbox with the requirements that they break, and its variants."""
    width = max(map(len, (*FAULTS, *VARIANTS)))
    yield "Faults"
    yield from (f"  {name:<{width}}  {fault.requirement:<28}  {fault.summary}" for name, fault in FAULTS.items())
    yield ""
    yield "Variants"
    yield from (f"  {name:<{width}}  {variant.summary}" for name, variant in VARIANTS.items())
