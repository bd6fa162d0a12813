"""Changes of openapi.yaml that make it unusable."""

from __future__ import annotations

from typing import Final

from .edits import Edit

_REQUEST: Final = "/components/schemas/ExportRequest"
_POST: Final = "/paths/~1exports/post"

_START_DATE = "          description: Records created or modified on or after this instant.\n"
_FORMAT = "          description: The form of the file.\n"
_BODY_REFERENCE = '              $ref: "#/components/schemas/ExportRequest"\n'
_ANSWER_REFERENCE = '                $ref: "#/components/schemas/ExportCreated"\n'
_ID_PROPERTY = "        learningActivityId:\n          description: >-\n            The learning"
_ORDERED = "x-ordered: [startDate, endDate]"
_KNOWN = "x-known-values: [12345]"
_INFO = 'info:\n  title: Data export API\n  version: "2026-11"\n'

_SECOND_POST = """\
paths:
  /imports:
    post:
      requestBody:
        content:
          application/json:
            schema: true
"""

OPENAPI_EDITS: Final = (
    Edit(
        "dangling $ref",
        _BODY_REFERENCE,
        _BODY_REFERENCE.replace("Request", "Requests"),
        f"{_POST}/.*/schema",
        "nothing",
    ),
    Edit(
        "dangling $ref in an answer",
        _ANSWER_REFERENCE,
        _ANSWER_REFERENCE.replace("Created", "Made"),
        f"{_POST}/.*/schema",
        "'#/components/schemas/ExportMade' points at nothing",
    ),
    Edit(
        "$ref to another file",
        _BODY_REFERENCE,
        '              $ref: "other.yaml#/ExportRequest"\n',
        f"{_POST}/.*/schema",
        "'other.yaml#/ExportRequest' leads out of the file",
    ),
    Edit(
        "$ref to another host",
        _BODY_REFERENCE,
        '              $ref: "https://example.com/schema.json"\n',
        f"{_POST}/.*/schema",
        "leads out of the file",
    ),
    Edit("$ref that is no text", _BODY_REFERENCE, "              $ref: 5\n", f"{_POST}/.*/schema(/\\$ref)?", "$ref"),
    Edit(
        "a property that is the whole",
        _ID_PROPERTY,
        f'        again:\n          $ref: "#{_REQUEST}"\n{_ID_PROPERTY}',
        f"{_REQUEST}.*",
        "refers to itself",
    ),
    Edit("no POST", "    post:\n", "    put:\n", "/paths", "there are 0"),
    Edit("no paths", "paths:\n", "x-paths:\n", "/paths", "there are 0"),
    Edit("two POSTs", "paths:\n", _SECOND_POST, "/paths", "there are 2"),
    Edit(
        "no JSON body",
        "          application/json:\n            schema:\n              $ref",
        "          text/csv:\n            schema:\n              $ref",
        "/paths",
        "application/json",
    ),
    Edit(
        "unknown type",
        f"{_FORMAT}          type: string\n",
        f"{_FORMAT}          type: strin\n",
        f"{_REQUEST}/properties/format/type",
        "'strin'",
    ),
    Edit(
        "required that is no list",
        "required: [startDate, endDate, exportType, format]",
        "required: startDate",
        f"{_REQUEST}/required",
        "'startDate' is not of type 'array'",
    ),
    Edit(
        "broken pattern", _FORMAT, f'{_FORMAT}          pattern: "("\n', f"{_REQUEST}/properties/format/pattern", "'('"
    ),
    Edit(
        "uncovered keyword",
        _START_DATE,
        f"{_START_DATE}          minLength: 1\n",
        f"{_REQUEST}/properties/startDate/minLength",
        "no requirement",
    ),
    Edit(
        "uncovered format",
        _FORMAT,
        f"{_FORMAT}          format: email\n",
        f"{_REQUEST}/properties/format/format",
        "no requirement",
    ),
    Edit(
        "uncovered keyword of the body",
        f"      {_ORDERED}\n",
        f"      {_ORDERED}\n      maxProperties: 5\n",
        f"{_REQUEST}/maxProperties",
        "no requirement",
    ),
    Edit(
        "uncovered property",
        _ID_PROPERTY,
        f"        locale:\n          type: string\n{_ID_PROPERTY}",
        f"{_REQUEST}/properties/locale/type",
        "no requirement",
    ),
    Edit(
        "uncovered closed object",
        f"      {_ORDERED}\n",
        f"      {_ORDERED}\n      additionalProperties: false\n",
        f"{_REQUEST}/additionalProperties",
        "no requirement",
    ),
    Edit(
        "uncovered mandatory field",
        "format]\n",
        "format, learningActivityId]\n",
        f"{_REQUEST}/required",
        "required/learningActivityId",
    ),
    Edit(
        "date-time becomes date",
        "on or after this instant.\n          type: string\n          format: date-time\n",
        "on or after this instant.\n          type: string\n          format: date\n",
        f"{_REQUEST}/properties/startDate/format",
        "no requirement",
    ),
    Edit(
        "columns that are no list",
        "          columns: [Network ID, Network Name]\n",
        "          columns: Network ID\n",
        "/paths/~1exports/get/x-files",
        "Expected `array`",
    ),
    Edit("a key twice", _FORMAT, _FORMAT + _FORMAT, r"line \d+ column 11", "the key 'description' occurs twice"),
    Edit(
        "a path twice", "paths:\n", "paths:\n  /exports: {}\n", r"line \d+ column 3", "the key '/exports' occurs twice"
    ),
    Edit(
        "a top key twice",
        "openapi: 3.1.0\n",
        "openapi: 3.1.0\nopenapi: 3.1.0\n",
        r"line \d+ column 1",
        "the key 'openapi' occurs twice",
    ),
    Edit("a key that is a list", "openapi: 3.1.0\n", "openapi: 3.1.0\n? [a, b]\n: c\n", r"line \d+ column 3", "key"),
    Edit(
        "a value that contains itself",
        "openapi: 3.1.0\n",
        "openapi: 3.1.0\nx-loop: &loop {again: *loop}\n",
        ".*",
        "recursive",
    ),
    Edit("a number that is none", "openapi: 3.1.0\n", "openapi: 3.1.0\nx-number: !!int abc\n", ".*", "YAML"),
    Edit(
        "a date that is none",
        "openapi: 3.1.0\n",
        "openapi: 3.1.0\nx-date: !!timestamp abc\n",
        ".*",
        "YAML",
    ),
    Edit(
        "a mapping that is a list",
        "openapi: 3.1.0\n",
        "openapi: 3.1.0\nx-map: !!map [1, 2]\n",
        r"line \d+ column 8",
        "mapping",
    ),
    Edit(
        "an object of Python",
        "openapi: 3.1.0\n",
        "openapi: 3.1.0\nx: !!python/object:os.system [a]\n",
        r"line \d+ column 4",
        "tag",
    ),
    Edit("info that is no mapping", _INFO, "info: Data export API\nx-info:\n", "/info", "info"),
    Edit("a limit that is a word", "x-time-limit: 4", "x-time-limit: soon", f"{_POST}/x-time-limit", "x-time-limit"),
    Edit("a limit that is nothing", "x-time-limit: 4", "x-time-limit:", f"{_POST}/x-time-limit", "x-time-limit"),
    Edit("a limit below zero", "x-time-limit: 4", "x-time-limit: -1", f"{_POST}/x-time-limit", "x-time-limit"),
    Edit("a limit that is no number", "x-time-limit: 4", "x-time-limit: .nan", f"{_POST}/x-time-limit", "x-time-limit"),
    Edit("a limit without end", "x-time-limit: 4", "x-time-limit: .inf", f"{_POST}/x-time-limit", "x-time-limit"),
    Edit("x-ordered that is a word", _ORDERED, "x-ordered: startDate", f"{_REQUEST}/x-ordered", "x-ordered"),
    Edit(
        "x-ordered of what is not there", _ORDERED, "x-ordered: [startDate, until]", f"{_REQUEST}/x-ordered", "'until'"
    ),
    Edit("x-ordered of words", _ORDERED, "x-ordered: [startDate, format]", f"{_REQUEST}/x-ordered", "not a date-time"),
    Edit("x-ordered of numbers", _ORDERED, "x-ordered: [1, 2]", f"{_REQUEST}/x-ordered.*", "x-ordered"),
    Edit(
        "x-known-values that are a number",
        _KNOWN,
        "x-known-values: 12345",
        ".*/learningActivityId/x-known-values",
        "x-known-values",
    ),
)
