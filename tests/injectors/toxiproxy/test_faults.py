"""The parameters of every kind: read as written, named when they cannot be meant, and never what ends a server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.toxiproxy_injector import FAULTS

from gameday.injectors.toxiproxy.faults import KINDS
from gameday.model import Json
from gameday.plugins.types import ParamProblem

MOST = 2_147_483_647
"""The largest attribute that every server takes."""


def test_conformance_cases_cover_every_kind() -> None:
    assert {kind for kind, _ in FAULTS} == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "params", "attributes"),
    [
        ("latency", {"delay": "400ms", "jitter": "50ms"}, {"latency": 400, "jitter": 50}),
        ("latency", {"delay": "1s", "connect": True}, {"latency": 1000, "jitter": 0, "connect": True}),
        ("jitter", {"delay": "300ms"}, {"latency": 150, "jitter": 150}),
        ("bandwidth", {"rate": "2MB/s"}, {"rate": 2000}),
        ("outage", {"seen_as": "silent"}, {"timeout": 0}),
        ("reset", {"after": "2s"}, {"timeout": 2000}),
        ("timeout", {"after": "3s"}, {"timeout": 3000}),
        ("slice", {"size": "1KB", "variation": "100B", "delay": "50us"},
         {"average_size": 1000, "size_variation": 100, "delay": 50}),
        ("limit", {"bytes": "64KB"}, {"bytes": 64_000}),
        ("slow-close", {"delay": "1m"}, {"delay": 60_000}),
    ],
)  # fmt: skip
def test_each_kind_becomes_its_toxic(kind: str, params: dict[str, Json], attributes: dict[str, object]) -> None:
    assert KINDS[kind].read(params).toxic()["attributes"] == attributes


TEXTS = st.tuples(
    st.integers(-5, 10**12) | st.floats(0, 10**7).map(lambda value: f"{value:.4f}"),
    st.sampled_from(["us", "ms", "s", "m", "h", "B", "KB", "MB", "GB", "KB/s", "MB/s", ""]),
).map(lambda one: f"{one[0]}{one[1]}")


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_no_parameter_crashes_toxiproxy(kind: str, data: st.DataObject) -> None:
    """Parameters that are refused: a negative or huge number, and pieces that vary by as much as their size."""
    keys = KINDS[kind].parameters
    raw = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(keys, TEXTS | st.booleans() | st.integers())))
    try:
        made = KINDS[kind].read(raw).toxic()
    except ParamProblem as problem:
        assert problem.key in keys
        return
    found = made["attributes"]
    assert all(0 <= value <= MOST for value in found.values())
    if made["type"] == "slicer":
        assert 0 <= found["size_variation"] < found["average_size"]
    if made["type"] == "latency":
        assert found["jitter"] <= found["latency"]
    if made["type"] == "bandwidth":
        assert found["rate"] >= 1


@pytest.mark.parametrize(
    ("kind", "params", "key"),
    [
        ("latency", {}, "delay"),
        ("latency", {"delay": 400}, "delay"),
        ("latency", {"delay": "1.5ms"}, "delay"),
        ("jitter", {"delay": "3ms"}, "delay"),
        ("slice", {"size": "1KB", "delay": "1.7us"}, "delay"),
        ("latency", {"delay": "400"}, "delay"),
        ("latency", {"delay": "1s", "jitter": "2s"}, "jitter"),
        ("latency", {"dellay": "1s"}, "dellay"),
        ("bandwidth", {"rate": "0KB/s"}, "rate"),
        ("bandwidth", {"rate": "1001MB/s"}, "rate"),
        ("outage", {"seen_as": "Refused"}, "seen_as"),
        ("outage", {"seen_as": True}, "seen_as"),
        ("reset", {"after": "soon"}, "after"),
        ("reset", {"after": "61m"}, "after"),
        ("latency", {"delay": "400us"}, "delay"),
        ("latency", {"delay": "1s", "connect": "true"}, "connect"),
        ("latency", {"delay": "1s", "connect": 1}, "connect"),
        ("jitter", {"delay": "1ms"}, "delay"),
        ("jitter", {"delay": "10ms", "jitter": "1ms"}, "jitter"),
        ("slice", {}, "size"),
        ("slice", {"size": "0B"}, "size"),
        ("slice", {"size": "17KB"}, "size"),
        ("slice", {"size": "100B", "variation": "100B"}, "variation"),
        ("slice", {"size": "100B", "delay": "2m"}, "delay"),
        ("limit", {"bytes": 64}, "bytes"),
        ("limit", {"bytes": "64kB"}, "bytes"),
        ("limit", {"bytes": "2GB"}, "bytes"),
        ("slow-close", {}, "delay"),
    ],
)
def test_invalid_parameter_is_named(kind: str, params: dict[str, Json], key: str) -> None:
    with pytest.raises(ParamProblem) as caught:
        KINDS[kind].read(params)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("latency", {"delay": 20}, "delay must be text such as 400ms or 2m, not 20"),
        ("latency", {"delay": None}, "delay must be text such as 400ms or 2m, not null"),
        ("latency", {"delay": "1s", "jitter": [1]}, "jitter must be text such as 400ms or 2m, not a list"),
        ("latency", {}, "missing parameter 'delay'"),
        ("bandwidth", {"rate": 1.5}, "rate must be text such as 100KB/s, not 1.5"),
        ("reset", {"after": 3}, "after must be text such as 400ms or 2m, not 3"),
        ("slow-close", {"delay": True}, "delay must be text such as 400ms or 2m, not true"),
        ("limit", {"bytes": "64kB"}, "'64kB' is not a size: write it as 512B, 64KB or 2MB"),
        ("limit", {"bytes": "2GB"}, "2GB is out of range: bytes must be 0B to 1GB"),
        ("jitter", {"delay": "2h"}, "2h is out of range: delay must be 2ms to 1h"),
        ("latency", {"delay": "0s"}, "0s is out of range: delay must be 1ms to 1h"),
        ("outage", {"seen_as": "Refused"}, "seen_as must be refused, silent or new-refused, not 'Refused'"),
        ("latency", {"delay": "1s", "connect": "yes"}, "connect must be true or false, not 'yes'"),
        ("latency", {"dellay": "1s"}, "unknown parameter 'dellay'; did you mean 'delay'?"),
        ("limit", {"rate": "1KB/s"}, "unknown parameter 'rate'; known parameters: bytes"),
        (
            "slice",
            {"size": "1KB", "variation": "1KB"},
            "variation must be less than size",
        ),
    ],
)
def test_number_for_text_is_refused(kind: str, params: dict[str, Json], said: str) -> None:
    with pytest.raises(ParamProblem) as caught:
        KINDS[kind].read(params)
    assert caught.value.wrong == said
