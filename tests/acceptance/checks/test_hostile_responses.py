"""Whatever a target responds, judging it raises nothing, takes neither long nor much memory, and says little."""

from __future__ import annotations

import base64
import gc
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.job_status import export_data, state_of
from export_contract.acceptance.checks.registry import judge
from export_contract.acceptance.checks.uniqueness import unique_job_ids
from export_contract.acceptance.model.exchange import Exchange, Failure, Response
from export_contract.contract import Contract, Expectation
from export_contract.strategies import Case
from export_contract.strategies.http.status_calls import status_case, status_refusals

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
JSON = ("Content-Type", "application/json")
MEGABYTE = 1_000_000


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def nested(depth: int, start: bytes = b"[", end: bytes = b"]", inner: bytes = b"") -> bytes:
    return start * depth + inner + end * depth


def bodies() -> Iterator[tuple[str, bytes]]:
    """Bodies that were hard on readers, by name."""
    yield "100,000 arrays", b'{"job":{"id":%s}}' % nested(100_000)
    yield "100,000 objects", b'{"job":{"id":"am9i"},"more":%s}' % nested(100_000, b'{"a":', b"}", b"1")
    for depth in (190, 900, 1_100):
        for name, nest in (("arrays", nested(depth)), ("objects", nested(depth, b'{"a":', b"}", b"1"))):
            yield f"id of {depth} {name}", b'{"job":{"id":%s,"status":"COMPLETED"}}' % nest
            yield f"{depth} {name} beside the job", b'{"job":{"id":"am9i"},"more":%s}' % nest
            yield f"job of {depth} {name}", b'{"job":%s}' % nest
            data = b'{"downloadUrl":%s,"downloadExpiresAt":%s}' % (nest, nest)
            yield (
                f"data of {depth} {name}",
                b'{"job":{"id":"am9i","status":"COMPLETED","exportData":%s},"errors":%s}' % (data, nest),
            )
    yield "many digits", b'{"job":{"id":%s}}' % (b"9" * 10_000)
    yield "a large exponent", b'{"job":{"id":-1e999999}}'
    yield "half a character", b'{"job":{"id":"\\ud800\\udc00\\ud800"}}'
    yield "a long id", b'{"job":{"id":"%s"}}' % (b"A" * 900_000)
    yield "NULs", b'{"job":{"id":"%s"}}' % (b"\\u0000" * 100_000)
    yield "a long member of an id", b'{"job":{"id":{"a":"%s"}}}' % (b"x" * 900_000)
    yield "brackets in an id", json.dumps({"job": {"id": encoded(b'["data-export|' + b"[" * 100_000)}}).encode()
    yield "bars in an id", json.dumps({"job": {"id": encoded(json.dumps([f"data-export|{'|' * 500_000}"]))}}).encode()
    yield "many errors", b'{"job":{"id":"am9i","status":"PENDING"},"errors":[%s1]}' % (b"1," * (MEGABYTE // 2))
    yield "many objects", b'{"job":{"id":"am9i","status":"PENDING"},"errors":[%s{}]}' % (b"{}," * (MEGABYTE // 3))
    yield "many objects for an id", b'{"job":{"id":[%s{}]}}' % (b"{}," * (MEGABYTE // 3))
    yield "many numbers for an id", b'{"job":{"id":[%s1.5]}}' % (b"1.5," * (MEGABYTE // 4))
    yield "many members", b'{"job":{%s"a":1}}' % b"".join(b'"%d":1,' % number for number in range(MEGABYTE // 11))
    yield "one member many times", b'{"job":{"id":"am9i"%s}}' % (b',"id":1' * (MEGABYTE // 7))


BODIES = dict(bodies())


@pytest.fixture(params=["create", "status"])
def case(request: pytest.FixtureRequest, contract: Contract, make_case: MakeCase) -> Case:
    """A case of each call."""
    of: dict[str, Callable[[], Case]] = {
        "create": make_case,
        "status": lambda: status_case(contract, "am9i"),
    }
    return of[request.param]()


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("name", BODIES)
def test_bodies(case: Case, context: CheckContext, status: int, name: str) -> None:
    """No body makes a check fail, or an outcome long."""
    exchange = Exchange(1, "suite", case, Response(status=status, headers=(JSON,), body=BODIES[name]))
    outcomes = [*judge(exchange, context), *unique_job_ids([exchange], context)]
    assert outcomes
    assert all(len(one.observed) < 2_000 and len(one.summary) < 2_000 for one in outcomes)


def memory(line: str) -> int:
    """Kilobytes that the kernel counts for this process: `VmRSS` now, or `VmHWM` at most since that was reset."""
    (found,) = re.findall(rf"{line}:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(found)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel of Linux keeps the count")
@pytest.mark.parametrize("name", [name for name, body in BODIES.items() if len(body) > 400_000])
def test_time_and_memory(make_case: MakeCase, contract: Contract, context: CheckContext, name: str) -> None:
    """A body of 1 MB is judged in a moment, and takes a bounded multiple of its size."""
    for case in (make_case(), status_case(contract, "am9i")):
        exchange = Exchange(1, "suite", case, Response(status=200, headers=(JSON,), body=BODIES[name]))
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        started, before = time.process_time(), memory("VmRSS")
        judge(exchange, context)
        assert time.process_time() - started < 4
        assert memory("VmHWM") - before < 60_000


DATES = st.sampled_from(
    [
        "2012-09-05T11:12:47.000Z",
        "9999-12-31T23:59:59",
        "9999-12-31T23:59:59-14:00",
        "9999-W52-6",
        "9999-W52-7T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "+999999999-12-31T24:00:00Z",
        "-0001-12-31",
        "9" * 20 + "-01-01T00:00:00Z",
        "\u0662\u0660\u0661\u0662-09-05T11:12:47Z",
        "soon",
        "",
    ]
)
DOCUMENTED_IDS = st.builds(
    lambda start, end, uuid, more: encoded(
        json.dumps([f"data-export|tenantKey:T|type:users|format:csv|start:{start}|end:{end}{more}", uuid])
    ),
    DATES,
    DATES,
    st.sampled_from([UUID, "", "x", 7, None, [UUID]]),
    st.sampled_from(["", "|", "|start:1", ":", "|\ud800:"]),
)
LEAVES: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(max_codepoint=0x2FF), max_size=20)
    | st.sampled_from(["am9i", "\ud800", "COMPLETED", "PENDING", "demo-secret", "\0", "a" * 5_000, 10**300, -0.0])
    | DATES
    | DOCUMENTED_IDS
)
NAMES = st.sampled_from(["job", "id", "status", "exportData", "downloadUrl", "downloadExpiresAt", "errors", "key", ""])
VALUES = st.recursive(
    LEAVES, lambda below: st.lists(below, max_size=4) | st.dictionaries(NAMES, below, max_size=4), max_leaves=12
)
JOBS = st.fixed_dictionaries(
    {"job": st.fixed_dictionaries({"id": VALUES, "status": VALUES, "exportData": VALUES})},
    optional={"exportData": VALUES, "errors": VALUES},
)
TEXTS = (
    (JOBS | VALUES).map(lambda value: json.dumps(value).encode())
    | (JOBS | VALUES).map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    | st.binary(max_size=50)
    | st.sampled_from(list(BODIES.values())[:20])
)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(["Content-Type", "content-type", "Date", "Location", "Retry-After", "", "\0"]),
        st.sampled_from(
            [
                *("application/json", "text/html", "+json", ";", "\xff", "demo-token", "", "9" * 400),
                *("Fri, 31 Dec 9999 23:59:59 -1400", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Jan", ", , ,", "0"),
            ]
        ),
    ),
    max_size=4,
).map(tuple)
RESPONSES = st.builds(
    lambda status, headers, body, seconds: Response(status=status, headers=headers, body=body, seconds=seconds),
    st.sampled_from([0, 99, 100, 200, 201, 204, 299, 302, 400, 401, 404, 407, 422, 429, 499, 500, 503, 599, 999]),
    HEADERS,
    TEXTS,
    st.sampled_from([0.0, 3.9, 5_000.0]),
) | st.sampled_from(Failure).map(lambda failure: Response(failure=failure, problem="it broke"))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    RESPONSES,
    st.sampled_from(Expectation),
    st.sampled_from(["configured", "none", "wrong:key"]),
    st.sampled_from(["create", "PUT", "status", "refused status"]),
)
def test_whatever_comes(
    contract: Contract,
    context: CheckContext,
    make_case: MakeCase,
    response: Response,
    expectation: Expectation,
    credentials: str,
    call: str,
) -> None:
    """Drawn responses make no check raise, to whichever request; and every deviation says what and why."""
    case = {
        "create": lambda: make_case(expectation=expectation, credentials=credentials),
        "PUT": lambda: make_case(expectation=Expectation.REJECT, method="PUT", credentials=credentials),
        "status": lambda: status_case(contract, "am9i"),
        "refused status": lambda: status_refusals(contract, "am9i")[0],
    }[call]()
    exchange = Exchange(7, "suite", case, response)
    outcomes = [*judge(exchange, context), *unique_job_ids([exchange, exchange], context)]
    state_of(response)
    export_data(response)
    for one in outcomes:
        assert one.exchange == 7
        assert one.requirement in contract.by_id
        assert one.deviates is bool(one.summary and one.expected and one.observed)
        assert len(one.summary) < 2_000
