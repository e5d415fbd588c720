"""Error budgets that an environment names: a warning in briefing, plan and schedule, and no reason to skip."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from support.proxy_drill import LATENCY, Make, Place, ProxyServer

from gameday.errors import Exit

BUDGETS = """\
      spent: {kind: ratio, probe: process, run: [cat, budget], healthy: at_least 25%, every: 200ms}
      silent: {kind: ratio, probe: process, run: ['false'], healthy: at_least 25%, every: 200ms}
    error_budgets: [BUDGET]
"""
LOW = "Error budget spent is 12%, outside its limit (healthy: at least 25%)"


@pytest.fixture
def place(make: Make, ours: ProxyServer) -> Place:
    place = make(ours)
    place.write(LATENCY, stands="1s", timebox="90s")
    return place


def budget(place: Place, left: str, name: str = "spent") -> None:
    (place.folder / "budget").write_text(f"{left} 100\n")
    file = place.folder / "gameday.yaml"
    file.write_text(file.read_text() + BUDGETS.replace("BUDGET", name))


def due_now(place: Place) -> None:
    now = datetime.now(UTC)
    yesterday = (now - timedelta(days=1)).date().isoformat()
    words = ("schedule", "add", f"every day {now:%H:%M} UTC", "late.yaml", "--name", "daily", "--starts", yesterday)
    assert place.gameday(*words).code == Exit.HELD


@pytest.mark.parametrize(("left", "name", "warning"), [
    ("0.12", "spent", LOW), ("0.9", "spent", ""),
    ("-0.3", "spent", "Error budget spent is unknown: the value is negative"),
    ("0.9", "silent", "Error budget silent is unknown: "),
])  # fmt: skip
def test_plan_warns_of_a_budget_that_is_low_or_unknown(place: Place, left: str, name: str, warning: str) -> None:
    budget(place, left, name)
    planned = place.gameday("plan", "late.yaml")
    assert planned.code == Exit.HELD, planned
    assert warning in planned.out if warning else "Error budget" not in planned.out


def test_schedule_warns_and_runs_all_the_same(place: Place) -> None:
    budget(place, "0.12")
    due_now(place)
    assert "not run yet" in place.gameday("schedule", "list").out
    first = place.gameday("schedule", "run-due", "daily")
    assert first.code == Exit.HELD and f"warning: {LOW}" in first.out, first
    assert "held 1 of 1" in place.gameday("schedule", "list").out
    place.gameday("schedule", "remove", "daily")
