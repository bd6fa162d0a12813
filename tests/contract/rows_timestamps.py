"""Bodies whose startDate or endDate is no timestamp, is not real, or is of a form that the document leaves open."""

from __future__ import annotations

from collections.abc import Iterator

from .bodies import enrollments
from .rows import Row, left_open, rejected

_NOT_ISO = "reject: timestamps that are not ISO 8601"
_NOT_REAL = "reject: timestamps that are not real"
_OTHER_FORMS = "unspecified: other ISO 8601 forms"

NO_ISO_8601 = (
    ("empty string", ""),
    ("a space", " "),
    ("a word", "yesterday"),
    ("the word now", "now"),
    ("the word null", "null"),
    ("words", "first of May"),
    ("what browsers print", "Invalid date"),
    ("epoch seconds", "1346843567"),
    ("epoch milliseconds", "1346843567000"),
    ("epoch with fraction", "1346843567.123"),
    ("American date", "09/05/2012"),
    ("American date and time", "09/05/2012 11:12:47 AM"),
    ("German date", "05.09.2012"),
    ("British date", "05/09/2012 11:12:47"),
    ("day first, with hyphens", "05-09-2012T11:12:47Z"),
    ("slashes", "2012/09/05T11:12:47Z"),
    ("dots", "2012.09.05T11:12:47Z"),
    ("e-mail date", "Wed, 05 Sep 2012 11:12:47 GMT"),
    ("name of the month", "2012-Sep-05T11:12:47Z"),
    ("C date", "Wed Sep  5 11:12:47 2012"),
    ("afternoon", "2012-09-05T11:12:47 PM"),
    ("name of a zone", "2012-09-05T11:12:47PST"),
    ("zone as GMT", "2012-09-05T11:12:47GMT"),
    ("zone as UTC", "2012-09-05T11:12:47 UTC"),
    ("zone in brackets", "2012-09-05T11:12:47Z[Europe/Paris]"),
    ("offset after Z", "2012-09-05T11:12:47Z+02:00"),
    ("Z after offset", "2012-09-05T11:12:47+02:00Z"),
    ("offset of one digit", "2012-09-05T11:12:47+2:00"),
    ("text before", "on 2012-09-05T11:12:47Z"),
    ("text after", "2012-09-05T11:12:47Z or so"),
    ("one letter after", "2012-09-05T11:12:47Zx"),
    ("padding before", " 2012-09-05T11:12:47Z"),
    ("padding after", "2012-09-05T11:12:47Z "),
    ("line break after", "2012-09-05T11:12:47Z\n"),
    ("tab before", "\t2012-09-05T11:12:47Z"),
    ("NUL after", "2012-09-05T11:12:47Z\0"),
    ("quotation marks", '"2012-09-05T11:12:47Z"'),
    ("year of two digits", "12-09-05T11:12:47Z"),
    ("year of five digits", "02012-09-05T11:12:47Z"),
    ("year of six digits, without its sign", "002012-09-05T11:12:47Z"),
    ("year of five digits before a week", "02012-W36-3T11:12:47Z"),
    ("month of one digit", "2012-9-05T11:12:47Z"),
    ("day of one digit", "2012-09-5T11:12:47Z"),
    ("hour of one digit", "2012-09-05T1:12:47Z"),
    ("second of one digit", "2012-09-05T11:12:7Z"),
    ("underscore for T", "2012-09-05_11:12:47Z"),
    ("two spaces for T", "2012-09-05  11:12:47Z"),
    ("comma for T", "2012-09-05, 11:12:47Z"),
    ("hyphens in the time", "2012-09-05T11-12-47Z"),
    ("dot without fraction", "2012-09-05T11:12:47.Z"),
    ("two fractions", "2012-09-05T11:12:47.000.000Z"),
    ("colon before the fraction", "2012-09-05T11:12:47:000Z"),
    ("T and no time", "2012-09-05T"),
    ("truncated", "2012-09-05T11:12:4"),
    ("time alone", "11:12:47Z"),
    ("Arabic digits", "\u0662\u0660\u0661\u0662-09-05T11:12:47Z"),
    ("full-width digits", "2012-09-05T11:12:4\uff17Z"),
    ("en dashes", "2012\u201309\u201305T11:12:47Z"),
)

NOT_REAL = (
    ("month 13", "2012-13-05T11:12:47Z"),
    ("month 00", "2012-00-05T11:12:47Z"),
    ("day 00", "2012-09-00T11:12:47Z"),
    ("day 32", "2012-08-32T11:12:47Z"),
    ("30 February", "2012-02-30T11:12:47Z"),
    ("29 February off a leap year", "2011-02-29T11:12:47Z"),
    ("29 February 1900, no leap year", "1900-02-29T11:12:47Z"),
    ("29 February 2100, no leap year", "2100-02-29T11:12:47Z"),
    ("31 April", "2012-04-31T11:12:47Z"),
    ("31 June", "2012-06-31T11:12:47Z"),
    ("31 September", "2012-09-31T11:12:47Z"),
    ("31 November", "2012-11-31T11:12:47Z"),
    ("all zeros", "0000-00-00T00:00:00Z"),
    ("hour 25", "2012-09-05T25:00:00Z"),
    ("hour 99", "2012-09-05T99:00:00Z"),
    ("minute 60", "2012-09-05T11:60:00Z"),
    ("minute 99", "2012-09-05T11:99:00Z"),
    ("second 61", "2012-09-05T11:12:61Z"),
    ("one second past 24:00", "2012-09-05T24:00:01Z"),
    ("half past 24", "2012-09-05T24:30:00Z"),
    ("offset of 60 minutes", "2012-09-05T11:12:47+01:60"),
    ("30 February, without a zone", "2012-02-30T11:12:47"),
    ("31 April, date only", "2012-04-31"),
    ("30 February, basic format", "20120230T111247Z"),
    ("week 54", "2012-W54-1"),
    ("week 00", "2012-W00-1"),
    ("weekday 8", "2012-W36-8"),
    ("day 366 off a leap year", "2011-366"),
    ("day 000 of a year", "2012-000"),
)

# Form, text, and the ends of the ids of all that leave it open.
OTHER_FORMS = (
    ("date only", "2012-09-05", ("DATE-ONLY",)),
    ("basic format", "20120905T111247Z", ("BASIC",)),
    ("basic format with offset", "20120905T111247+0200", ("BASIC",)),
    ("basic date only", "20120905", ("DATE-ONLY", "BASIC")),
    ("week date", "2012-W36-3T11:12:47Z", ("WEEK",)),
    ("week date only", "2012-W36-3", ("DATE-ONLY", "WEEK")),
    ("week 53", "2009-W53-7T00:00:00Z", ("WEEK",)),
    ("basic week date", "2012W363T111247Z", ("BASIC", "WEEK")),
    ("ordinal date", "2012-249T11:12:47Z", ("ORDINAL",)),
    ("ordinal date only", "2012-366", ("DATE-ONLY", "ORDINAL")),
    ("no zone", "2012-09-05T11:12:47", ("NO-ZONE",)),
    ("no zone, with fraction", "2012-09-05T11:12:47.000", ("NO-ZONE",)),
    ("lower-case t", "2012-09-05t11:12:47Z", ("LOWER-CASE",)),
    ("lower-case z", "2012-09-05T11:12:47z", ("LOWER-CASE",)),
    ("a space for T", "2012-09-05 11:12:47Z", ("SPACE",)),
    ("str() of Python", "2012-09-05 11:12:47.123456+00:00", ("SPACE",)),
    ("what databases print", "2012-09-05 11:12:47", ("NO-ZONE", "SPACE")),
    ("comma fraction", "2012-09-05T11:12:47,000Z", ("COMMA",)),
    ("7 fraction digits", "2012-09-05T11:12:47.1234567Z", ("LONG-FRACTION",)),
    ("9 fraction digits", "2012-09-05T11:12:47.123456789Z", ("LONG-FRACTION",)),
    ("7 zeros", "2012-09-05T11:12:47.0000000Z", ("LONG-FRACTION",)),
    ("24:00", "2012-09-05T24:00:00Z", ("HOUR-24",)),
    ("24:00 with a fraction of zeros", "2012-09-05T24:00:00.000Z", ("HOUR-24",)),
    ("second 60", "2012-06-30T23:59:60Z", ("SECOND-60",)),
    ("second 60 at noon", "2012-09-05T12:00:60Z", ("SECOND-60",)),
    ("-00:00", "2012-09-05T11:12:47-00:00", ("NEGATIVE-ZERO",)),
    ("offset 14:01", "2012-09-05T11:12:47+14:01", ("LARGE-OFFSET",)),
    ("offset -14:30", "2012-09-05T11:12:47-14:30", ("LARGE-OFFSET",)),
    ("offset 23:59", "2012-09-05T11:12:47+23:59", ("LARGE-OFFSET",)),
    ("signed year", "+002012-09-05T11:12:47Z", ("SIGNED-YEAR",)),
    ("minus sign", "2012-09-05T11:12:47\u221205:00", ("MINUS-SIGN",)),
    ("no seconds", "2012-09-05T11:12Z", ("REDUCED",)),
    ("no minutes", "2012-09-05T11Z", ("REDUCED",)),
    ("offset of hours alone", "2012-09-05T11:12:47+02", ("REDUCED",)),
    ("year and month", "2012-09", ("REDUCED",)),
    ("year", "2012", ("REDUCED",)),
    ("lower case, and a space", "2012-09-05 11:12:47z", ("LOWER-CASE", "SPACE")),
    ("a comma, and a long fraction", "2012-09-05T11:12:47,1234567Z", ("COMMA", "LONG-FRACTION")),
)


def _both_fields() -> Iterator[Row]:
    for field, end, other in (
        ("startDate", "EXP-START-", {"endDate": "2015-05-28T17:39:23.000Z"}),
        ("endDate", "EXP-END-", {"startDate": "2009-01-01T00:00:00Z"}),
    ):
        for name, text in NO_ISO_8601:
            yield rejected(_NOT_ISO, f"{field}: {name}", enrollments(**{**other, field: text}), end + "FORMAT")
        for name, text in NOT_REAL:
            yield rejected(_NOT_REAL, f"{field}: {name}", enrollments(**{**other, field: text}), end + "CALENDAR")
        for name, text, ends in OTHER_FORMS:
            ids = tuple(f"EXP-OPEN-TIME-{rule}" for rule in ends)
            yield left_open(_OTHER_FORMS, f"{field}: {name}", enrollments(**{**other, field: text}), *ids)


def _years() -> Iterator[Row]:
    for field, text in (
        ("startDate", "1899-12-31T23:59:59.999999Z"),
        ("startDate", "0001-01-01T00:00:00Z"),
        ("startDate", "0000-01-01T00:00:00Z"),
        ("startDate", "1899-12-31T23:59:59-14:00"),
        ("endDate", "2200-01-01T00:00:00Z"),
        ("endDate", "9999-12-31T23:59:59Z"),
        ("endDate", "2200-01-01T00:00:00+14:00"),
    ):
        rule = "unspecified: years outside 1900 to 2199"
        yield left_open(rule, f"{field}: {text}", enrollments(**{field: text}), "EXP-OPEN-TIME-YEAR")


ROWS: tuple[Row, ...] = (*_both_fields(), *_years())
