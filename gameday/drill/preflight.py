"""Before anything is touched: targets there, signals readable, load enough, alerts silent, steady state holding.

All checks are made and all failures said at once; a refusal says what to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gameday.clock import Clock
from gameday.drill.environment_commands import run_command
from gameday.drill.injector_registry import Injectors
from gameday.drill.log import Log
from gameday.drill.observers.observer import Baseline
from gameday.drill.planning import preview_intents
from gameday.drill.reading_collector import ReadingCollector
from gameday.errors import Refused
from gameday.events import BaselineMeasured, Checked, LoadStarted, NewEvent, SteadyStateChecked
from gameday.model import Mode, Plan, SignalKind
from gameday.plugins.probe import NO_SAMPLES, Measurement
from gameday.plugins.types import Deadline, Intent
from gameday.signals.expectation_evaluator import Verdict
from gameday.signals.series import has_value

PERIODS = {Mode.REHEARSAL: 8, Mode.SOLO: 20, Mode.FACILITATED: 30}
"""How many periods of the slowest signal are looked at in peace."""
FIRST_READING_TIMEOUT_S = 10.0
LOAD_TIMEOUT_S = 20.0
CAPABILITY_TIMEOUT_S = 10.0
CHECK_TIMEOUT_S = 5.0
_STARTED = NewEvent(LoadStarted("the environment's load was started"))

Pause = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Check:
    """One check; `say` what was found, `todo` what to do if it is not well."""

    name: str
    ok: bool
    message: str
    remedy: str = ""
    target: Intent | None = None
    """For a check of a target: the intent of its fault."""

    @property
    def event(self) -> NewEvent:
        fault = self.target
        if fault is None:
            return NewEvent(Checked(self.name, self.ok, self.message))
        return NewEvent(Checked(self.name, self.ok, self.message, fault.fault, fault.member_names, fault.ids))


class Preflight:
    """Runs once. `pause` waits and raises when the drill is to be stopped."""

    def __init__(
        self, plan: Plan, gauges: ReadingCollector, injectors: Injectors, log: Log, clock: Clock, pause: Pause
    ) -> None:
        self._plan = plan
        self._collector = gauges
        self._injectors = injectors
        self._log = log
        self._clock = clock
        self._pause = pause
        self._undisturbed_since = 0.0
        """From when every signal was readable, under the load that the drill asks for."""

    def run(self) -> Baseline:
        """Raises Refused with everything that is not well."""
        self._collector.start()  # first: its clients load and its first answers come while the engine is asked
        self._require(self._targets())
        self._require(self._readable())
        self._require(self._load())
        self._require(self._traffic())
        ground = self._measure_baseline()
        self._require(self._alerts_silent())
        self._require(self._steady(ground))
        return ground

    def recheck(self, ground: Baseline) -> None:
        """A last look when people took their time before STARTEX. Raises Refused."""
        self._collector.drain()
        self._require(self._alerts_silent())
        self._require(self._steady(ground))

    def _require(self, checks: Iterator[Check]) -> None:
        made = list(checks)
        self._log.append(*(check.event for check in made))
        bad = [one for one in made if not one.ok]
        if bad:
            raise Refused(
                "\n  ".join(one.message for one in bad), "\n  ".join(dict.fromkeys(one.remedy for one in bad))
            )

    def _targets(self) -> Iterator[Check]:
        for intent in preview_intents(self._plan, self._injectors, at=self._clock.wall()):
            checkable = self._injectors[intent.injector].checkable
            missing = checkable.check_capability(intent, Deadline.after(CAPABILITY_TIMEOUT_S)) if checkable else ""
            warnings = checkable.warnings(intent, Deadline.after(CHECK_TIMEOUT_S)) if checkable and not missing else []
            say = f"{intent.target}: {intent.target_text}; behind it: {intent.guarantee}"
            say = "; ".join([say, *(f"warning: {warning}" for warning in warnings)])
            yield Check(
                "target",
                not missing,
                missing or say,
                "Choose another kind, or correct the target in gameday.yaml.",
                intent,
            )

    def _readable(self) -> Iterator[Check]:
        """A signal that has nothing to measure, since there is no load at all, is read once that was started."""
        unread = self._still_unread()
        if self._idle(unread) and (load := self._plan.environment.load) is not None and not run_command(load.start):
            self._log.append(_STARTED)
            unread = self._still_unread()
        self._undisturbed_since = self._readable_since()
        for name, series in self._collector.series.items():
            error = series.last.error if series.last else "no answer yet"
            say = f"signal {name} cannot be read: {error}" if name in unread else f"signal {name} is readable"
            yield Check("signal", name not in unread, say, "Correct its probe in gameday.yaml, or start what it asks.")

    def _still_unread(self) -> list[str]:
        """A ratio from counters has its first value after two answers, hence the waiting."""
        until = self._clock.monotonic() + FIRST_READING_TIMEOUT_S
        while self._unread() and self._clock.monotonic() < until:
            self._pause(0.01)
        return self._unread()

    def _readable_since(self) -> float:
        """The time from which every signal had a value; now, where one still has none."""
        now = self._clock.monotonic()
        return max(
            (
                next((reading.at for reading in series.window(0.0, now) if has_value(reading)), now)
                for series in self._collector.series.values()
            ),
            default=now,
        )

    def _idle(self, unread: list[str]) -> bool:
        """Whether what says how much load there is was asked, and has none to measure."""
        load = self._plan.scenario.requires.load
        last = self._collector.series[load.signal].last if load and load.signal in unread else None
        return last is not None and last.error.startswith(NO_SAMPLES)

    def _unread(self) -> list[str]:
        self._collector.drain()
        return [name for name in self._collector.series if self._collector.baseline(name, 0.0).value is None]

    def _load(self) -> Iterator[Check]:
        required = self._plan.scenario.requires.load
        if required is None:
            return
        of, wanted = required.signal, required.at_least
        rate = self._rate(of)
        load = self._plan.environment.load
        if rate < wanted and load is not None:
            if error := run_command(load.start):
                yield Check("load", False, error, "Correct `load` in gameday.yaml.")
                return
            self._log.append(_STARTED)
            rate = self._rate_within(of, wanted)
            self._undisturbed_since = self._clock.monotonic()
        say = f"load on {of}: {rate:.1f}/s, {wanted:g}/s asked"
        yield Check("load", rate >= wanted, say, "Start some load, or give gameday.yaml a `load` with start and stop.")

    def _rate_within(self, of: str, wanted: float) -> float:
        until = self._clock.monotonic() + LOAD_TIMEOUT_S
        while (rate := self._rate(of)) < wanted and self._clock.monotonic() < until:
            pass
        return rate

    def _rate(self, of: str) -> float:
        """Samples a second over the next few periods."""
        binding = self._plan.environment.signals[of]
        start = self._clock.monotonic()
        seconds = max(4 * binding.every, 0.2)
        self._pause(seconds + binding.every)
        self._collector.drain()
        return self._collector.series[of].aggregate(start, start + seconds).n / seconds

    def _traffic(self) -> Iterator[Check]:
        for planned in self._plan.faults:
            checkable = self._injectors[planned.binding.injector].checkable
            if checkable is None:
                continue
            missing = checkable.check_target(planned.binding, Deadline.after(CHECK_TIMEOUT_S))
            say = (
                missing
                or f"target {planned.binding.target} is there, and carries traffic as far as can be seen from here"
            )
            yield Check("traffic", not missing, say, "A fault where nothing passes teaches nothing: start some load.")

    def _measure_baseline(self) -> Baseline:
        """Measure each signal for PERIODS of the slowest; what has been checked meanwhile counts."""
        start = self._undisturbed_since
        slowest = max((self._plan.environment.signals[name].every for name in self._collector.series), default=0.0)
        self._pause(start + slowest * PERIODS[self._plan.mode] - self._clock.monotonic())
        self._collector.drain()
        found = {name: self._collector.baseline(name, start) for name in self._collector.series}
        self._log.append(*(self._baseline_event(name, measured) for name, measured in found.items()))
        values = {name: measured.value for name, measured in found.items() if measured.value is not None}
        return Baseline(self._plan.environment, values)

    @staticmethod
    def _baseline_event(name: str, found: Measurement) -> NewEvent:
        return NewEvent(BaselineMeasured(name, found.value, found.n))

    def _alerts_silent(self) -> Iterator[Check]:
        for name, series in self._collector.series.items():
            if series.kind is SignalKind.ALERT and series.last is not None:
                firing = series.last.value == 1
                say = f"alert {name} fires already" if firing else f"alert {name} is silent"
                yield Check("alert", not firing, say, "A drill begins in peace: let it clear first.")

    def _steady(self, ground: Baseline) -> Iterator[Check]:
        failing: list[str] = []
        for expectation in self._plan.scenario.steady_state:
            watch = ground.evaluator(expectation)
            for reading in self._collector.series[expectation.signal].window(0.0, self._clock.monotonic()):
                watch.feed(reading)
            judgement = watch.evaluate(self._clock.monotonic(), 0.0)
            if judgement.verdict is not Verdict.MET:
                failing.append(judgement.say)
        self._log.append(NewEvent(SteadyStateChecked("before", not failing, tuple(failing))))
        say = f"steady state does not hold: {'; '.join(failing)}" if failing else "steady state holds"
        yield Check("steady state", not failing, say, "A drill begins from what works: see to that first.")
