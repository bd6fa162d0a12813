"""The faults of well-known parsers and frameworks, each named in its summary."""
# ruff: noqa: E501 - a table reads best with one line to an entry.

from __future__ import annotations

from . import readers
from .fault import Fault

_1970 = "1970-01-01T00:00:00Z"

# fmt: off
READERS = (
    # Readers that are fixed to one form
    Fault("start-fixed-rolls-over", "EXP-START-CALENDAR", "Reads only .000Z, and rolls over, as Java's SimpleDateFormat does.", readers.rolling_over("startDate")),
    Fault("end-fixed-rolls-over", "EXP-END-CALENDAR", "Reads endDate in .000Z alone, as Java's SimpleDateFormat does.", readers.rolling_over("endDate")),
    Fault("start-fixed-clamps", "EXP-START-CALENDAR", "Reads only .000Z, and clamps days, as Java's ofPattern does.", readers.clamping("startDate")),
    Fault("end-fixed-clamps", "EXP-END-CALENDAR", "Reads endDate in .000Z alone, and clamps days, as Java's ofPattern.", readers.clamping("endDate")),
    Fault("start-fixed-text-after", "EXP-START-FORMAT", "Reads only .000Z, and text after it, as Ruby's Time.strptime does.", readers.ignoring_the_rest("startDate")),
    Fault("end-fixed-unpadded", "EXP-END-FORMAT", "Reads only fractions, and single digits, as Python's strptime does.", readers.padding("endDate")),
    # Errors that the order of the dates hides
    Fault("end-null-1970", "EXP-END-TYPE", "Reads null as 1970, as JavaScript's new Date(null) does.", readers.reads_as("endDate", type(None), _1970)),
    Fault("end-true-1970", "EXP-END-TYPE", "Reads true as 1970, as JavaScript's new Date(true) does.", readers.reads_as("endDate", bool, _1970)),
    Fault("start-seconds", "EXP-START-TYPE", "Reads a number as seconds since 1970, as Pydantic does.", readers.seconds("startDate")),
    Fault("start-digits-of-a-day", "EXP-START-TYPE", "Reads the number 20130305 as a day, as PHP's strtotime does.", readers.digits_of_a_day("startDate")),
    Fault("start-empty-now", "EXP-START-FORMAT", "Reads the empty text as now, as PHP's DateTime does.", readers.words_for_now("startDate", "")),
    Fault("end-leap-1900", "EXP-END-CALENDAR", "Has a 29 February 1900, as Excel has.", readers.leap_day_of("endDate", 1900)),
    Fault("start-leap-2100", "EXP-START-CALENDAR", "Has a 29 February 2100, as the clock chip DS1307 has.", readers.leap_day_of("startDate", 2100)),
    # Places of a text
    Fault("start-one-digit-hour", "EXP-START-FORMAT", "Reads one digit as the hour, as Go's time.RFC3339 did.", readers.one_digit_hour("startDate")),
    Fault("end-space-before", "EXP-END-FORMAT", "Skips white space before the date, as Ruby's Time.parse does.", readers.space_before("endDate")),
    Fault("start-words-for-now", "EXP-START-FORMAT", "Reads now and today, as PHP's strtotime does.", readers.words_for_now("startDate", "now", "today")),
    Fault("start-time-of-today", "EXP-START-FORMAT", "Reads a time alone as today's, as Ruby's Time.parse does.", readers.time_of_today("startDate")),
    Fault("end-day-first", "EXP-END-FORMAT", "Reads 25/03/2013, as Python's dateutil does.", readers.day_first("endDate")),
    Fault("start-points", "EXP-START-FORMAT", "Reads points in the date, as Ruby's Time.parse does.", readers.points("startDate")),
    # Several requirements at once, and values of another shape
    Fault("body-values-in-order", "EXP-BODY-OBJECT", "Reads a list of the values, as Rust's serde does.", readers.values_in_order()),
    Fault("exporttype-by-key", "EXP-EXPORTTYPE-TYPE", "Reads {\"USERS\": null} as USERS, as Rust's serde does.", readers.named_by_key("exportType")),
    Fault("format-by-key", "EXP-FORMAT-TYPE", "Reads {\"CSV\": null} as CSV, as Rust's serde does.", readers.named_by_key("format")),
    Fault("body-no-members", "EXP-BODY-OBJECT", "Reads {} as all users; Gson leaves what is missing at its default.", readers.no_members()),
    Fault("body-nulls-500", "EXP-BODY-OBJECT", "Nulls alone cause a server error: Ruby's compact leaves nothing.", readers.nulls_alone()),
    # Numbers in their places
    Fault("id-nan", "EXP-BODY-JSON", "Reads NaN as learningActivityId, as Python's json does.", readers.number_spelt(rb"NaN")),
    Fault("id-leading-zero", "EXP-BODY-JSON", "Reads 012345, as Jackson can.", readers.number_spelt(rb"0[0-9]+")),
    Fault("id-plus-sign", "EXP-BODY-JSON", "Reads +12345, as JSON5 does.", readers.number_spelt(rb"\+[0-9]+")),
    Fault("id-infinity-500", "EXP-BODY-JSON", "Infinity causes a server error, as it does in Python's int().", readers.infinite_id()),
    Fault("id-hexadecimal-text", "EXP-INTERACTIONS-ID-TYPE", "Reads \"0x3039\", as JavaScript's Number() does.", readers.number_text("0x3039")),
    Fault("id-padded-text", "EXP-INTERACTIONS-ID-TYPE", "Reads \" 12345\", as Python's int() does.", readers.number_text(" 12345")),
    Fault("start-infinite-500", "EXP-START-TYPE", "1e400 causes a server error, as in Python's fromtimestamp().", readers.infinite("startDate")),
    # Sizes
    Fault("start-long-500", "EXP-START-FORMAT", "More than 128 characters cause a server error, as in Ruby's Date.", readers.longer_than("startDate", 128)),
    Fault("end-digits-500", "EXP-END-FORMAT", "More than 4,300 digits cause a server error, as in Python's int().", readers.more_digits_than("endDate", 4_300)),
    Fault("exporttype-long-500", "EXP-EXPORTTYPE-ENUM", "More than MySQL's TEXT holds causes a server error.", readers.longer_than("exportType", 65_535)),
    Fault("format-long-500", "EXP-FORMAT-ENUM", "8,000 characters overflow the stack, as in Java's regex.", readers.longer_than("format", 8_000)),
    Fault("start-members-500", "EXP-START-TYPE", "More members than Elasticsearch maps cause a server error.", readers.more_members_than(1_000)),
    Fault("offset-of-a-day-500", "EXP-OPEN-TIME-LARGE-OFFSET", "An offset of a day causes a server error, as in Python's timezone.", readers.offsets_of_a_day()),
    Fault("broken-escape-500", "EXP-BODY-JSON", "A broken \\u escape causes a server error, as in Gson.", readers.broken_escapes()),
    Fault("exporttype-surrogate-500", "EXP-EXPORTTYPE-ENUM", "Half a surrogate pair causes a server error, as in FastAPI.", readers.lone_surrogates("exportType")),
)
# fmt: on
