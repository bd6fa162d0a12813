"""Judging: one exchange, several, or a file. A module a subject, a record a check."""
