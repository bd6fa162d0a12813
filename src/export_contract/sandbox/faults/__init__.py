"""Mistakes that real implementations make. The modules' functions return the fields of Behaviour that they change."""

from .table import FAULTS, Fault

__all__ = ["FAULTS", "Fault"]
