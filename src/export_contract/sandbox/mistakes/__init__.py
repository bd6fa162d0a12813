"""Mistakes that real implementations make. Each function returns the fields of Behaviour that it changes."""
