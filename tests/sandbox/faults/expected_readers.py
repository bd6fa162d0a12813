"""For each fault of a well-known parser one request that shows it: refused without it, accepted or failing with it."""

from __future__ import annotations

from collections.abc import Mapping

from ..client import EXAMPLE, body_with
from .probes import Observe, body, end, ending, interactions, post, start


def id_spelt(text: str) -> Observe:
    """A request for interactions with a learningActivityId in this spelling."""
    fields = {**EXAMPLE, "exportType": "LEARNING_ACTIVITY_INTERACTIONS", "format": "JSONL", "learningActivityId": 0}
    return body(body_with(**fields).replace(b'"learningActivityId": 0', f'"learningActivityId": {text}'.encode()))


# Refused with 400 by default, accepted with the fault.
LENIENT: Mapping[str, Observe] = {
    "start-fixed-rolls-over": start("2013-02-30T11:12:47.000Z"),
    "end-fixed-rolls-over": end("2013-13-05T11:12:47.000Z"),
    "start-fixed-clamps": start("2013-02-31T11:12:47.000Z"),
    "end-fixed-clamps": end("2013-04-31T11:12:47.000Z"),
    "start-fixed-text-after": start("2013-03-05T11:12:47.000Z or so"),
    "end-fixed-unpadded": end("2013-3-5T1:2:7.5Z"),
    "end-null-1970": post(startDate="1900-01-01T00:00:00Z", endDate=None),
    "end-true-1970": post(startDate="1900-01-01T00:00:00Z", endDate=True),
    "start-seconds": start(1362481967),
    "start-digits-of-a-day": start(20130305),
    "start-empty-now": post(startDate="", endDate="2199-12-31T23:59:59Z"),
    "end-leap-1900": post(startDate="1900-01-01T00:00:00Z", endDate="1900-02-29T11:12:47Z"),
    "start-leap-2100": post(startDate="2100-02-29T11:12:47Z", endDate="2199-12-31T23:59:59Z"),
    "start-one-digit-hour": start("2013-03-05T1:12:47Z"),
    "end-space-before": end("\t2013-03-05T11:12:47Z"),
    "start-words-for-now": post(startDate="today", endDate="2199-12-31T23:59:59Z"),
    "start-time-of-today": post(startDate="11:12:47", endDate="2199-12-31T23:59:59Z"),
    "end-day-first": end("25/03/2013 11:12:47"),
    "start-points": start("2013.03.05T11:12:47Z"),
    "body-values-in-order": body(b'["2012-09-05T11:12:47Z", "2015-05-28T17:39:23Z", "USERS", "CSV"]'),
    "exporttype-by-key": post(exportType={"USERS": None}),
    "format-by-key": post(format={"CSV": None}),
    "body-no-members": body(b"{}"),
    "id-nan": id_spelt("NaN"),
    "id-leading-zero": id_spelt("012345"),
    "id-plus-sign": id_spelt("+12345"),
    "id-hexadecimal-text": interactions(learningActivityId="0x3039"),
    "id-padded-text": interactions(learningActivityId=" 12345"),
}
# Refused with 4xx by default, a server error with the fault.
CRASHING: Mapping[str, Observe] = {
    "body-nulls-500": body(b'{"startDate": null, "endDate": null}'),
    "id-infinity-500": id_spelt("Infinity"),
    "start-infinite-500": body(body_with(startDate=0).replace(b'"startDate": 0', b'"startDate": 1e400')),
    "start-long-500": start("x" * 129),
    "end-digits-500": end("1" * 4_301),
    "exporttype-long-500": post(exportType="S" * 65_536),
    "format-long-500": post(format="V" * 8_001),
    "start-members-500": start({str(number): 0 for number in range(1_001)}),
    "offset-of-a-day-500": start("2013-03-05T11:12:47+24:00"),
    "broken-escape-500": ending(', "x": "\\u12"}'),
    "exporttype-surrogate-500": body(body_with().replace(b"ELEARNING_ENROLLMENTS", b"USERS\\ud800")),
}
