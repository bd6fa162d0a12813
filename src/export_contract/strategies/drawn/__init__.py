"""Requests drawn by Hypothesis, for tests and for exploration."""
