"""Error budgets that an environment names: warnings for the briefing, the plan and the schedule. They skip nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gameday.app.doctor.signal_checks import latest_readings, missed_limit
from gameday.printable import single_line
from gameday.units import format_value

if TYPE_CHECKING:
    from gameday.model import Environment, Reading, SignalBinding

READ_TIMEOUT_S = 5.0
"""For all error budgets together."""


def list_budget_warnings(environment: Environment) -> list[str]:
    """Return a line for each error budget that is outside its limit, or cannot be read. Raises nothing."""
    budgets = [environment.signals[name] for name in environment.error_budgets if name in environment.signals]
    if not budgets:
        return []
    try:
        readings = latest_readings(budgets, READ_TIMEOUT_S)
    except Exception as error:  # no drill fails for a warning
        return [f"The error budgets are unknown: {single_line(str(error))}"]
    return [line for budget in budgets for line in _warnings(budget, readings.get(budget.signal))]


def _warnings(budget: SignalBinding, reading: Reading | None) -> Iterator[str]:
    if reading is None or reading.value is None:
        why = single_line(reading.error) if reading else "no answer"
        yield f"Error budget {budget.signal} is unknown: {why}"
    elif limit := missed_limit(budget, reading.value):
        yield f"Error budget {budget.signal} is {format_value(reading.value, budget.kind)}, outside its limit ({limit})"
