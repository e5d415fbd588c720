"""Preflight: targets exist, signals readable, load sufficient, and the conditions of the start.

All checks of one group run and all failures are reported at once, each with its remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from gameday.clock import Clock
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.log import Log
from gameday.drill.observers.observer import BaselineValues
from gameday.drill.planning import preview_intents
from gameday.drill.reading_collector import ReadingCollector
from gameday.drill.reservations import Reservations
from gameday.drill.revert.restore_actions import LOAD, CommandContext
from gameday.drill.start_conditions import CheckResult, SleepFunction, StartConditions, refusal, unreadable_remedy
from gameday.drill.target_checks import CHECK_TIMEOUT_S, check_target
from gameday.drill.team_checks import check_alerts, check_approvals, check_channels, check_incidents
from gameday.events import BaselineMeasured, LoadStarted, NewEvent, PreflightWaits
from gameday.model import Load, Mode, Plan
from gameday.plugins.probe import NO_SAMPLES, Measurement
from gameday.plugins.types import Deadline
from gameday.signals.series import has_value
from gameday.store.protocols import StoreError

PERIODS = {Mode.REHEARSAL: 8, Mode.SOLO: 20, Mode.FACILITATED: 30}
"""Periods of the slowest signal for which the baseline is measured."""
FIRST_READING_TIMEOUT_S = 10.0
LOAD_TIMEOUT_S = 20.0


class Preflight:
    """Preflight of one drill. `pause` waits, and raises when the drill is cancelled."""

    def __init__(
        self, plan: Plan, collector: ReadingCollector, injectors: InjectorLookup, log: Log, clock: Clock,
        pause: SleepFunction, commands: CommandContext, reservations: Reservations,
    ) -> None:  # fmt: skip
        self._plan = plan
        self._collector = collector
        self._injectors = injectors
        self._log = log
        self._clock = clock
        self._pause = pause
        self._commands = commands
        self._reservations = reservations
        self._undisturbed_since = 0.0
        """Time from which every signal was readable, under the required load."""

    def run(self) -> BaselineValues:
        """Run all checks and return the baseline. Raises Refused with every failed check."""
        self._collector.start()  # first, so that readings arrive while the engines are checked
        environment = self._plan.environment
        day = datetime.fromtimestamp(self._clock.wall()).date()  # noqa: DTZ006 - days where people are
        agreements = [*check_approvals(self._plan, day), *check_alerts(environment, self._injectors)]
        self._require([*check_channels(self._plan), *check_incidents(environment), *agreements])
        self._announce("the engines to show the targets")
        self._require(self._reservations.acquire())
        self._require(self._targets())
        self._announce("the first reading of each signal", FIRST_READING_TIMEOUT_S)
        self._require_readable()
        self._announce("the required load", LOAD_TIMEOUT_S)
        self._require(self._load())
        self._announce("traffic on the targets")
        self._require(self._traffic())
        baseline = self._measure_baseline()
        self._require_start_conditions(baseline)
        return baseline

    def _announce(self, awaited: str, seconds: float = 0.0) -> None:
        """Record what is awaited, for the screens."""
        self._log.append(NewEvent(PreflightWaits(awaited, round(seconds, 1))))

    def recheck(self, baseline: BaselineValues) -> None:
        """Check again after people took their time before the start. Raises Refused."""
        self._collector.drain()
        self._require(check_incidents(self._plan.environment))
        self._require_start_conditions(baseline)

    def _require_start_conditions(self, baseline: BaselineValues) -> None:
        conditions = StartConditions(
            self._plan.scenario, self._collector.series, self._clock, self._await_readings, self._undisturbed_since,
            baseline,
        )  # fmt: skip
        self._require(conditions.alerts_silent())
        checks, event = conditions.steady_state()
        self._log.append(event)
        self._require([*checks, *conditions.guardrails()])

    def _require_readable(self) -> None:
        """Require a value of every signal; a target without traffic may be why one has none, so report it too."""
        checks = list(self._readable())
        self._require(checks if all(check.ok for check in checks) else [*self._traffic(), *checks])

    def _await_readings(self, seconds: float) -> None:
        self._pause(seconds)
        self._collector.drain()

    def _require(self, checks: Iterable[CheckResult]) -> None:
        results = list(checks)
        self._log.append(*(check.event for check in results))
        failed = [check for check in results if not check.ok]
        if failed:
            raise refusal(failed)

    def _targets(self) -> Iterator[CheckResult]:
        for intent in preview_intents(self._plan, self._injectors, at=self._clock.wall()):
            yield check_target(self._injectors[intent.injector].checkable, intent)

    def _readable(self) -> Iterator[CheckResult]:
        """Check that every signal is readable; one that needs traffic is read once the load was started."""
        unread = self._still_unread()
        load = self._plan.environment.load
        if self._idle(unread) and load is not None and not self._start_load(load):
            unread = self._still_unread()
        self._undisturbed_since = self._readable_since()
        for name, series in self._collector.series.items():
            error = series.last.error if series.last else "no reading yet"
            message = f"signal {name} cannot be read: {error}" if name in unread else f"signal {name} is readable"
            yield CheckResult(
                "signal",
                name not in unread,
                message,
                unreadable_remedy(error),
            )

    def _still_unread(self) -> list[str]:
        """Wait for the first readings and return the signals without one; counters need two answers."""
        until = self._clock.monotonic() + FIRST_READING_TIMEOUT_S
        while self._unread() and self._clock.monotonic() < until:
            self._pause(0.01)
        return self._unread()

    def _readable_since(self) -> float:
        """Return the time from which every signal had a value; now, where one still has none."""
        now = self._clock.monotonic()
        return max(
            (
                next((reading.at for reading in series.window(0.0, now) if has_value(reading)), now)
                for series in self._collector.series.values()
            ),
            default=now,
        )

    def _idle(self, unread: list[str]) -> bool:
        """Return True if a load is required, and a signal has no samples to measure.

        It need not be the signal of the load, which may still show the last requests of a load that was stopped."""
        if self._plan.scenario.requires.load is None:
            return False
        lasts = [self._collector.series[name].last for name in unread]
        return any(last is not None and last.error.startswith(NO_SAMPLES) for last in lasts)

    def _unread(self) -> list[str]:
        self._collector.drain()
        return [name for name in self._collector.series if self._collector.baseline(name, 0.0).value is None]

    def _load(self) -> Iterator[CheckResult]:
        required = self._plan.scenario.requires.load
        if required is None:
            return
        of, wanted = required.signal, required.at_least
        rate = self._rate(of)
        load = self._plan.environment.load
        if rate < wanted and load is not None:
            if error := self._start_load(load):
                yield CheckResult("load", False, error, "Correct `load` in gameday.yaml.")
                return
            rate = self._rate_within(of, wanted)
            self._undisturbed_since = self._clock.monotonic()
        message = f"load on {of}: {rate:.1f}/s, {wanted:g}/s required"
        yield CheckResult(
            "load", rate >= wanted, message, "Start some load, or give gameday.yaml a `load` with start and stop."
        )

    def _start_load(self, load: Load) -> str:
        """Start the load and return the error; that it may run is on the disk before it does."""
        try:
            self._log.append_durably(NewEvent(LoadStarted()))
        except StoreError as error:
            return f"the load was not started, because that could not be recorded: {error}"
        return self._commands.run(LOAD, load.start)

    def _rate_within(self, of: str, wanted: float) -> float:
        until = self._clock.monotonic() + LOAD_TIMEOUT_S
        while (rate := self._rate(of)) < wanted and self._clock.monotonic() < until:
            pass
        return rate

    def _rate(self, of: str) -> float:
        """Return the samples per second over the next few periods."""
        binding = self._plan.environment.signals[of]
        start = self._clock.monotonic()
        seconds = max(4 * binding.every, 0.2)
        self._pause(seconds + binding.every)
        self._collector.drain()
        return self._collector.series[of].aggregate(start, start + seconds).n / seconds

    def _traffic(self) -> Iterator[CheckResult]:
        for planned in self._plan.faults:
            checkable = self._injectors[planned.binding.injector].checkable
            if checkable is None:
                continue
            missing = checkable.check_target(planned.binding, Deadline.after(CHECK_TIMEOUT_S))
            message = (
                missing
                or f"target {planned.binding.target} exists and carries traffic, as far as can be seen from this host"
            )
            yield CheckResult(
                "traffic", not missing, message, "A fault without traffic has no effect: start some load."
            )

    def _measure_baseline(self) -> BaselineValues:
        """Measure each signal for PERIODS of the slowest; readings during earlier checks count."""
        start = self._undisturbed_since
        slowest = max((self._plan.environment.signals[name].every for name in self._collector.series), default=0.0)
        seconds = start + slowest * PERIODS[self._plan.mode] - self._clock.monotonic()
        self._announce("readings for the baseline", max(0.0, seconds))
        self._pause(seconds)
        self._collector.drain()
        measurements = {name: self._collector.baseline(name, start) for name in self._collector.series}
        self._log.append(*(self._baseline_event(name, measured) for name, measured in measurements.items()))
        values = {name: measured.value for name, measured in measurements.items() if measured.value is not None}
        return BaselineValues(self._plan.environment, values)

    @staticmethod
    def _baseline_event(name: str, measurement: Measurement) -> NewEvent:
        return NewEvent(BaselineMeasured(name, measurement.value, measurement.n))
