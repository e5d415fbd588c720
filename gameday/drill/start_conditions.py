"""Conditions of the start: silent alerts, steady state, and no guardrail that is already breached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gameday.clock import Clock
from gameday.drill.observers.observer import BaselineValues
from gameday.errors import Refused
from gameday.events import NewEvent, PreflightChecked, SteadyStateChecked
from gameday.model import Comparison, Expectation, Guardrail, Scenario, SignalKind
from gameday.plugins.types import Intent
from gameday.signals.criterion import build_criterion
from gameday.signals.expectation_evaluator import MAX_JOIN_WINDOW, Judgement, WindowVerdict
from gameday.signals.series import Series
from gameday.units import format_value

POLL_INTERVAL_S = 0.1
READABLE = "Correct its probe in gameday.yaml, or start the system that it measures."

SleepFunction = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of one check; `remedy` applies if it failed."""

    name: str
    ok: bool
    message: str
    remedy: str = ""
    target: Intent | None = None
    """Intent of the fault, for the check of a target."""

    @property
    def event(self) -> NewEvent:
        fault = self.target
        if fault is None:
            return NewEvent(PreflightChecked(self.name, self.ok, self.message))
        return NewEvent(
            PreflightChecked(self.name, self.ok, self.message, fault.fault, fault.member_names, fault.member_ids)
        )


def refusal(failed: Sequence[CheckResult]) -> Refused:
    """Return the error for failed checks: each remedy follows the checks that it is for."""
    by_remedy: dict[str, list[str]] = {}
    for check in failed:
        by_remedy.setdefault(check.remedy, []).append(check.message)
    *first, last = by_remedy.items()
    lines = [line for remedy, messages in first for line in (*messages, f"  {remedy}")]
    return Refused("\n  ".join([*lines, *last[1]]), f"{'  ' if first else ''}{last[0]}")


def unreadable_remedy(error: str) -> str:
    """Return what to do about a signal that cannot be read, by the reason that its probe gives."""
    if "certificate" in error.lower():
        return "Name the authority that signed the certificate in gameday.yaml, as in: ca: company-ca.pem"
    if error.startswith(("HTTP 401", "HTTP 403")):
        return "Give its probe credentials in gameday.yaml, as in: bearer: ${TOKEN}"
    return READABLE


class StartConditions:
    """Conditions that the system must meet when the drill starts, judged by the readings since `since`.

    `pause` waits while further readings arrive in `series`."""

    def __init__(
        self, scenario: Scenario, series: Mapping[str, Series], clock: Clock, pause: SleepFunction, since: float,
        baseline: BaselineValues,
    ) -> None:  # fmt: skip
        self._scenario = scenario
        self._series = series
        self._clock = clock
        self._pause = pause
        self._since = since
        self._baseline = baseline

    def alerts_silent(self) -> Iterator[CheckResult]:
        for name, series in self._series.items():
            if series.kind is not SignalKind.ALERT:
                continue
            judgement = self._judge(Expectation(name, Comparison.FIRES))
            if judgement.verdict is WindowVerdict.UNREADABLE:
                yield CheckResult("alert", False, f"alert {judgement.say}", READABLE)
                continue
            firing = judgement.verdict is WindowVerdict.MET
            message = f"alert {name} is already firing" if firing else f"alert {name} is silent"
            yield CheckResult("alert", not firing, message, "Wait until it clears, then start the drill.")

    def steady_state(self) -> tuple[Iterator[CheckResult], NewEvent]:
        """Return the checks, and the event that records the result as a whole."""
        judgements = [self._judge(expectation) for expectation in self._scenario.steady_state]
        failing = [judgement.say for judgement in judgements if judgement.verdict is not WindowVerdict.MET]
        unsteady = [] if failing else list(self._unsteady_baselines())
        checks = _baseline_checks(unsteady) if unsteady else _steady_checks(judgements)
        return checks, NewEvent(SteadyStateChecked("before", not (failing or unsteady), (*failing, *unsteady)))

    def _unsteady_baselines(self) -> Iterator[str]:
        """Yield the baselines beyond a limit that the latest reading meets by chance: impact could not be told from it.

        An expectation with a window of its own was judged by more than the latest reading."""
        for expectation in self._scenario.steady_state:
            value = self._baseline.values.get(expectation.signal)
            binding = self._baseline.environment.signals.get(expectation.signal)
            if value is None or binding is None or expectation.over is not None or expectation.hold is not None:
                continue
            criterion = build_criterion(expectation, self._baseline.values, binding)
            if not criterion.is_met_by(value):
                yield f"the baseline of {expectation.signal} is {format_value(value, binding.kind)}, {criterion.say}"

    def guardrails(self) -> Iterator[CheckResult]:
        for guardrail in self._scenario.guardrails:
            judgement = self._judge(self._breach(guardrail))
            if judgement.verdict is WindowVerdict.UNREADABLE:
                yield CheckResult("guardrail", False, f"guardrail cannot be checked: {judgement.say}", READABLE)
                continue
            breached = judgement.verdict is WindowVerdict.MET
            message = f"guardrail {guardrail.expectation}: " + ("already breached: " if breached else "not breached: ")
            todo = "Restore the system first, or correct the guardrail, then start the drill."
            yield CheckResult("guardrail", not breached, message + judgement.say, todo)

    def _breach(self, guardrail: Guardrail) -> Expectation:
        """Return the breach, for no longer than there are readings: one that lasted all the time would go on."""
        measured = max(0.0, self._clock.monotonic() - self._since)
        return replace(guardrail.expectation, hold=min(guardrail.hold, measured))

    def _judge(self, expectation: Expectation) -> Judgement:
        """Judge an expectation; wait while it is undecided, for its own window, or for samples that still arrive."""
        start = self._clock.monotonic()
        decided_by = {
            WindowVerdict.WAITING: start + (expectation.over or expectation.hold or MAX_JOIN_WINDOW),
            WindowVerdict.UNREADABLE: self._since + MAX_JOIN_WINDOW,
        }
        while True:
            judgement = self._evaluate(expectation)
            if self._clock.monotonic() >= decided_by.get(judgement.verdict, start):
                return judgement
            self._pause(POLL_INTERVAL_S)

    def _evaluate(self, expectation: Expectation) -> Judgement:
        now = self._clock.monotonic()
        evaluator = self._baseline.evaluator(expectation, whole_windows=False)  # before any fault: it may look back
        series = self._series.get(expectation.signal)
        for reading in series.window(0.0, now) if series else ():
            evaluator.feed(reading)
        return evaluator.evaluate(now, self._since)


def _steady_checks(judgements: list[Judgement]) -> Iterator[CheckResult]:
    """Tell a system that is not steady from one that cannot be measured."""
    unreadable = [judgement.say for judgement in judgements if judgement.verdict is WindowVerdict.UNREADABLE]
    unsteady = [
        judgement.say for judgement in judgements if judgement.verdict in (WindowVerdict.UNMET, WindowVerdict.WAITING)
    ]
    if unreadable:
        yield CheckResult("steady state", False, f"steady state cannot be checked: {'; '.join(unreadable)}", READABLE)
    if unsteady:
        message = f"steady state does not hold: {'; '.join(unsteady)}"
        yield CheckResult("steady state", False, message, "Restore the system first, then start the drill.")
    if not unreadable and not unsteady:
        yield CheckResult("steady state", True, "steady state holds")


def _baseline_checks(unsteady: list[str]) -> Iterator[CheckResult]:
    message = f"steady state does not hold: {'; '.join(unsteady)}"
    yield CheckResult("steady state", False, message, "Wait until the signal stays within its limit, then try again.")
