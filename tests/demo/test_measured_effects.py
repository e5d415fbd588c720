"""The figures a drill rests on: how slow 400 ms make the checkout, and that both ways out get there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import support.demo as look

from gameday.demo import lifecycle
from gameday.demo.demo_record import Demo
from gameday.demo.environment import environment_yaml
from gameday.demo.http_json import ask
from gameday.demo.proxy import CACHE, PAYMENTS
from gameday.demo.restart import main as restart
from gameday.demo.set_switch import main as throw


@pytest.fixture(params=["gameday", pytest.param("toxiproxy-server", marks=pytest.mark.engine("toxiproxy"))])
def slow(request: pytest.FixtureRequest, demo_on: Callable[[str], Demo]) -> Iterator[tuple[Demo, float]]:
    """A demo whose database is 400 ms late a round trip, and its usual p95."""
    demo = demo_on(request.param)
    assert demo.proxy_kind == request.param
    usual = look.settled(demo, at_most=0.5)
    look.late(demo, 400)
    yield demo, usual
    look.late(demo, 0)
    for name, switch in ask(f"{demo.shop_url}/switches").items():
        ask(f"{demo.shop_url}/switches/{name}", {"on": switch["usually"]})


def test_a_late_database_makes_the_checkout_slow_and_shedding_work_ends_it(slow: tuple[Demo, float]) -> None:
    demo, usual = slow
    look.until(lambda: look.p95(demo) > 5 * usual)
    before = look.stats(demo)
    assert throw([demo.shop_url, "recommendations", "off"]) == 0
    assert look.settled(demo, at_most=3 * usual) > 0.69, "the fault still stands"
    after = look.stats(demo)
    assert 0.39 < after["database"]["wait"] < 0.6
    for seen in ("journey", "neighbour"):
        total = after[seen]["total"] - before[seen]["total"]
        assert total > 20
        assert after[seen]["good"] - before[seen]["good"] >= 0.99 * total


def test_the_alert_fires_and_the_read_cache_ends_it_too(demo: Demo) -> None:
    usual = look.settled(demo, at_most=0.5)
    look.until(lambda: not _alerts(demo))
    look.late(demo, 400)
    try:
        look.until(lambda: [one["state"] for one in _alerts(demo)] == ["firing"])
        assert look.p95(demo) > 5 * usual
        assert look.stats(demo)["database"]["cpu"] < 0.5
        assert throw([demo.shop_url, "read-cache", "on"]) == 0
        assert look.settled(demo, at_most=3 * usual) > 0.69
        look.until(lambda: not _alerts(demo))
        before = look.stats(demo)["journey"]
        assert throw([demo.shop_url, "read-cache", "off"]) == 0
        look.late(demo, 3000)
        look.until(lambda: _failed_since(demo, before) > 0.1)
    finally:
        look.late(demo, 0)
        assert throw([demo.shop_url, "read-cache", "off"]) == 0


def test_without_payments_nobody_gets_through_until_orders_are_paid_later(demo: Demo) -> None:
    look.settled(demo, at_most=0.5)
    look.turned(demo, PAYMENTS, on=False)
    try:
        look.until(lambda: look.firing(demo) >= {"JourneyFailing"})
        before = look.stats(demo)
        assert before["payments"]["good"] < before["payments"]["total"]
        assert throw([demo.shop_url, "pay-later", "on"]) == 0
        look.settled(demo, at_most=0.5)
        after = look.stats(demo)
        assert after["payments"]["total"] <= before["payments"]["total"] + 10, "nobody asks the provider"
        assert after["neighbour"]["good"] == after["neighbour"]["total"]
    finally:
        look.turned(demo, PAYMENTS, on=True)
        assert throw([demo.shop_url, "pay-later", "off"]) == 0
    look.until(lambda: not look.firing(demo))


def test_a_silent_cache_costs_its_time_out_until_it_is_passed_by(demo: Demo) -> None:
    usual = look.settled(demo, at_most=0.5, after=30)  # none of them paid later
    look.silent(demo, CACHE, True)
    try:
        look.until(lambda: look.firing(demo) >= {"JourneySlow"})
        assert 0.9 < look.stats(demo)["cache"]["wait"] < 1.5
        before = look.stats(demo)["journey"]
        assert throw([demo.shop_url, "cache-bypass", "on"]) == 0
        assert look.settled(demo, at_most=2 * usual) < 2 * usual
        assert _failed_since(demo, before) == 0
    finally:
        look.silent(demo, CACHE, False)
        assert throw([demo.shop_url, "cache-bypass", "off"]) == 0
    look.until(lambda: not look.firing(demo))


def test_the_load_can_be_stopped_and_started(demo: Demo) -> None:
    for wrong in ({"rate": -1}, {"rate": "many"}, {"rate": float("nan")}, {}, 3):
        with pytest.raises(OSError, match="400"):
            ask(f"{demo.load_url}/load", wrong)
    ask(f"{demo.load_url}/load", {"rate": 0})
    look.until(lambda: look.stats(demo)["journey"]["n"] == 0)
    ask(f"{demo.load_url}/load", {"rate": demo.rate})
    look.until(lambda: look.stats(demo)["journey"]["n"] >= 5)


def test_a_switch_that_is_none_is_refused_by_name(demo: Demo) -> None:
    with pytest.raises(OSError, match="recommendations, read-cache, pool-timeout"):
        ask(f"{demo.shop_url}/switches/turbo", {"on": True})
    with pytest.raises(OSError, match="400"):
        ask(f"{demo.shop_url}/switches/read-cache", {"on": "yes"})
    assert throw([demo.shop_url, "turbo", "on"]) == 1
    assert throw([demo.shop_url, "turbo"]) == 2


def test_a_restarted_database_is_the_same_process_and_the_shop_comes_back(demo: Demo, tmp_path: Path) -> None:
    assert restart([str(demo.home)]) == 0
    assert lifecycle.healthy(demo)
    look.settled(demo, at_most=0.6, after=30)
    before = look.stats(demo)["journey"]
    look.until(lambda: look.stats(demo)["journey"]["total"] > before["total"] + 8)
    assert _failed_since(demo, before) == 0
    assert restart([str(tmp_path)]) == 1
    assert restart([]) == 2


def test_every_address_of_the_environment_file_answers(demo: Demo) -> None:
    import yaml

    written = yaml.safe_load(environment_yaml(demo))["environments"]["demo"]
    stats = look.stats(demo)
    for name, signal in written["signals"].items():
        for key in ("good_count", "total_count", "value", "n"):
            part, _, field = signal.get(key, "journey.n").partition(".")
            assert field in stats[part], f"{name}: {key}"
    target = written["targets"]["database"]
    assert ask(f"{target['url']}/proxies/{target['proxy']}")["enabled"] is True
    assert b"checkout" in _text(written["runbooks"]["slow-journey"])


def _failed_since(demo: Demo, before: dict[str, int]) -> float:
    after = look.stats(demo)["journey"]
    total, good = after["total"] - before["total"], after["good"] - before["good"]
    return 1 - good / total if total else 0.0


def _alerts(demo: Demo) -> list[dict[str, str]]:
    found: list[dict[str, str]] = ask(f"{demo.load_url}/api/v1/alerts")["data"]["alerts"]
    return found


def _text(url: str) -> bytes:
    import httpx

    return httpx.get(url, trust_env=False).content
