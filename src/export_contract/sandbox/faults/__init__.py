"""Mistakes that real implementations make. The modules' functions return the fields of Behaviour that they change."""

from .fault import Fault
from .table import FAULTS

__all__ = ["FAULTS", "Fault"]
