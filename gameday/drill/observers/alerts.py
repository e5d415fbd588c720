"""Observer of the environment's alerts: each that fires is recorded, and the expected one is the page."""

from __future__ import annotations

from typing_extensions import override

from gameday.drill.observers.observer import Observer
from gameday.drill.state import DrillState
from gameday.events import AlertFired, NewEvent, Paged
from gameday.model import Comparison, Plan, Reading, SignalKind, Source
from gameday.moments import Moment


class AlertObserver(Observer):
    """Observer of all alerts; once the program has paged, an alert is recorded and does not page again."""

    def __init__(self, plan: Plan) -> None:
        scenario = plan.scenario
        awaited = {line.signal for line in scenario.expect if line.test is Comparison.FIRES}
        self._page = scenario.page
        self._expected = awaited | ({scenario.page.alert} if scenario.page else set())
        self._kinds = {name: signal.kind for name, signal in plan.environment.signals.items()}
        self._fired: dict[str, float] = {}

    @override
    def feed(self, reading: Reading) -> None:
        if self._kinds.get(reading.signal) is SignalKind.ALERT and reading.value is not None and reading.value >= 1:
            self._fired.setdefault(reading.signal, reading.at)

    @override
    def poll(self, now: float, state: DrillState) -> list[NewEvent]:
        if state.started_at is None or Moment.END in state.moments:
            return []
        new = [
            signal for signal, at in self._fired.items() if signal not in state.fired_alerts and at >= state.started_at
        ]
        return [draft for signal in new for draft in self._alert_events(signal, state)]

    def _alert_events(self, signal: str, state: DrillState) -> list[NewEvent]:
        expected = signal in self._expected
        drafts = [NewEvent(AlertFired(signal, expected), self._fired[signal], Source.ALERT)]
        if self._page is not None and signal == self._page.alert and not state.paged:
            drafts.append(NewEvent(Paged("environment", self._page.say), self._fired[signal], Source.ALERT))
        return drafts

    @override
    def finalize(self, now: float, state: DrillState) -> list[NewEvent]:
        return []
