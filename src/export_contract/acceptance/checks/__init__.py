"""Judging one exchange, or one file: a module a subject."""
