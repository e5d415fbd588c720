"""Conditions of the start: a breach before the fault refuses, and a broken probe is never taken for one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gameday.clock import JumpClock
from gameday.drill.observers.observer import BaselineValues
from gameday.drill.start_conditions import CheckResult, StartConditions, refusal, unreadable_remedy
from gameday.events import SteadyStateChecked
from gameday.files.scenario import read_scenario
from gameday.model import (
    Comparison,
    Environment,
    Expectation,
    Guardrail,
    Limit,
    Reading,
    Scenario,
    SignalBinding,
    SignalKind,
)
from gameday.signals.series import Series

PERIODS = 8
SHOP, PAGE = "shop", "shop-down"
LIBRARY = Path(__file__).parents[2] / "scenarios"
BELOW_HALF = Guardrail(SHOP, Comparison.BELOW, Limit(0.5, False, "50%"), hold=5.0)
BINDINGS = {
    SHOP: SignalBinding(
        SHOP, SignalKind.RATIO, "http", {}, healthy=Expectation(SHOP, Comparison.AT_LEAST, Limit(0.9, False, "90%"))
    ),
    PAGE: SignalBinding(PAGE, SignalKind.ALERT, "alerts", {}),
}


class Readings:
    """One reading of each signal a second: those given, and then the last again."""

    def __init__(self, **values: Sequence[float | None]) -> None:
        self.clock = JumpClock()
        self.since = self.clock.monotonic()
        self._values = {name.replace("_", "-"): list(given) for name, given in values.items()}
        self.series = {name: Series(BINDINGS[name].kind) for name in self._values}
        self._second = 0
        self.pause(PERIODS)

    def pause(self, seconds: float) -> None:
        self.clock.wait(threading.Event(), seconds)
        while self.since + self._second + 1 <= self.clock.monotonic():
            self._second += 1
            for name, given in self._values.items():
                value = given[min(self._second, len(given)) - 1]
                reading = Reading(name, self.since + self._second, value, 0 if value is None else 9, "no such host")
                self.series[name].add(reading)

    def conditions(self, scenario: Scenario, baseline: dict[str, float] | None = None) -> StartConditions:
        ground = BaselineValues(Environment("staging", {}, BINDINGS, {}), baseline or {})
        return StartConditions(scenario, self.series, self.clock, self.pause, self.since, ground)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    read = read_scenario(LIBRARY / "db-slowdown.yaml")
    return replace(read, guardrails=(BELOW_HALF,), steady_state=(Expectation(SHOP, Comparison.IS_HEALTHY),))


def check_guardrail(readings: Readings, scenario: Scenario, baseline: dict[str, float] | None = None) -> CheckResult:
    (check,) = readings.conditions(scenario, baseline).guardrails()
    return check


def test_guardrail_within_its_limit_passes(scenario: Scenario) -> None:
    assert check_guardrail(Readings(shop=[1.0]), scenario).ok


def test_guardrail_breached_all_the_time_is_refused(scenario: Scenario) -> None:
    check = check_guardrail(Readings(shop=[0.0]), scenario)
    assert not check.ok
    assert check.message.startswith("guardrail shop below 50%: already breached: shop is 0%")


def test_breach_for_longer_than_preflight_measured_is_refused(scenario: Scenario) -> None:
    long = replace(scenario, guardrails=(replace(BELOW_HALF, hold=300.0),))
    readings = Readings(shop=[0.0])
    assert not check_guardrail(readings, long).ok
    assert readings.clock.monotonic() == readings.since + PERIODS, "nothing is left to wait for"


def test_breach_that_just_began_is_watched_until_it_is_decided(scenario: Scenario) -> None:
    assert not check_guardrail(Readings(shop=[1.0] * 6 + [0.0]), scenario).ok
    assert check_guardrail(Readings(shop=[1.0] * 6 + [0.0, 0.0, 0.0, 1.0]), scenario).ok


def test_guardrail_that_cannot_be_read_is_a_broken_probe_and_no_breach(scenario: Scenario) -> None:
    check = check_guardrail(Readings(shop=[None]), scenario)
    assert not check.ok
    assert check.message == "guardrail cannot be checked: shop cannot be read: no such host"
    assert "probe" in check.remedy


def test_guardrail_relative_to_a_baseline_that_was_not_measured_is_refused(scenario: Scenario) -> None:
    relative = replace(BELOW_HALF, limit=Limit(0.5, True, "0.5x baseline"))
    check = check_guardrail(Readings(shop=[1.0]), replace(scenario, guardrails=(relative,)))
    assert (check.ok, check.message) == (
        False, "guardrail cannot be checked: shop cannot be read: its baseline was not measured"
    )  # fmt: skip
    assert check_guardrail(Readings(shop=[1.0]), replace(scenario, guardrails=(relative,)), {SHOP: 1.0}).ok


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1.0], "steady state holds"),
        ([0.0], "steady state does not hold: shop is 0%"),
        ([None], "steady state cannot be checked: shop cannot be read: no such host"),
    ],
)
def test_steady_state_tells_a_broken_system_from_a_broken_probe(
    scenario: Scenario, values: list[float | None], message: str
) -> None:
    checks, _ = Readings(shop=values).conditions(scenario).steady_state()
    (check,) = checks
    assert check.message.startswith(message)
    assert check.ok == (values == [1.0])


def test_baseline_beyond_the_limit_is_refused_although_the_latest_reading_is_healthy(scenario: Scenario) -> None:
    conditions = Readings(shop=[0.0] * 7 + [1.0]).conditions(scenario, {SHOP: 0.125})
    checks, event = conditions.steady_state()
    (check,) = checks
    assert not check.ok and isinstance(event.body, SteadyStateChecked) and not event.body.holds
    assert check.message == "steady state does not hold: the baseline of shop is 12.5%, healthy: at least 90%"
    assert check.remedy == "Wait until the signal stays within its limit, then try again."
    over = replace(scenario, steady_state=(replace(scenario.steady_state[0], over=1.0),))
    checks, _ = Readings(shop=[0.0] * 7 + [1.0]).conditions(over, {SHOP: 0.125}).steady_state()
    assert [check.ok for check in checks] == [True], "its own window decides"


def test_steady_state_over_a_window_waits_until_the_window_is_full(scenario: Scenario) -> None:
    over = replace(
        scenario, steady_state=(Expectation(SHOP, Comparison.AT_LEAST, Limit(0.9, False, "90%"), over=30.0),)
    )
    checks, _ = Readings(shop=[1.0]).conditions(over).steady_state()
    assert [check.message for check in checks] == ["steady state holds"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.0, "alert shop-down is silent"),
        (1.0, "alert shop-down is already firing"),
        (None, "alert shop-down cannot be read: no such host"),
    ],
)
def test_alert_that_cannot_be_read_is_not_silent(scenario: Scenario, value: float | None, message: str) -> None:
    (check,) = Readings(shop_down=[value]).conditions(scenario).alerts_silent()
    assert (check.message, check.ok) == (message, value == 0.0)


def test_each_remedy_follows_the_checks_that_it_is_for() -> None:
    failed = [
        CheckResult("signal", False, "signal a cannot be read", "Correct its probe."),
        CheckResult("target", False, "no such proxy", "Correct the target."),
        CheckResult("signal", False, "signal b cannot be read", "Correct its probe."),
    ]
    assert str(refusal(failed)).splitlines() == [
        "signal a cannot be read", "  signal b cannot be read", "    Correct its probe.", "  no such proxy",
        "    Correct the target.",
    ]  # fmt: skip
    assert str(refusal(failed[:1])).splitlines() == ["signal a cannot be read", "  Correct its probe."]


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        ("the certificate of db:443 is not trusted: self-signed", "ca: "),
        ("HTTP 401: no token", "bearer: "),
        ("HTTP 403", "bearer: "),
        ("connection refused", "Correct its probe"),
    ],
)
def test_the_remedy_for_an_unreadable_signal_is_the_key_that_is_missing(error: str, remedy: str) -> None:
    assert remedy in unreadable_remedy(error)
