"""Silences on Alertmanager's own server: made, renewed, deleted, and told from those of other people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.prometheus import Monitoring, alerting

from gameday.drill.injector_registry import InjectorRegistry
from gameday.errors import Refused
from gameday.injectors.alertmanager.injector import SilenceInjector
from gameday.model import Binding, Fault
from gameday.plugins.types import SILENCE_INJECTOR, ApplyOutcome, Deadline, Intent, Presence, Renewal, RevertOutcome

pytestmark = pytest.mark.engine("prometheus")

MARKER = "gd-7f3a69a81c00"
SILENCE = Fault("silence", "silence", "alerts", {})


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    with alerting(tmp_path_factory.mktemp("alertmanager")) as started:
        yield started


@pytest.fixture(autouse=True)
def no_silence_is_left(servers: Monitoring) -> Iterator[None]:
    yield
    for silence in servers.active_silences():
        servers.expire(silence["id"])


@pytest.fixture
def injector() -> SilenceInjector:
    return SilenceInjector()


def soon() -> Deadline:
    return Deadline.after(5.0)


def bind(servers: Monitoring, *matchers: str, environment: str = "staging") -> Binding:
    listed = list(matchers or ('environment="staging"', 'severity=~"page|warn"', 'team!="shop"'))
    settings: dict[str, Any] = {"url": servers.alertmanager, "matchers": listed}
    return Binding(environment, "alerts (silence)", SILENCE_INJECTOR, settings)


def planned(servers: Monitoring, injector: SilenceInjector, *matchers: str, marker: str = MARKER) -> Intent:
    return injector.plan(SILENCE, bind(servers, *matchers), marker, soon())


def test_silence_says_that_it_is_of_a_drill_and_nothing_else(servers: Monitoring, injector: SilenceInjector) -> None:
    intent = planned(servers, injector)
    assert injector.presence(intent, soon()) is Presence.ABSENT
    for _ in range(2):  # idempotent: a repeated request makes no second one
        assert injector.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    [silence] = servers.active_silences()
    assert injector.presence(intent, soon()) is Presence.PRESENT
    assert silence["comment"] == f"[DRILL] {MARKER}: planned drill in staging; this silence ends with it"
    assert silence["createdBy"] == "gameday"
    matchers = {(m["name"], m["value"], m["isRegex"], m["isEqual"]) for m in silence["matchers"]}
    assert matchers == {
        ("environment", "staging", False, True), ("severity", "page|warn", True, True), ("team", "shop", False, False),
    }  # fmt: skip
    assert injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert injector.presence(intent, soon()) is Presence.ABSENT and not servers.active_silences()
    assert injector.revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_silence_ends_by_itself_unless_it_is_renewed(servers: Monitoring, injector: SilenceInjector) -> None:
    intent = planned(servers, injector)
    assert intent.lease and "lease expires after" in intent.auto_revert
    injector.apply(intent, soon())
    before = injector.lease_expires_at(intent, soon())
    [made] = servers.active_silences()
    assert injector.renew(intent, 600.0, soon()) is Renewal.RENEWED
    [renewed] = servers.active_silences()
    assert renewed["id"] == made["id"], "changed in place"
    assert injector.lease_expires_at(intent, soon()) > before + 500
    assert injector.renew(intent, 600.0, soon()) is Renewal.RENEWED
    assert servers.active_silences() == [renewed], "a fresh one is not written again"


def test_silence_that_somebody_ended_stays_ended(servers: Monitoring, injector: SilenceInjector) -> None:
    intent = planned(servers, injector)
    injector.apply(intent, soon())
    servers.expire(servers.active_silences()[0]["id"])
    assert injector.renew(intent, 600.0, soon()) is Renewal.LAPSED
    assert injector.presence(intent, soon()) is Presence.ABSENT
    assert not servers.active_silences() and injector.lease_expires_at(intent, soon()) == 0


def test_silences_of_other_people_are_never_touched(servers: Monitoring, injector: SilenceInjector) -> None:
    servers.silence("JourneySlow", comment=f"see [DRILL] {MARKER}")
    servers.silence("JourneySlow", comment=f"[DRILL] {MARKER}: copied by a person; planned drill in staging;")
    theirs = servers.active_silences()
    intent = planned(servers, injector)
    injector.apply(intent, soon())
    assert [leftover.marker for leftover in injector.leftovers(bind(servers), soon())] == [MARKER]
    injector.revert(intent, soon())
    assert servers.active_silences() == theirs and not injector.leftovers(bind(servers), soon())


def test_silence_that_somebody_made_into_another_one_is_kept(servers: Monitoring, injector: SilenceInjector) -> None:
    """Alertmanager's page edits a silence by a new one with the same comment and author."""
    intent = planned(servers, injector)
    injector.apply(intent, soon())
    [made] = servers.active_silences()
    changed = {**made, "matchers": [{"name": "team", "value": "shop", "isRegex": False, "isEqual": True}]}
    url = f"{servers.alertmanager}/api/v2/silences"
    httpx.post(url, json=changed, timeout=5.0, trust_env=False).raise_for_status()
    assert injector.presence(intent, soon()) is Presence.MODIFIED
    restored = injector.revert(intent, soon())
    assert restored.outcome is RevertOutcome.KEPT and "somebody changed silence" in restored.reason
    assert len(servers.active_silences()) == 1


def test_leftovers_are_those_of_this_environment(servers: Monitoring, injector: SilenceInjector) -> None:
    injector.apply(planned(servers, injector), soon())
    [leftover] = injector.leftovers(bind(servers, 'team="other"'), soon())
    assert (leftover.drill, leftover.marker, leftover.environment) == ("gd-7f3a", MARKER, "staging")
    assert injector.revert(leftover, soon()).outcome is RevertOutcome.REVERTED and not servers.active_silences()
    assert not injector.leftovers(bind(servers, environment="qa"), soon())


def test_server_that_does_not_answer_is_no_absence(tmp_path: Path, injector: SilenceInjector) -> None:
    with alerting(tmp_path) as servers:
        intent = planned(servers, injector)
        injector.apply(intent, soon())
    assert injector.presence(intent, soon()) is Presence.UNKNOWN
    assert injector.revert(intent, soon()).outcome is RevertOutcome.PENDING
    assert injector.apply(intent, soon()).outcome is ApplyOutcome.UNKNOWN
    assert injector.renew(intent, 60.0, soon()) is Renewal.UNSUPPORTED
    for call in (injector.leftovers, lambda binding, deadline: injector.plan(SILENCE, binding, MARKER, deadline)):
        with pytest.raises(Refused, match="Alertmanager at "):
            call(bind(servers), soon())


def test_refused_silence_says_why(servers: Monitoring, injector: SilenceInjector) -> None:
    result = injector.apply(planned(servers, injector, 'team=""'), soon())
    assert result.outcome is ApplyOutcome.REFUSED and "empty string" in result.reason


def test_no_scenario_and_no_target_can_name_it() -> None:
    registry = InjectorRegistry()
    assert SILENCE_INJECTOR not in registry.names()
    assert not registry[SILENCE_INJECTOR].kinds
