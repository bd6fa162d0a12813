"""Requests with one thing changed: by keyword, near misses, what is left unspecified, malformed JSON."""
