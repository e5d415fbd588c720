"""Random requests: the API responds, 5xx only for addresses, and traffic still passes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.proxy import Server, ours, read_exactly

from gameday.proxy.toxics import TYPES

ATTRIBUTES = sorted({"x", *(name for kind in TYPES.values() for name in (*kind.attributes, *kind.flags))})


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ours("--proxy-metrics") as server:
        yield server


names = st.sampled_from(["a", "b", "gd-1", "ü \ud800", "", "x" * 300, "..", "%2f", "a/b"])
odd: st.SearchStrategy[object] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.integers(2**30, 2**70),
)
addresses = st.sampled_from(
    ["127.0.0.1:0", "127.0.0.1:1", "nonsense", "127.0.0.1:99999", ":::", "[::1:0", "\0:0", "", "unix:/nowhere"]
)
attributes = st.dictionaries(st.sampled_from(ATTRIBUTES), st.integers(0, 100) | odd, max_size=4)
toxics = st.sampled_from([*TYPES, "nothing"])
bodies = st.fixed_dictionaries(
    {},
    optional={
        "name": names | odd,
        "listen": addresses | odd.filter(lambda value: not isinstance(value, str)),
        "upstream": addresses | odd.filter(lambda value: not isinstance(value, str)),
        "enabled": st.booleans() | odd,
        "mark": names | odd,
        "expires_in": st.floats(0.001, 5) | odd,
        "type": toxics | odd,
        "stream": st.sampled_from(["upstream", "DOWNSTREAM"]) | odd,
        "toxicity": st.floats(0, 1) | odd,
        "attributes": attributes | odd,
    },
)
paths = st.sampled_from(
    [
        "/proxies",
        "/proxies/a",
        "/proxies/b",
        "/proxies/a/toxics",
        "/proxies/a/toxics/gd-1",
        "/proxies/%ff/toxics/%00",
        "/populate",
        "/reset",
        "/state",
        "/metrics",
        "/version",
    ]
)
requests = st.tuples(
    st.sampled_from(["GET", "POST", "POST", "POST", "PATCH", "DELETE", "PUT", "HEAD"]),
    paths,
    st.one_of(
        bodies.map(lambda body: json.dumps(body).encode()),
        st.lists(bodies, max_size=3).map(lambda body: json.dumps(body).encode()),
        st.binary(max_size=20),
    ),
)


@given(st.lists(requests, max_size=12))
def test_random_requests_leave_server_working(server: Server, asked: list[tuple[str, str, bytes]]) -> None:
    for verb, path, raw in asked:
        answer = server.http.request(verb, path, content=raw)
        assert answer.status_code < 500 or "listen tcp" in answer.text, (verb, path, raw, answer.text)
    assert server.http.get("/version").status_code == 200
    with server.proxied("fresh") as proxy, proxy.pair() as pair:
        for stream in ("upstream", "downstream"):
            sender, receiver = pair.ends(stream)
            sender.sendall(b"ping")
            assert read_exactly(receiver, 4) == b"ping"
    assert server.process.poll() is None
