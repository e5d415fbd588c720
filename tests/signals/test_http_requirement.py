"""Requirements on an answer: one that does not meet them is an outage or no reading."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from support.faulty_http_server import Server

from gameday.model import Json, SignalBinding, SignalKind
from gameday.plugins.probe import Measurement
from gameday.signals.http_requirement import RequirementError, read_requirement
from gameday.signals.probe_registry import open_probe


def read(server: Server, kind: SignalKind = SignalKind.RATIO, **settings: Json) -> Measurement:
    async def ask() -> Measurement:
        probe = open_probe(SignalBinding("journey", kind, "http", {"url": server.url, **settings}))
        try:
            return await probe.read()
        finally:
            await probe.close()

    return asyncio.run(ask())


BODY = {"status": "ok", "ready": True, "pools": [{"name": "a", "wait": 1}, {"name": "b", "wait": 2}]}


@pytest.mark.parametrize(
    ("require", "met"),
    [
        ({"status": [200, 204]}, True),
        ({"status": "2xx"}, True),
        ({"status": [404, "5xx"]}, False),
        ({"header": {"X-Served-By": "web"}}, True),
        ({"header": {"x-served-by": "db"}}, False),
        ({"header": {"X-Missing": "web"}}, False),
        ({"text": '"status": "ok"'}, True),
        ({"text": "down"}, False),
        ({"matches": 'wait": [0-9]+'}, True),
        ({"matches": "^$"}, False),
        ({"json": {"status": "ok"}}, True),
        ({"json": {"$.pools[?(@.name=='b')].wait": 2}}, True),
        ({"json": {"$.pools[*].wait": 3}}, False),
        ({"json": {"$.ready": True}}, True),
        ({"json": {"$.ready": 1}}, False),
        ({"json": {"$.absent": "ok"}}, False),
        ({"status": 200, "text": "ok", "json": {"status": "ok"}}, True),
        ({"status": 200, "text": "ok", "json": {"status": "down"}}, False),
    ],
)
def test_an_answer_counts_only_if_it_is_as_required(server: Server, require: dict[str, Json], met: bool) -> None:
    server.lies.body, server.lies.headers = BODY, {"X-Served-By": "web-1"}
    assert read(server, require=require) == Measurement(1.0 if met else 0.0, 1)
    time, value = (
        read(server, SignalKind.DURATION, require=require),
        read(server, SignalKind.COUNT, value="pools.1.wait", require=require),
    )
    assert (time.value is not None) is met and bool(time.error) is not met
    assert value.value == (2 if met else None) and bool(value.error) is not met


def test_a_status_that_is_named_counts_whatever_it_is(server: Server) -> None:
    server.lies.body, server.lies.status = BODY, 503
    assert read(server, require={"status": [200, 503]}) == Measurement(1.0, 1)
    assert read(server, SignalKind.COUNT, value="pools.0.wait", require={"status": 503}) == Measurement(1.0, 1)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$.pools[1].wait", Measurement(2.0, 1)),
        ("$.pools[?(@.name=='a')].wait", Measurement(1.0, 1)),
        ("$.pools[*].wait", Measurement(None, 0, "$.pools[*].wait matches 2 values instead of one")),
        ("$.pools[7].wait", Measurement(None, 0, "the response has no $.pools[7].wait")),
        ("$.status", Measurement(None, 0, "$.status is not a number")),
    ],
)
def test_a_number_is_found_by_jsonpath(server: Server, path: str, found: Measurement) -> None:
    server.lies.body = BODY
    assert read(server, SignalKind.COUNT, value=path) == found


@pytest.mark.parametrize(
    ("value", "keys", "words"),
    [
        ("2xx", (), "must be a map"),
        ({}, (), "must be a map"),
        ({"staus": 200}, ("staus",), "unknown key 'staus'"),
        ({"status": [200, "ok"]}, ("status", 1), "invalid status 'ok'"),
        ({"status": 99}, ("status",), "invalid status 99"),
        ({"header": "json"}, ("header",), "must be a map"),
        ({"header": {"X": ""}}, ("header", "X"), "must be text"),
        ({"text": 5}, ("text",), "must be text"),
        ({"matches": "("}, ("matches",), "invalid regular expression"),
        ({"matches": "(?=a)"}, ("matches",), "the syntax is RE2"),  # it takes time linear in the answer
        ({"json": {"$.a[": 1}}, ("json", "$.a["), "invalid JSONPath"),
        ({"json": {"$.a": [1]}}, ("json", "$.a"), "must equal a text"),
    ],
)
def test_an_invalid_requirement_is_reported_at_its_key(value: Any, keys: tuple[str | int, ...], words: str) -> None:
    with pytest.raises(RequirementError) as caught:
        read_requirement(value)
    assert caught.value.keys == keys and words in str(caught.value)
