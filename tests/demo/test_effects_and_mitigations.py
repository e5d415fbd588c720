"""The effect of each fault on the shop, and the effect of each mitigation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import support.demo as look

from gameday.demo import lifecycle
from gameday.demo.actions import main as run_action
from gameday.demo.demo_record import Demo
from gameday.demo.environment import environment_yaml
from gameday.demo.http_json import request_json
from gameday.demo.proxy import CACHE, PAYMENTS


@pytest.fixture(params=["gameday", pytest.param("toxiproxy-server", marks=pytest.mark.engine("toxiproxy"))])
def slow(request: pytest.FixtureRequest, demo_on: Callable[[str], Demo]) -> Iterator[tuple[Demo, float]]:
    """Yield a demo whose database is 400 ms slower per round trip, and its p95 before."""
    demo = demo_on(request.param)
    assert demo.proxy_kind == request.param
    baseline = look.settled(demo, at_most=0.5)
    look.late(demo, 400)
    yield demo, baseline
    look.late(demo, 0)
    for name, switch in request_json(f"{demo.shop_url}/switches").items():
        request_json(f"{demo.shop_url}/switches/{name}", {"on": switch["default"]})


def test_a_slow_database_slows_the_checkout_and_recommendations_off_mitigates(slow: tuple[Demo, float]) -> None:
    demo, baseline = slow
    look.until(lambda: look.p95(demo) > 5 * baseline)
    before = look.stats(demo)
    assert run_action(["switch", demo.shop_url, "recommendations", "off"]) == 0
    assert look.settled(demo, at_most=3 * baseline) > 0.69, "the fault is still active"
    after = look.stats(demo)
    assert 0.39 < after["database"]["wait"] < 0.6
    for page in ("journey", "neighbour"):
        total = after[page]["total"] - before[page]["total"]
        assert total > 20
        assert after[page]["good"] - before[page]["good"] >= 0.99 * total


def test_a_slow_database_fires_the_alert_and_read_cache_on_mitigates(demo: Demo) -> None:
    baseline = look.settled(demo, at_most=0.5)
    look.until(lambda: not _alerts(demo))
    look.late(demo, 400)
    try:
        look.until(lambda: [alert["state"] for alert in _alerts(demo)] == ["firing"])
        assert look.p95(demo) > 5 * baseline
        assert look.stats(demo)["database"]["cpu"] < 0.5
        assert run_action(["switch", demo.shop_url, "read-cache", "on"]) == 0
        assert look.settled(demo, at_most=3 * baseline) > 0.69
        look.until(lambda: not _alerts(demo))
        before = look.stats(demo)["journey"]
        assert run_action(["switch", demo.shop_url, "read-cache", "off"]) == 0
        look.late(demo, 3000)
        look.until(lambda: _failed_since(demo, before) > 0.1)
    finally:
        look.late(demo, 0)
        assert run_action(["switch", demo.shop_url, "read-cache", "off"]) == 0


def test_a_payments_outage_fails_every_checkout_and_pay_later_on_mitigates(demo: Demo) -> None:
    look.settled(demo, at_most=0.5)
    look.turned(demo, PAYMENTS, on=False)
    try:
        look.until(lambda: look.firing(demo) >= {"JourneyFailing"})
        before = look.stats(demo)
        assert before["payments"]["good"] < before["payments"]["total"]
        assert run_action(["switch", demo.shop_url, "pay-later", "on"]) == 0
        look.settled(demo, at_most=0.5)
        after = look.stats(demo)
        assert after["payments"]["total"] <= before["payments"]["total"] + 10, "the provider gets no requests"
        assert after["neighbour"]["good"] == after["neighbour"]["total"]
    finally:
        look.turned(demo, PAYMENTS, on=True)
        assert run_action(["switch", demo.shop_url, "pay-later", "off"]) == 0
    look.until(lambda: not look.firing(demo))


def test_a_hanging_cache_costs_its_timeout_and_cache_bypass_on_mitigates(demo: Demo) -> None:
    baseline = look.settled(demo, at_most=0.5, after=30)  # later than the orders of the previous test
    look.silent(demo, CACHE, True)
    try:
        look.until(lambda: look.firing(demo) >= {"JourneySlow"})
        assert 0.9 < look.stats(demo)["cache"]["wait"] < 1.5
        before = look.stats(demo)["journey"]
        assert run_action(["switch", demo.shop_url, "cache-bypass", "on"]) == 0
        assert look.settled(demo, at_most=2 * baseline) < 2 * baseline
        assert _failed_since(demo, before) == 0
    finally:
        look.silent(demo, CACHE, False)
        assert run_action(["switch", demo.shop_url, "cache-bypass", "off"]) == 0
    look.until(lambda: not look.firing(demo))


def test_the_load_can_be_stopped_and_started(demo: Demo) -> None:
    for wrong in ({"rate": -1}, {"rate": "many"}, {"rate": float("nan")}, {}, 3):
        with pytest.raises(OSError, match="400"):
            request_json(f"{demo.load_url}/load", wrong)
    request_json(f"{demo.load_url}/load", {"rate": 0})
    look.until(lambda: look.stats(demo)["journey"]["n"] == 0)
    request_json(f"{demo.load_url}/load", {"rate": demo.rate})
    look.until(lambda: look.stats(demo)["journey"]["n"] >= 5)


def test_an_unknown_switch_is_refused_with_the_known_ones(demo: Demo) -> None:
    with pytest.raises(OSError, match="recommendations, read-cache, pool-timeout"):
        request_json(f"{demo.shop_url}/switches/turbo", {"on": True})
    with pytest.raises(OSError, match="400"):
        request_json(f"{demo.shop_url}/switches/read-cache", {"on": "yes"})
    assert run_action(["switch", demo.shop_url, "turbo", "on"]) == 1
    assert run_action(["switch", demo.shop_url, "turbo"]) == 2


def test_a_database_restart_keeps_the_process_and_the_shop_recovers(demo: Demo, tmp_path: Path) -> None:
    assert run_action(["restart-database", str(demo.home)]) == 0
    assert lifecycle.is_healthy(demo)
    look.settled(demo, at_most=0.6, after=30)
    before = look.stats(demo)["journey"]
    look.until(lambda: look.stats(demo)["journey"]["total"] > before["total"] + 8)
    assert _failed_since(demo, before) == 0
    assert run_action(["restart-database", str(tmp_path)]) == 1
    assert run_action(["restart-database"]) == 2
    assert run_action([]) == 2


def test_every_address_in_the_environment_file_answers(demo: Demo) -> None:
    import yaml

    environment = yaml.safe_load(environment_yaml(demo))["environments"]["demo"]
    stats = look.stats(demo)
    for name, signal in environment["signals"].items():
        for key in ("good_count", "total_count", "value", "n"):
            part, _, field = signal.get(key, "journey.n").partition(".")
            assert field in stats[part], f"{name}: {key}"
    target = environment["targets"]["database"]
    assert request_json(f"{target['url']}/proxies/{target['proxy']}")["enabled"] is True
    assert b"checkout" in _text(environment["runbooks"]["slow-journey"])


def _failed_since(demo: Demo, before: dict[str, int]) -> float:
    after = look.stats(demo)["journey"]
    total, good = after["total"] - before["total"], after["good"] - before["good"]
    return 1 - good / total if total else 0.0


def _alerts(demo: Demo) -> list[dict[str, str]]:
    alerts: list[dict[str, str]] = request_json(f"{demo.load_url}/api/v1/alerts")["data"]["alerts"]
    return alerts


def _text(url: str) -> bytes:
    import httpx

    return httpx.get(url, trust_env=False).content
