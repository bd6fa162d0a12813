"""Timestamps, and what the contract says of each."""

from __future__ import annotations

from typing import Final, NamedTuple


class TimestampRow(NamedTuple):
    """One text, its expectation, and the rules (without `timestamp/`) behind it."""

    name: str
    text: str
    expectation: str
    rules: tuple[str, ...] = ()


# What JSON Schema's date-time has to do with these, told anew: it goes by RFC 3339, the contract by ISO 8601.
DATE_TIME: Final = (
    TimestampRow("with a fraction of a second", "1963-06-19T08:30:06.283185Z", "accept"),
    TimestampRow("without a fraction", "1963-06-19T08:30:06Z", "accept"),
    TimestampRow("plus offset", "1937-01-01T12:00:27.87+00:20", "accept"),
    TimestampRow("minus offset", "1990-12-31T15:59:50.123-08:00", "accept"),
    TimestampRow("leap second in UTC", "1998-12-31T23:59:60Z", "unspecified", ("second-60",)),
    TimestampRow("leap second behind an offset", "1998-12-31T15:59:60.123-08:00", "unspecified", ("second-60",)),
    TimestampRow("second 61", "1998-12-31T23:59:61Z", "reject", ("calendar",)),
    TimestampRow("leap second in a wrong minute", "1998-12-31T23:58:60Z", "unspecified", ("second-60",)),
    TimestampRow("leap second in a wrong hour", "1998-12-31T22:59:60Z", "unspecified", ("second-60",)),
    TimestampRow("31 February", "1990-02-31T15:59:59.123-08:00", "reject", ("calendar",)),
    TimestampRow("offset of 24 hours", "1990-12-31T15:59:59-24:00", "unspecified", ("large-offset",)),
    TimestampRow("Z after an offset", "1963-06-19T08:30:06.28123+01:00Z", "reject", ("form",)),
    TimestampRow("hour 24", "1990-12-31T24:00:00Z", "unspecified", ("hour-24",)),
    TimestampRow("minute 60", "1990-12-31T15:60:00Z", "reject", ("calendar",)),
    TimestampRow("offset of 60 minutes", "1990-12-31T10:00:00+10:60", "reject", ("calendar",)),
    TimestampRow("local form", "06/19/1963 08:30:06 PST", "reject", ("form",)),
    TimestampRow("lower-case t and z", "1963-06-19t08:30:06.283185z", "unspecified", ("lower-case",)),
    TimestampRow("ISO 8601 and not RFC 3339", "2013-350T01:01:01", "unspecified", ("no-zone", "ordinal")),
    TimestampRow("month of one digit", "1963-6-19T08:30:06.283185Z", "reject", ("form",)),
    TimestampRow("day of one digit", "1963-06-1T08:30:06.283185Z", "reject", ("form",)),
    TimestampRow("Bengali digit in the date", "1963-06-1\u09eaT00:00:00Z", "reject", ("form",)),
    TimestampRow("Bengali digit in the time", "1963-06-11T0\u09ea:00:00Z", "reject", ("form",)),
    TimestampRow("extended year", "+11963-06-19T08:30:06.283185Z", "unspecified", ("signed-year", "year")),
    TimestampRow("no zone", "1963-06-19T08:30:06.283185", "unspecified", ("no-zone",)),
    TimestampRow("date alone", "1963-06-19", "unspecified", ("date-only",)),
    TimestampRow("fifteen nines", "1985-04-12T00:59:59.999999999999999Z", "unspecified", ("long-fraction",)),
)

OPEN: Final = (
    TimestampRow("date", "2012-09-05", "unspecified", ("date-only",)),
    TimestampRow("leap day", "2012-02-29", "unspecified", ("date-only",)),
    TimestampRow("year", "2012", "unspecified", ("reduced",)),
    TimestampRow("decade", "201", "unspecified", ("reduced",)),
    TimestampRow("century", "20", "unspecified", ("reduced",)),
    TimestampRow("month", "2012-09", "unspecified", ("reduced",)),
    TimestampRow("week", "2012-W36", "unspecified", ("reduced", "week")),
    TimestampRow("hour", "2012-09-05T11Z", "unspecified", ("reduced",)),
    TimestampRow("minute", "2012-09-05T11:12Z", "unspecified", ("reduced",)),
    TimestampRow("fraction of a minute", "2012-09-05T11:12.5Z", "unspecified", ("reduced",)),
    TimestampRow("fraction of an hour", "2012-09-05T11.5Z", "unspecified", ("reduced",)),
    TimestampRow("offset of hours", "2012-09-05T11:12:47+02", "unspecified", ("reduced",)),
    TimestampRow("minute, no zone", "2012-09-05T11:12", "unspecified", ("no-zone", "reduced")),
    TimestampRow("basic", "20120905T111247Z", "unspecified", ("basic",)),
    TimestampRow("basic with fraction", "20120905T111247.123Z", "unspecified", ("basic",)),
    TimestampRow("basic with offset", "20120905T111247-0800", "unspecified", ("basic",)),
    TimestampRow("basic date", "20120905", "unspecified", ("basic", "date-only")),
    TimestampRow("basic minute", "20120905T1112Z", "unspecified", ("basic", "reduced")),
    TimestampRow("week date", "2012-W36-3T11:12:47Z", "unspecified", ("week",)),
    TimestampRow("day of a week", "2012-W36-3", "unspecified", ("date-only", "week")),
    TimestampRow("week 53", "2020-W53-7T00:00:00Z", "unspecified", ("week",)),
    TimestampRow("basic week date", "2012W363T111247Z", "unspecified", ("basic", "week")),
    TimestampRow("ordinal date", "2012-249T11:12:47Z", "unspecified", ("ordinal",)),
    TimestampRow("day 366", "2012-366T00:00:00Z", "unspecified", ("ordinal",)),
    TimestampRow("basic ordinal date", "2012249T111247Z", "unspecified", ("basic", "ordinal")),
    TimestampRow("no zone", "2012-09-05T11:12:47", "unspecified", ("no-zone",)),
    TimestampRow("isoformat() of a naive datetime", "2012-09-05T11:12:47.000123", "unspecified", ("no-zone",)),
    TimestampRow("lower-case t", "2012-09-05t11:12:47Z", "unspecified", ("lower-case",)),
    TimestampRow("lower-case z", "2012-09-05T11:12:47z", "unspecified", ("lower-case",)),
    TimestampRow("lower-case w", "2012-w36-3T11:12:47Z", "unspecified", ("lower-case", "week")),
    TimestampRow("space", "2012-09-05 11:12:47Z", "unspecified", ("space",)),
    TimestampRow("space, no zone", "2012-09-05 11:12:47", "unspecified", ("no-zone", "space")),
    TimestampRow("comma", "2012-09-05T11:12:47,123Z", "unspecified", ("comma",)),
    TimestampRow("7 digits", "2012-09-05T11:12:47.1234567Z", "unspecified", ("long-fraction",)),
    TimestampRow("5,000 digits", f"2012-09-05T11:12:47.{'1' * 5_000}Z", "unspecified", ("long-fraction",)),
    TimestampRow("24:00:00", "2012-09-05T24:00:00Z", "unspecified", ("hour-24",)),
    TimestampRow("24:00", "2012-09-05T24:00Z", "unspecified", ("hour-24", "reduced")),
    TimestampRow("24:00 on the last day of February", "2011-02-28T24:00:00Z", "unspecified", ("hour-24",)),
    TimestampRow("second 60", "2016-12-31T23:59:60Z", "unspecified", ("second-60",)),
    TimestampRow("second 60 with fraction", "2016-12-31T23:59:60.999999Z", "unspecified", ("second-60",)),
    TimestampRow("negative zero", "2012-09-05T11:12:47-00:00", "unspecified", ("negative-zero",)),
    TimestampRow("offset 14:01", "2012-09-05T11:12:47+14:01", "unspecified", ("large-offset",)),
    TimestampRow("offset -15:00", "2012-09-05T11:12:47-15:00", "unspecified", ("large-offset",)),
    TimestampRow("offset 99:59", "2012-09-05T11:12:47+99:59", "unspecified", ("large-offset",)),
    TimestampRow("1899", "1899-12-31T23:59:59Z", "unspecified", ("year",)),
    TimestampRow("2200", "2200-01-01T00:00:00Z", "unspecified", ("year",)),
    TimestampRow("year 0", "0000-02-29T00:00:00Z", "unspecified", ("year",)),
    TimestampRow("9999", "9999-12-31T23:59:59Z", "unspecified", ("year",)),
    TimestampRow("plus before a year of six digits", "+002012-09-05T11:12:47Z", "unspecified", ("signed-year",)),
    TimestampRow("minus before a year", "-002012-09-05T11:12:47Z", "unspecified", ("signed-year", "year")),
    TimestampRow("minus sign", "2012-09-05T11:12:47\u221208:00", "unspecified", ("minus-sign",)),
    TimestampRow(
        "many at once",
        "20120905 111247,1234567z",
        "unspecified",
        ("basic", "comma", "long-fraction", "lower-case", "space"),
    ),
)
"""For every rule that leaves a form open, texts that fall under it."""

NO_DAY: Final = (
    TimestampRow("month 13", "2012-13-01T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("month 00", "2012-00-01T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("day 00", "2012-01-00T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("30 February", "2012-02-30T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("29 February 2023", "2023-02-29T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("29 February 1900", "1900-02-29T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("31 April", "2012-04-31T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("hour 25", "2012-01-01T25:00:00Z", "reject", ("calendar",)),
    TimestampRow("24:00:01", "2012-01-01T24:00:01Z", "reject", ("calendar",)),
    TimestampRow("24:00 and a fraction", "2012-01-01T24:00:00.000001Z", "reject", ("calendar",)),
    TimestampRow("half past 24", "2012-01-01T24.5Z", "reject", ("calendar",)),
    TimestampRow("minute 60", "2012-01-01T00:60:00Z", "reject", ("calendar",)),
    TimestampRow("second 61", "2012-01-01T00:00:61Z", "reject", ("calendar",)),
    TimestampRow("offset minute 60", "2012-01-01T00:00:00+01:60", "reject", ("calendar",)),
    TimestampRow("month 13, basic", "20121301T000000Z", "reject", ("calendar",)),
    TimestampRow("month 13, date alone", "2012-13-01", "reject", ("calendar",)),
    TimestampRow("month 13 alone", "2012-13", "reject", ("calendar",)),
    TimestampRow("month 13 before 1900", "1800-13-01T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("day 366 of 2011", "2011-366T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("day 367", "2012-367T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("day 000", "2012-000T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("week 53 of 2012", "2012-W53-1T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("week 00", "2012-W00-1T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("weekday 0", "2012-W36-0T00:00:00Z", "reject", ("calendar",)),
    TimestampRow("weekday 8", "2012-W36-8T00:00:00Z", "reject", ("calendar",)),
)
"""What has a form of ISO 8601 and names nothing that exists."""

ROWS: Final = (*DATE_TIME, *OPEN, *NO_DAY)
