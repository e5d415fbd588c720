"""Open incidents that keep an occurrence from starting, and messages to the owner of a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gameday.errors import GamedayError

if TYPE_CHECKING:
    from gameday.model import ChannelBinding, Environment
    from gameday.schedule.schedules import Schedule, Skip


def find_incident_skip(schedule: Schedule) -> Skip | None:
    """Return why an occurrence must not start: an open incident, or a source of incidents that does not answer.

    None also if the environment cannot be read: the start itself then says why. Raises nothing."""
    from gameday.drill.team_checks import ask_for_incidents
    from gameday.schedule.schedules import Skip, SkipCause

    environment = _environment(schedule)
    if environment is None or not environment.incidents:
        return None
    answer = ask_for_incidents(environment)
    if answer.open:
        return Skip(SkipCause.INCIDENT, answer.describe_open())
    return Skip(SkipCause.UNKNOWN_INCIDENTS, answer.describe_failures()) if answer.failures else None


def list_warnings(schedule: Schedule) -> list[str]:
    """Return what speaks against an occurrence and does not keep it from starting. Raises nothing."""
    from gameday.app.briefing_follow_up import list_start_warnings

    environment = _environment(schedule)
    return list_start_warnings(environment) if environment else []


def notify_owner(schedule: Schedule, text: str) -> dict[str, str]:
    """Send a text to the schedule's owner; return each channel with why it was not delivered, empty if it was."""
    from gameday.notify.announcement import announce_to

    environment = _environment(schedule)
    channels = _owner_channels(schedule, environment) if environment else []
    return announce_to(channels, schedule.environment, text)


def _owner_channels(schedule: Schedule, environment: Environment) -> list[ChannelBinding]:
    """Return the channel that the schedule names, else every channel that sends announcements."""
    from gameday.notify.announcement import select_announcing

    if schedule.owner_channel:
        return [channel for name, channel in environment.channels.items() if name == schedule.owner_channel]
    return select_announcing(environment.channels.values())


def _environment(schedule: Schedule) -> Environment | None:
    from gameday.app.environment_selection import read_environment

    try:
        return read_environment(schedule.environment)
    except GamedayError:
        return None
