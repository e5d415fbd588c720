"""The fault contract, held against both servers: ours and the original; the proxy itself is asked each time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.proxy import eventually
from support.toxiproxy_injector import FAULTS, Stand, soon

from gameday.errors import Refused
from gameday.injectors.toxiproxy import ToxiproxyInjector
from gameday.injectors.toxiproxy.api_client import ToxiproxyServer as Wrapped
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import ApplyOutcome, Presence, Renewal, RevertGuarantee, RevertOutcome

MARK = "gd-00016b04d12b"
"""For what is refused before any server hears of it; a mark that was reverted is used up."""


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_apply_and_revert_restore_the_proxy(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    if (intent := stand.possible(kind, params)) is None:
        return
    assert stand.shown() == before, "planning changes nothing"
    assert injector.presence(intent, soon()) is Presence.ABSENT
    for _ in range(2):  # twice is the same as once
        assert injector.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
        assert injector.presence(intent, soon()) is Presence.PRESENT
    for _ in range(2):
        assert injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED
        assert injector.presence(intent, soon()) is Presence.ABSENT
    assert stand.shown() == before


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_modified_toxic_is_still_reverted(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    if (intent := stand.possible(kind, params)) is None:
        return
    injector.apply(intent, soon())
    if kind == "outage" and not params:
        stand.change("", {"enabled": True})
    else:
        stand.change(f"/toxics/{intent.marker}", {"toxicity": 0.0})
    assert injector.presence(intent, soon()) in (Presence.MODIFIED, Presence.ABSENT)
    assert injector.presence(intent, soon()) is not Presence.PRESENT
    assert injector.revert(intent, soon()).outcome in (RevertOutcome.REVERTED, RevertOutcome.KEPT)
    assert stand.shown() == before


@pytest.mark.parametrize("change", [{"upstream": "127.0.0.1:9"}, {"enabled": False}])
def test_proxy_that_somebody_points_elsewhere_or_disables_is_modified(stand: Stand, change: dict[str, Json]) -> None:
    injector = ToxiproxyInjector()
    intent = stand.possible("latency", {"delay": "100ms"})
    assert intent is not None
    injector.apply(intent, soon())
    stand.change("", change)
    assert injector.presence(intent, soon()) is Presence.MODIFIED
    assert injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert change.items() <= stand.shown().items(), "a foreign change stays"


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_a_revert_of_what_was_never_applied_is_safe(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    before = stand.shown()
    if (intent := stand.possible(kind, params)) is None:
        return
    assert ToxiproxyInjector().revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert stand.shown() == before


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_our_proxy_refuses_an_apply_after_its_revert(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    if (intent := stand.possible(kind, params)) is None:
        return
    injector.revert(intent, soon())
    late = injector.apply(intent, soon())
    if stand.is_ours:
        assert late.outcome is ApplyOutcome.REFUSED
    else:
        assert late.outcome is ApplyOutcome.APPLIED, "the original takes it: hence the watching"
        assert injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert stand.shown() == before


def test_guarantee_is_lease_or_guardian(stand: Stand) -> None:
    intent = stand.plan("latency", delay="100ms")
    assert intent.guarantee is (RevertGuarantee.LEASE if stand.is_ours else RevertGuarantee.GUARDIAN)
    assert (intent.lease > 0) is stand.is_ours


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_expired_lease_ends_fault_and_renewal_reports_lapse(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    if (intent := stand.possible(kind, params)) is None:
        return
    if not stand.is_ours:
        assert injector.renew(intent, 1.0, soon()) is Renewal.UNSUPPORTED
        return
    short = replace(intent, lease=0.4)
    injector.apply(short, soon())
    assert injector.renew(short, 0.4, soon()) is Renewal.RENEWED
    eventually(lambda: stand.shown() == before)
    assert injector.presence(short, soon()) is Presence.ABSENT
    assert injector.renew(short, 5.0, soon()) is Renewal.LAPSED
    assert stand.shown() == before, "a renewal never applies"


def test_foreign_toxics_are_kept(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    stand.proxied.toxic("latency", name="mine", attributes={"latency": 1})
    before = stand.shown()
    intent = stand.plan("bandwidth", rate="1MB/s")
    injector.apply(intent, soon())
    injector.revert(intent, soon())
    assert stand.shown() == before


def test_our_toxic_is_removed_after_a_foreign_edit(stand: Stand) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    intent = stand.plan("latency", delay="100ms")
    injector.apply(intent, soon())
    stand.server.http.post(f"/proxies/db/toxics/{stand.mark}", json={"attributes": {"latency": 7}})
    assert injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert stand.shown() == before


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_toxic_that_somebody_replaced_is_kept_and_reported(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    if (intent := stand.possible(kind, params)) is None:
        return
    injector.apply(intent, soon())
    if not stand.replace_toxic(intent.marker):
        return  # our server takes a mark once
    reverted = injector.revert(intent, soon())
    assert reverted.outcome is RevertOutcome.KEPT and "replaced by someone else" in reverted.reason, reverted
    assert [toxic["name"] for toxic in stand.shown()["toxics"]] == [intent.marker]
    assert injector.presence(intent, soon()).is_over
    stand.server.http.delete(f"/proxies/db/toxics/{intent.marker}")
    assert stand.shown() == before


def test_proxy_disabled_by_somebody_else_is_kept(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    intent = stand.plan("outage")
    stand.proxied.update(enabled=False)
    restored = injector.revert(intent, soon())
    if stand.is_ours:
        assert restored.outcome is RevertOutcome.KEPT
        assert stand.shown()["enabled"] is False
    else:
        assert restored.outcome is RevertOutcome.REVERTED, (
            "the original keeps no marks: off is our value, and ours until shown else"
        )


def test_marker_of_another_drill_refuses_the_fault(stand: Stand) -> None:
    stand.proxied.toxic("latency", name="gd-ffff00000001")
    with pytest.raises(Refused, match="gd-ffff00000001"):
        stand.plan("latency", delay="100ms")


@pytest.mark.parametrize(("kind", "params"), FAULTS)
def test_leftovers_are_found_from_the_engine_alone(stand: Stand, kind: str, params: dict[str, Json]) -> None:
    injector, before = ToxiproxyInjector(), stand.shown()
    if (intent := stand.possible(kind, params)) is None:
        return
    injector.apply(intent, soon())
    others = stand.proxied.toxic("latency", name=f"gd-like-ours-{stand.mark[3:]}")
    [stray] = injector.leftovers(stand.binding, soon())
    assert stray.marker == stand.mark
    assert injector.revert(stray, soon()).outcome is RevertOutcome.REVERTED
    stand.server.http.delete(others)
    assert stand.shown() == before


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"url": "http://127.0.0.1:1", "proxy": "db"}, "does not respond"),
        ({"proxy": "db"}, "requires `url` and `proxy`"),
        ({"url": "ftp://x", "proxy": "db"}, "does not begin with http://"),
        ({"url": "http://127.0.0.1:1", "proxy": "db", "port": 1}, "has no key port"),
    ],
)
def test_invalid_binding_is_refused(settings: dict[str, Json], match: str) -> None:
    with pytest.raises(Refused, match=match):
        ToxiproxyInjector().plan(
            Fault("f", "latency", "database", {"delay": "1ms"}),
            Binding("t", "database", "toxiproxy", settings),
            MARK,
            soon(),
        )


def test_unknown_proxy_lists_the_existing_ones(stand: Stand) -> None:
    binding = replace(stand.binding, settings={**stand.binding.settings, "proxy": "DB"})
    with pytest.raises(Refused, match="Existing proxies: db"):
        ToxiproxyInjector().plan(Fault("f", "latency", "database", {"delay": "1ms"}), binding, MARK, soon())


def test_traffic_means_a_connected_client(stand: Stand) -> None:
    injector = ToxiproxyInjector()
    assert "carries no traffic" in injector.check_target(stand.binding, soon())
    with stand.proxied.pair():
        assert injector.check_target(stand.binding, soon()) == ""


def test_http_proxy_variables_are_ignored(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert "db" in Wrapped(str(stand.server.http.base_url)).proxies(soon())


def test_server_texts_cannot_forge_plan_lines(stand: Stand) -> None:
    stand.change("", {"upstream": "127.0.0.1:1\n  reverts   nothing needs \x1b[31m reverting"})
    assert stand.plan("latency", delay="1s").target_text.isprintable()


def test_warnings_name_the_toxics_that_belong_to_no_drill(stand: Stand) -> None:
    intent, injector = stand.plan("latency", delay="1ms"), ToxiproxyInjector()
    assert injector.interference_warnings(intent, soon()) == []
    stand.proxied.toxic("latency", name="mine", attributes={"latency": 5})
    [warning] = injector.interference_warnings(intent, soon())
    assert warning == "toxic mine on proxy db does not belong to a drill and stays active"
    injector.apply(intent, soon())
    stand.proxied.toxic("noop", name="gd-too")
    assert [text.partition(" on ")[0] for text in injector.interference_warnings(intent, soon())] == [
        "toxic mine",
        "toxic gd-too",
    ]


def test_settled_names_a_disabled_proxy_and_one_without_clients(stand: Stand) -> None:
    intent, injector = stand.plan("latency", delay="1ms"), ToxiproxyInjector()
    stand.change("", {"enabled": False})
    assert injector.find_unsettled(intent, soon()) == "proxy db is disabled"
    stand.change("", {"enabled": True})
    assert injector.find_unsettled(intent, soon(1.0)) == "no client has reconnected to proxy db"
    with stand.proxied.pair():
        assert injector.find_unsettled(intent, soon()) == ""
