"""Checks of preflight beside the system itself: the team's channels can send, and no incident is open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.start_conditions import CheckResult
from gameday.incidents.open_incidents import IncidentAnswer, list_open_incidents
from gameday.model import Environment, Plan, SignalKind, describe_gap, last_approved_day
from gameday.notify.channel_readiness import channel_obstacle
from gameday.notify.outbox import channels_in_use
from gameday.plugins.channel import MARK
from gameday.plugins.types import SILENCE_INJECTOR, Deadline

SILENCE_TIMEOUT_S = 5.0
_CORRECT_SILENCE = "Correct `silence` in gameday.yaml, or its secrets: without it, alerts would page others."
_CORRECT_SOURCE = "Correct the source in gameday.yaml, or its secrets: a drill needs to know that no incident is open."


def check_channels(plan: Plan) -> Iterator[CheckResult]:
    """Check that each channel that the drill uses could send; nothing is sent."""
    for channel in channels_in_use(plan):
        obstacle = channel_obstacle(channel)
        message = f"channel {channel.name} {f'cannot send: {obstacle}' if obstacle else 'can send'}"
        yield CheckResult("channel", not obstacle, message, "Correct the channel in gameday.yaml, or its secrets.")


def check_alerts(environment: Environment, injectors: InjectorLookup) -> Iterator[CheckResult]:
    """Check that what is stated about alerts can be done: the Alertmanager answers, and nothing is changed."""
    if environment.silence is None:
        return
    checkable = injectors[SILENCE_INJECTOR].checkable
    wrong = checkable.check_target(environment.silence, Deadline.after(SILENCE_TIMEOUT_S)) if checkable else ""
    yield CheckResult("alerts", not wrong, wrong or environment.alerts_text, _CORRECT_SILENCE)


def check_approvals(plan: Plan, day: date) -> Iterator[CheckResult]:
    """Check that the owner of each target has approved its faults on that day; the log records who did."""
    environment, faults = plan.environment, plan.environment.owned_faults(plan.scenario)
    for fault in faults:
        last = last_approved_day(fault, environment.approvals, day)
        if last is None:
            wrong, remedy = describe_gap(fault, environment.name, environment.approvals, day)
            yield CheckResult("approval", False, wrong, f"{remedy[:1].upper()}{remedy[1:]}")
    for approval in environment.approvals:
        if any(approval.covers(fault, day) for fault in faults):
            what = f"{', '.join(sorted(approval.kinds))} on {', '.join(sorted(approval.targets))}"
            yield CheckResult("approval", True, f"{approval.owner} approved {what} until {approval.until}")


def check_incidents(environment: Environment) -> Iterator[CheckResult]:
    """Check that every source of incidents answers, and that none is open."""
    if not environment.incidents:
        return
    answer = ask_for_incidents(environment)
    for name, why in answer.failures:
        yield CheckResult("incident", False, f"incidents of {name} are unknown: {why}", _CORRECT_SOURCE)
    if answer.open:
        wrong = f"an incident is open: {answer.describe_open()}"
        yield CheckResult("incident", False, wrong, "Resolve it first; then start the drill.")
    elif not answer.failures:
        yield CheckResult("incident", True, f"no open incident in {', '.join(environment.incidents)}")


def ask_for_incidents(environment: Environment, drill: str = "") -> IncidentAnswer:
    """Return the open incidents that are no drill's.

    `drill` is the one that is running: its fault may make its alerts open incidents, so those are its own too."""
    return list_open_incidents(environment.incidents.values(), [MARK, *_own_words(environment, drill)])


def _own_words(environment: Environment, drill: str) -> Iterator[str]:
    if drill:
        yield drill
        for binding in environment.signals.values():
            if binding.kind is SignalKind.ALERT and isinstance(alert := binding.settings.get("alert"), str):
                yield alert
