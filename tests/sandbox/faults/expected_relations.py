"""For each fault of files beside each other one request that shows it, what is seen without it, and what with it."""

from __future__ import annotations

from collections.abc import Mapping

from .probes import Observe, count, file, linked_twice

COUNT = 124
"""Records of the example."""
FEWER: Mapping[str, object] = {
    "file-end-exclusive": 123,
    "file-start-exclusive": 123,
    "file-end-as-day": 122,
    "file-local-time": 123,
    "file-cut-at-100": 100,
    "file-pages-apart": 120,
    "file-pages-overlap": 128,
}

RELATIONS: Mapping[str, tuple[Observe, object, object]] = {
    **{name: (file(count), COUNT, seen) for name, seen in FEWER.items()},
    "file-offsets-dropped": (file(count, startDate="2012-09-05T16:42:47.000+05:30"), COUNT, 122),
    "file-second-end-exclusive": (file(count), COUNT, 123),
    "file-first-year": (file(count), COUNT, 58),
    "csv-cut-at-100": (file(count), COUNT, 100),
    "csv-quoted-skipped": (file(count), COUNT, 60),
    "jsonl-last-missing": (file(lambda r: len(r.text.splitlines()), format="JSONL"), COUNT, COUNT - 1),
    "jsonl-camel-case": (file(lambda r: "userId" in r.text, format="JSONL"), False, True),
    "jsonl-internal-id": (file(lambda r: "_id" in r.text, format="JSONL"), False, True),
    "link-second-500": (linked_twice, 200, 500),
    "link-second-empty": (linked_twice, 200, "empty"),
    "link-second-web-page": (linked_twice, 200, "<!DOC"),
    "link-second-broken-off": (linked_twice, 200, "cut"),
}
