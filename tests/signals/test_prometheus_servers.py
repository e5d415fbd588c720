"""Queries and alerts on Prometheus' and Alertmanager's own servers, alone and in whole drills."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.drill_folder import eventually
from support.fake_shop import Shop
from support.prometheus import Monitoring, monitoring
from support.proxy_drill import Place, serving

from gameday.errors import Exit
from gameday.model import Json, SignalBinding, SignalKind
from gameday.plugins.probe import Measurement
from gameday.signals.probe_registry import open_probe

pytestmark = pytest.mark.engine("prometheus")

WAIT = "shop_wait_seconds"
GOOD = 'sum(increase(shop_requests_total{outcome="good"}[5s]))'
TOTAL = "sum(increase(shop_requests_total[5s]))"
GAMEDAY = """\
gameday: 1
default_env: {name}
environments:
  {name}:
    targets: {{database: {{injector: toxiproxy, url: "{url}", proxy: {name}}}}}
    signals:
      wait: {{kind: duration, probe: prometheus, url: "{prometheus}", query: shop_wait_seconds, healthy: at_most 90ms,
             every: 200ms}}
      slow: {{kind: alert, probe: alerts, from: alertmanager, url: "{alertmanager}", alert: JourneySlow,
             labels: {{team: shop}}, every: 200ms}}
"""
SCENARIO = """\
gameday: 1
id: late
timebox: 90s
requires: {{targets: {{database: where it writes}}, signals: {{wait: {{kind: duration}}, slow: {{kind: alert}}}}}}
hypothesis:
  statement: "The alert fires in time."
  expect:
    - {{signal: slow, fires: true, by: {by}}}
    - {{signal: wait, at_most: 2s, over: 500ms}}
steady_state: [{{signal: wait, is: healthy}}]
faults: [{{id: slow, at: start+0s, kind: latency, target: database, delay: 300ms,
          shows: {{signal: wait, above: 150ms, by: fault+20s}}}}]
page: {{alert: slow, fallback: {fallback}, say: "It is slow."}}
guardrails: [{{signal: wait, above: {guardrail}, for: 500ms}}]
ends: {ends}
rehearsal: {{pace: 1, responders: [{{at: paged+300ms, do: acknowledged}}]}}
"""


class Values:
    """The metrics of the probes' tests: a wait, and requests that grow with each scrape."""

    def __init__(self) -> None:
        self.wait, self._count = 0.01, 0

    def __call__(self) -> dict[str, float]:
        self._count += 1
        requests = {"good": 3 * self._count, "bad": self._count}
        counted = {f'shop_requests_total{{outcome="{outcome}"}}': count for outcome, count in requests.items()}
        return {WAIT: self.wait, **counted}


@pytest.fixture(scope="module")
def values() -> Values:
    return Values()


@pytest.fixture(scope="module")
def servers(values: Values, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    with monitoring(tmp_path_factory.mktemp("prometheus"), values) as found:
        yield found


def read(kind: SignalKind, probe: str, url: str, **settings: Json) -> Measurement:
    async def once() -> Measurement:
        opened = open_probe(SignalBinding("journey", kind, probe, {"url": url, "timeout": 5.0, **settings}))
        try:
            return await opened.read()
        finally:
            await opened.close()

    return asyncio.run(once())


def query(servers: Monitoring, text: str, kind: SignalKind = SignalKind.DURATION, **more: Json) -> Measurement:
    return read(kind, "prometheus", servers.prometheus, query=text, **more)


def alert(servers: Monitoring, name: str, source: str, **more: Json) -> Measurement:
    return read(SignalKind.ALERT, "alerts", getattr(servers, source), alert=name, **{"from": source}, **more)


def test_query_has_its_value_its_sample_size_and_its_range(servers: Monitoring) -> None:
    assert query(servers, WAIT) == Measurement(0.01, 1)
    assert query(servers, "scalar(shop_wait_seconds) * 2") == Measurement(0.02, 1)
    eventually(lambda: query(servers, f"{GOOD} / {TOTAL}", SignalKind.RATIO, n=TOTAL).n >= 10, "ten requests")
    ratio = query(servers, f"{GOOD} / {TOTAL}", SignalKind.RATIO, n=TOTAL)
    assert ratio.value == pytest.approx(0.75) and ratio.over == 5.0


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("shop_weight", "the query returned nothing"),
        ("shop_requests_total", "the query returned 2 series instead of one; use sum(), for example"),
        ("sum(", "parse error"),
        ("shop_wait_seconds / 0 - shop_wait_seconds / 0", "not a number"),
    ],
)
def test_query_without_one_number_is_unknown(servers: Monitoring, text: str, wrong: str) -> None:
    measurement = query(servers, text)
    assert measurement.value is None and wrong in measurement.error


def test_alert_fires_once_it_is_no_longer_pending_and_not_while_it_is_silenced(
    servers: Monitoring, values: Values
) -> None:
    slow: list[Callable[[], Measurement]] = [
        lambda: alert(servers, "JourneySlow", "prometheus", labels={"team": "shop"}),
        lambda: alert(servers, "JourneySlow", "alertmanager", labels={"team": "shop"}),
    ]
    assert [read_alert() for read_alert in slow] == [Measurement(0.0, 1)] * 2
    values.wait = 0.3
    eventually(lambda: [read_alert().value for read_alert in slow] == [1.0, 1.0], "the alert")
    assert servers.states("JourneyStuck") == ["pending"]
    assert alert(servers, "JourneyStuck", "prometheus") == Measurement(0.0, 1), "pending for an hour"
    assert alert(servers, "JourneySlow", "alertmanager", labels={"team": "other"}) == Measurement(0.0, 1)
    silence = servers.silence("JourneySlow")
    eventually(lambda: slow[1]().value == 0.0, "the silence")
    assert slow[0]() == Measurement(1.0, 1), "Prometheus knows of no silence"
    httpx.delete(silence, timeout=5.0, trust_env=False).raise_for_status()
    eventually(lambda: slow[1]().value == 1.0, "the end of the silence")
    values.wait = 0.01
    eventually(lambda: [read_alert().value for read_alert in slow] == [0.0, 0.0], "the end of the alert")


def test_alert_without_a_rule_is_unknown(servers: Monitoring) -> None:
    missing = alert(servers, "JourneyLost", "prometheus")
    assert missing.value is None
    assert "no alerting rule JourneyLost (it has: JourneySlow, JourneyStuck)" in missing.error


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Return a shop behind a proxy whose signals are a query and an alert."""
    shop = Shop()
    (tmp_path / "prometheus").mkdir()
    with serving(None) as proxy:
        place = Place(proxy, shop, tmp_path)
        with monitoring(tmp_path / "prometheus", lambda: {WAIT: place.client.latency}) as servers:
            urls = {"prometheus": servers.prometheus, "alertmanager": servers.alertmanager}
            (tmp_path / "gameday.yaml").write_text(GAMEDAY.format(name=place.name, url=place.url, **urls))
            yield place
        place.close()
    shop.close()


def write_scenario(
    place: Place, by: str = "fault+30s", fallback: str = "fault+1m", guardrail: str = "20s", ends: str = "paged+2s"
) -> None:
    text = SCENARIO.format(by=by, fallback=fallback, guardrail=guardrail, ends=ends)
    (place.folder / "late.yaml").write_text(text)


def paged_by(events: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [str(data.get("by", "environment")) for kind, data in events if kind == "paged"]


def test_alert_of_alertmanager_pages_and_is_expected(place: Place) -> None:
    write_scenario(place)
    run = place.run()
    assert run.code() == Exit.HELD, run.describe()
    events = run.events()
    assert ("alert", "slow") in [(kind, data.get("signal")) for kind, data in events]
    assert paged_by(events) == ["environment"]
    assert place.clean()


def test_silent_alert_is_paged_by_the_program_and_breaks_the_hypothesis(place: Place) -> None:
    gameday = place.folder / "gameday.yaml"
    gameday.write_text(gameday.read_text().replace("JourneySlow", "JourneyStuck"))
    write_scenario(place, by="fault+2s", fallback="fault+1s", ends="fault+4s")
    run = place.run()
    assert run.code() == Exit.NOT_HELD, run.describe()
    assert paged_by(run.events()) == ["program"]
    assert place.clean()


def test_guardrail_on_a_query_halts_the_drill(place: Place) -> None:
    write_scenario(place, guardrail="200ms", ends="fault+60s")
    run = place.run()
    assert run.code() == Exit.HALTED, run.describe()
    assert "guardrail-breach" in run.kinds()
    assert place.clean()
