"""The fault contract, held against both servers: ours and the original; the proxy itself is asked each time."""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from engines_here import toxiproxy_server
from proxy_rig import Proxied, Server, eventually, original, ours

from gameday.contract import Back, Behind, Deadline, Intent, Outcome, ParamProblem, Presence, Renewal
from gameday.errors import Refused
from gameday.injectors.toxiproxy import ToxiproxyInjector
from gameday.injectors.toxiproxy.kinds import KINDS
from gameday.injectors.toxiproxy.server import Server as Wrapped
from gameday.model import Binding, Fault, Json

MARK = "gd-00016b04d12b"
"""For what is refused before any server hears of it; a mark that was reverted is used up."""


def soon() -> Deadline:
    return Deadline.after(5.0)


@dataclass
class Stand:
    """One proxy on one server, and the injector that is to break it."""

    server: Server
    proxied: Proxied
    is_ours: bool
    mark: str = field(default_factory=lambda: f"gd-{secrets.token_hex(6)}")

    @property
    def binding(self) -> Binding:
        return Binding("test", "database", "toxiproxy", {"url": str(self.server.http.base_url), "proxy": "db"})

    def plan(self, kind: str, **params: Json) -> Intent:
        return ToxiproxyInjector().plan(Fault("f", kind, "database", params), self.binding, self.mark, soon())

    def change(self, what: str, to: dict[str, Json]) -> None:
        """As a person would, with another client."""
        assert self.server.http.post(f"/proxies/db{what}", json=to).status_code == 200

    def shown(self) -> dict[str, Any]:
        return {key: self.proxied.shown()[key] for key in ("enabled", "toxics", "listen", "upstream")}


@pytest.fixture(params=["ours", "original"], scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Server, bool]]:
    if request.param == "ours":
        with ours() as server:
            yield server, True
    else:
        with original(str(toxiproxy_server())) as server:
            yield server, False


@pytest.fixture
def stand(server: tuple[Server, bool]) -> Iterator[Stand]:
    with server[0].proxied() as proxied:
        yield Stand(server[0], proxied, server[1])


FAULTS: list[tuple[str, dict[str, Json]]] = [
    ("latency", {"delay": "200ms", "jitter": "10ms"}),
    ("bandwidth", {"rate": "100KB/s"}),
    ("outage", {}),
    ("outage", {"seen_as": "silent"}),
    ("reset", {}),
]


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_apply_read_back_revert_read_back_leaves_it_as_before(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    intent = stand.plan(kind, **params)
    assert stand.shown() == before, "planning changes nothing"
    assert injector.active(intent, soon()) is Presence.GONE
    for _ in range(2):  # twice is the same as once
        assert injector.apply(intent, soon()).outcome is Outcome.APPLIED
        assert injector.active(intent, soon()) is Presence.PRESENT
    for _ in range(2):
        assert injector.revert(intent, soon()).back is Back.GONE
        assert injector.active(intent, soon()) is Presence.GONE
    assert stand.shown() == before


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_what_somebody_changed_does_not_stand_and_is_still_taken_back(
    stand: Stand, kind: str, params: dict[str, Json]
) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    intent = stand.plan(kind, **params)
    injector.apply(intent, soon())
    if kind == "outage" and not params:
        stand.change("", {"enabled": True})
    else:
        stand.change(f"/toxics/{intent.mark}", {"toxicity": 0.0})
    assert injector.active(intent, soon()) in (Presence.CHANGED, Presence.GONE)
    assert injector.active(intent, soon()) is not Presence.PRESENT
    assert injector.revert(intent, soon()).back in (Back.GONE, Back.LEFT_TO_PEOPLE)
    assert stand.shown() == before


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_a_revert_of_what_was_never_applied_is_safe(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    before = stand.shown()
    assert ToxiproxyInjector().revert(stand.plan(kind, **params), soon()).back is Back.GONE
    assert stand.shown() == before


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_ours_refuses_an_apply_that_comes_after_its_revert(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    intent = stand.plan(kind, **params)
    injector.revert(intent, soon())
    late = injector.apply(intent, soon())
    if stand.is_ours:
        assert late.outcome is Outcome.REFUSED
    else:
        assert late.outcome is Outcome.APPLIED, "the original takes it: hence the watching"
        assert injector.revert(intent, soon()).back is Back.GONE
    assert stand.shown() == before


def test_what_stands_behind_a_fault_is_said_as_it_is(stand: Stand) -> None:
    intent = stand.plan("latency", delay="100ms")
    assert intent.behind is (Behind.LEASE if stand.is_ours else Behind.GUARDIAN)
    assert (intent.lease > 0) is stand.is_ours


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_a_lease_ends_the_fault_by_itself_and_a_renewal_after_that_says_lapsed(
    stand: Stand, kind: str, params: dict[str, Json]
) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    intent = stand.plan(kind, **params)
    if not stand.is_ours:
        assert injector.renew(intent, 1.0, soon()) is Renewal.UNSUPPORTED
        return
    short = replace(intent, lease=0.4)
    injector.apply(short, soon())
    assert injector.renew(short, 0.4, soon()) is Renewal.RENEWED
    eventually(lambda: stand.shown() == before)
    assert injector.active(short, soon()) is Presence.GONE
    assert injector.renew(short, 5.0, soon()) is Renewal.LAPSED
    assert stand.shown() == before, "a renewal never applies"


def test_a_refused_outage_is_refused_at_once_and_gone_with_its_revert(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    intent = stand.plan("outage")
    with stand.proxied.pair() as pair:
        injector.apply(intent, soon())
        pair.client.settimeout(5.0)
        assert pair.client.recv(1) == b"", "connections are closed"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(stand.proxied.listen, 5.0)
    injector.revert(intent, soon())
    with stand.proxied.pair():
        pass


def test_a_silent_outage_is_silent(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    with stand.proxied.pair() as pair:
        intent = stand.plan("outage", seen_as="silent")
        injector.apply(intent, soon())
        pair.upstream.sendall(b"an answer")
        pair.client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            pair.client.recv(1)
        injector.revert(intent, soon())


def test_latency_makes_answers_late_and_requests_not(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    with stand.proxied.pair() as pair:
        intent = stand.plan("latency", delay="300ms")
        injector.apply(intent, soon())
        pair.client.settimeout(5.0)
        begun = time.monotonic()
        pair.client.sendall(b"q")
        assert pair.upstream.recv(1) == b"q"
        asked = time.monotonic()
        pair.upstream.sendall(b"a")
        assert pair.client.recv(1) == b"a"
        assert time.monotonic() - asked >= 0.29 > asked - begun
        injector.revert(intent, soon())


def test_what_a_person_added_stays(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    stand.proxied.toxic("latency", name="mine", attributes={"latency": 1})
    before = stand.shown()
    intent = stand.plan("bandwidth", rate="1MB/s")
    injector.apply(intent, soon())
    injector.revert(intent, soon())
    assert stand.shown() == before


def test_what_we_created_is_removed_also_when_a_person_edited_it(stand: Stand) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    intent = stand.plan("latency", delay="100ms")
    injector.apply(intent, soon())
    stand.server.http.post(f"/proxies/db/toxics/{stand.mark}", json={"attributes": {"latency": 7}})
    assert injector.revert(intent, soon()).back is Back.GONE
    assert stand.shown() == before


def test_a_proxy_that_somebody_else_switched_off_meanwhile_is_left_to_them(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    intent = stand.plan("outage")
    stand.proxied.update(enabled=False)
    restored = injector.revert(intent, soon())
    if stand.is_ours:
        assert restored.back is Back.LEFT_TO_PEOPLE
        assert stand.shown()["enabled"] is False
    else:
        assert restored.back is Back.GONE, "the original keeps no marks: off is our value, and ours until shown else"


def test_another_drills_mark_refuses_the_fault(stand: Stand) -> None:
    stand.proxied.toxic("latency", name="gd-ffff00000001")
    with pytest.raises(Refused, match="gd-ffff00000001"):
        stand.plan("latency", delay="100ms")


def test_strays_are_found_from_the_engine_alone_and_nothing_else(stand: Stand) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    injector.apply(stand.plan("outage"), soon())
    stand.proxied.toxic("latency", name="gd-like-ours-but-not")
    [stray] = injector.strays(stand.binding, soon())
    assert stray.mark == stand.mark
    assert injector.revert(stray, soon()).back is Back.GONE
    stand.server.http.delete("/proxies/db/toxics/gd-like-ours-but-not")
    assert stand.shown() == before


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"url": "http://127.0.0.1:1", "proxy": "db"}, "does not answer"),
        ({"proxy": "db"}, "needs `url` and `proxy`"),
        ({"url": "ftp://x", "proxy": "db"}, "no address"),
        ({"url": "http://127.0.0.1:1", "proxy": "db", "port": 1}, "does not know port"),
    ],
)
def test_a_binding_that_cannot_be_meant_is_refused(settings: dict[str, Json], match: str) -> None:
    with pytest.raises(Refused, match=match):
        ToxiproxyInjector().plan(
            Fault("f", "latency", "database", {"delay": "1ms"}),
            Binding("t", "database", "toxiproxy", settings),
            MARK,
            soon(),
        )


def test_nothing_matched_is_an_error_that_names_what_is_there(stand: Stand) -> None:
    binding = replace(stand.binding, settings={**stand.binding.settings, "proxy": "DB"})
    with pytest.raises(Refused, match="there are: db"):
        ToxiproxyInjector().plan(Fault("f", "latency", "database", {"delay": "1ms"}), binding, MARK, soon())


@pytest.mark.parametrize(
    ("kind", "params", "key"),
    [
        ("latency", {}, "delay"),
        ("latency", {"delay": 400}, "delay"),
        ("latency", {"delay": "400"}, "delay"),
        ("latency", {"delay": "1s", "jitter": "2s"}, "jitter"),
        ("latency", {"dellay": "1s"}, "dellay"),
        ("bandwidth", {"rate": "0KB/s"}, "rate"),
        ("outage", {"seen_as": "Refused"}, "seen_as"),
        ("reset", {"after": "soon"}, "after"),
    ],
)
def test_a_parameter_that_cannot_be_meant_is_named(kind: str, params: dict[str, Json], key: str) -> None:
    with pytest.raises(ParamProblem) as caught:
        KINDS[kind].read(params)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("latency", {"delay": 20}, "20 is not written as it should be: write it as in 400ms or 2m"),
        ("latency", {"delay": None}, "nothing is not written as it should be: write it as in 400ms or 2m"),
        ("latency", {"delay": "1s", "jitter": [1]}, "this is not written as it should be: write it as in 400ms or 2m"),
        ("latency", {}, "delay is missing"),
        ("bandwidth", {"rate": 1.5}, "1.5 is not written as it should be: write it as in 100KB/s"),
        ("reset", {"after": 3}, "3 is not written as it should be: write it as in 400ms or 2m"),
    ],
)
def test_a_number_for_a_text_is_told_as_everywhere(kind: str, params: dict[str, Json], said: str) -> None:
    with pytest.raises(ParamProblem) as caught:
        KINDS[kind].read(params)
    assert caught.value.wrong == said


def test_traffic_is_somebody_being_connected(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    assert "carries no traffic" in injector.traffic(stand.binding, soon())
    with stand.proxied.pair():
        assert injector.traffic(stand.binding, soon()) == ""


def test_a_proxy_from_the_environment_is_not_asked(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert "db" in Wrapped(str(stand.server.http.base_url)).proxies(soon())
