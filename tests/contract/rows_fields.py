"""Bodies that break a requirement by a field: missing, misspelt, of another type, or outside its list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .bodies import ENROLLMENTS, INTERACTIONS, REQUIRED, enrollments, interactions, renamed, without
from .rows import Row, rejected

_MISSING = "reject: each mandatory field: missing"
_MISSPELT = "reject: each mandatory field: misspelt"
_TYPES = "reject: each mandatory field: null, of each other JSON type"
_LISTS = "reject: exportType and format outside their list, near misses above all"
_INTERACTIONS_CSV = "reject: interactions with CSV"
_NO_ID = "reject: interactions without an id"
_ID_TYPE = "reject: interactions with an id that is no JSON number"

_UNKNOWN = "EXP-OPEN-UNKNOWN-PROPERTY"
_ELSEWHERE = "EXP-OPEN-ID-ELSEWHERE"

_MISSPELT_NAMES = {
    "startDate": ("startdate", "StartDate", "start_date", "start", " startDate", "startDate ", "startDat\u0435"),
    "endDate": ("enddate", "EndDate", "end_date", "end", " endDate", "endDate ", "endDates"),
    "exportType": ("exporttype", "ExportType", "export_type", "type", " exportType", "exportTypes", "export-type"),
    "format": ("Format", "FORMAT", "formats", "fileFormat", " format", "format\u200b", "form\u0430t"),
}

_OTHER_TYPES: tuple[tuple[str, Any], ...] = (
    ("null", None),
    ("true", True),
    ("false", False),
    ("zero", 0),
    ("an integer", 1346843567),
    ("a fraction", 1346843567.5),
    ("an empty list", []),
    ("an empty object", {}),
)

_NO_EXPORT_TYPES = (
    ("lower case", "users"),
    ("capitalised", "Users"),
    ("one letter in lower case", "USERs"),
    ("space before", " USERS"),
    ("space after", "USERS "),
    ("line break after", "USERS\n"),
    ("tab before", "\tUSERS"),
    ("NUL after", "USERS\0"),
    ("zero-width space after", "USERS\u200b"),
    ("no-break space after", "USERS\u00a0"),
    ("a Cyrillic letter", "USER\u0405"),
    ("full-width letters", "\uff35\uff33\uff25\uff32\uff33"),
    ("singular", "USER"),
    ("singular of networks", "NETWORK"),
    ("singular of activities", "LEARNING_ACTIVITY"),
    ("singular of enrollments", "ELEARNING_ENROLLMENT"),
    ("plural of interactions", "LEARNING_ACTIVITIES_INTERACTIONS"),
    ("retired name", "ENROLLMENTS"),
    ("British spelling", "ELEARNING_ENROLMENTS"),
    ("word parted", "E_LEARNING_ENROLLMENTS"),
    ("hyphen for underscore", "LEARNING-ACTIVITIES"),
    ("space for underscore", "LEARNING ACTIVITIES"),
    ("no underscore", "LEARNINGACTIVITIES"),
    ("camel case", "learningActivities"),
    ("prefix", "LEARNING"),
    ("first letter missing", "SERS"),
    ("suffix", "USERS_V2"),
    ("last letter doubled", "USERSS"),
    ("prefixed", "MY_USERS"),
    ("neighbouring name", "LEARNING_PLANS"),
    ("two values", "USERS,NETWORKS"),
    ("in quotation marks", '"USERS"'),
    ("value of the other list", "CSV"),
    ("empty string", ""),
    ("a space", " "),
    ("ordinal in a string", "3"),
    ("the word null", "null"),
    ("wildcard", "*"),
)

_NO_FORMATS = (
    ("lower case", "csv"),
    ("capitalised", "Csv"),
    ("JSONL in lower case", "jsonl"),
    ("space before", " CSV"),
    ("space after", "CSV "),
    ("line break after", "JSONL\n"),
    ("NUL after", "CSV\0"),
    ("full-width letters", "\uff23\uff33\uff36"),
    ("prefix", "CS"),
    ("prefix of JSONL", "JSON"),
    ("suffix", "CSVX"),
    ("plural", "JSONLS"),
    ("long name", "JSONLINES"),
    ("sister format", "NDJSON"),
    ("neighbour of CSV", "TSV"),
    ("spreadsheet", "XLSX"),
    ("XML", "XML"),
    ("Parquet", "PARQUET"),
    ("file extension", ".csv"),
    ("media type", "text/csv"),
    ("compressed", "CSV.GZ"),
    ("two values", "CSV,JSONL"),
    ("value of the other list", "USERS"),
    ("empty string", ""),
    ("a space", " "),
    ("ordinal in a string", "0"),
    ("the word null", "null"),
)

_NO_NUMBERS: tuple[tuple[str, Any], ...] = (
    ("numeric string", "12345"),
    ("word", "twelve"),
    ("empty string", ""),
    ("true", True),
    ("false", False),
    ("null", None),
    ("empty list", []),
    ("the value inside a list", [12345]),
    ("empty object", {}),
    ("the value inside an object", {"id": 12345}),
)


def _mandatory_fields() -> Iterator[Row]:
    for field, required in REQUIRED.items():
        of_type = required.replace("REQUIRED", "TYPE")
        yield rejected(_MISSING, field, without(field), required)
        for other in _MISSPELT_NAMES[field]:
            yield rejected(_MISSPELT, f"{field} as {other!a}", renamed(field, other), required, also=(_UNKNOWN,))
        for name, value in _OTHER_TYPES:
            yield rejected(_TYPES, f"{field} is {name}", enrollments(**{field: value}), of_type)
        inside = f"the value of {field} inside"
        yield rejected(_TYPES, f"{inside} a list", enrollments(**{field: [ENROLLMENTS[field]]}), of_type)
        yield rejected(_TYPES, f"{inside} an object", enrollments(**{field: {"value": ENROLLMENTS[field]}}), of_type)


def _lists() -> Iterator[Row]:
    for name, text in _NO_EXPORT_TYPES:
        yield rejected(_LISTS, f"exportType: {name}", enrollments(exportType=text), "EXP-EXPORTTYPE-ENUM")
    yield rejected(_LISTS, "exportType: ordinal", enrollments(exportType=3), "EXP-EXPORTTYPE-TYPE")
    yield rejected(
        _LISTS,
        "exportType: interactions in lower case, with its id",
        interactions(exportType="learning_activity_interactions"),
        "EXP-EXPORTTYPE-ENUM",
        also=(_ELSEWHERE,),
    )
    for name, text in _NO_FORMATS:
        yield rejected(_LISTS, f"format: {name}", enrollments(format=text), "EXP-FORMAT-ENUM")
    yield rejected(_LISTS, "format: ordinal", enrollments(format=1), "EXP-FORMAT-TYPE")


def _interactions() -> Iterator[Row]:
    yield rejected(_INTERACTIONS_CSV, "with an id", interactions(format="CSV"), "EXP-INTERACTIONS-FORMAT")
    yield rejected(
        "reject: format outside its list; interactions only supports JSONL",
        "format in lower case",
        interactions(format="jsonl"),
        "EXP-FORMAT-ENUM",
        "EXP-INTERACTIONS-FORMAT",
    )
    yield rejected(_MISSING, "interactions without a format", without("format", INTERACTIONS), "EXP-FORMAT-REQUIRED")
    yield rejected(_TYPES, "interactions with null for a format", interactions(format=None), "EXP-FORMAT-TYPE")
    yield rejected(_NO_ID, "missing", without("learningActivityId", INTERACTIONS), "EXP-INTERACTIONS-ID-REQUIRED")
    for other in ("learningactivityid", "learningActivityID", "learning_activity_id", "activityId", "id"):
        body = renamed("learningActivityId", other, INTERACTIONS)
        yield rejected(_NO_ID, f"misspelt {other}", body, "EXP-INTERACTIONS-ID-REQUIRED", also=(_UNKNOWN,))
    for name, value in _NO_NUMBERS:
        yield rejected(_ID_TYPE, name, interactions(learningActivityId=value), "EXP-INTERACTIONS-ID-TYPE")
    yield rejected(
        "reject: interactions with CSV; without an id",
        "both at once",
        without("learningActivityId", {**INTERACTIONS, "format": "CSV"}),
        "EXP-INTERACTIONS-FORMAT",
        "EXP-INTERACTIONS-ID-REQUIRED",
    )


ROWS: tuple[Row, ...] = (*_mandatory_fields(), *_lists(), *_interactions())
