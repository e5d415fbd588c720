"""Content of one page: what a role may see of the drill now, as plain values for the templates.

It comes from the boards that the responders' terminal shows, so a page cannot show more than that screen. Times are
CLOCK_MONOTONIC; the browser counts them on between two changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gameday.boards.drill_board import DrillBoard
from gameday.boards.responder_board import ResponderMessage
from gameday.boards.responder_times import (
    Activity,
    assembling_since,
    find_activity,
    objective_seconds,
    timebox_ends_at,
    unfilled_required_roles,
    update_due_at,
)
from gameday.model import Mode, Role
from gameday.moments import Moment
from gameday.people.cast import roles_besides_facilitator
from gameday.units import format_elapsed, format_remaining, format_role
from gameday.web.rights import PageRole


@dataclass(frozen=True, slots=True)
class Timer:
    """A running time. It counts up from `since`, or down to `until`, after which it is overdue; one of them is set.

    `text` is its value when the page was made, for browsers without JavaScript."""

    label: str
    text: str
    since: float | None = None
    until: float | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One message or statement: time since the start, sender or role, text. `record`: its number to retract it."""

    at: str
    who: str
    what: str
    record: int = 0


@dataclass(frozen=True, slots=True)
class PageContent:
    """What a page shows of the drill. `awaits_decision`: stopped, everything reverted, and nobody decided yet."""

    drill: str
    environment: str
    activity: Activity
    awaits_decision: bool
    timers: tuple[Timer, ...]
    pages: tuple[Line, ...]
    messages: tuple[Line, ...]
    for_you: tuple[Line, ...]
    roles: tuple[tuple[str, str], ...]
    """Role, and since when it is filled or that it is not."""
    statements: tuple[Line, ...]
    """Latest first."""
    is_solo: bool
    """True if one responder has every role."""
    awaited: tuple[str, ...] = ()
    """Roles that must still join before a hosted drill starts."""
    is_cut_off: bool = False
    """True if neither the drill's runner nor its guardian is left, and the log has no end."""

    @property
    def has_started(self) -> bool:
        return self.activity is not Activity.NOT_STARTED

    @property
    def has_ended(self) -> bool:
        return self.activity is Activity.OVER

    @property
    def is_running(self) -> bool:
        """True while the drill can be stopped."""
        return self.activity in (Activity.RUNNING, Activity.PAUSED, Activity.NOT_STARTED)


def read_content(board: DrillBoard, now: float, role: PageRole, *, is_cut_off: bool = False) -> PageContent:
    """Return what a page of this role shows now; `is_cut_off`: no process of the drill is left."""
    responders, start = board.responders, board.state.started_at
    private = responders.for_role.get(role.drill_role, ()) if role.drill_role else ()
    return PageContent(
        drill=board.plan.drill,
        environment=board.plan.environment.name,
        activity=find_activity(board.state),
        awaits_decision=board.state.stop.awaits_decision,
        timers=tuple(list_timers(board, now)),
        pages=_lines(responders.pages, start),
        messages=_lines(responders.messages, start),
        for_you=_lines(private, start),
        roles=tuple(_roles(board)),
        statements=_lines(responders.statements, start)[::-1],
        is_solo=board.plan.mode is Mode.SOLO,
        awaited=tuple(responders.list_awaited()),
        is_cut_off=is_cut_off and find_activity(board.state) is not Activity.OVER,
    )


def list_timers(board: DrillBoard, now: float) -> Iterable[Timer]:
    """Yield the running times that every role sees."""
    start = board.state.started_at
    if start is None or find_activity(board.state) is Activity.OVER:
        return
    yield Timer("Since the start", format_elapsed(now - start), since=start)
    if find_activity(board.state) is not Activity.RUNNING:
        return
    if (ends_at := timebox_ends_at(board)) is not None:
        yield Timer("Timebox ends in", format_remaining(ends_at - now), until=ends_at)
    if (paged := assembling_since(board)) is not None:
        within = objective_seconds(board, Moment.ASSEMBLED)
        label = f"Assembling (objective {format_elapsed(within)})" if within else "Assembling"
        yield Timer(label, format_elapsed(now - paged), since=paged, is_late=bool(within and now - paged > within))
    if (due := update_due_at(board)) is not None:
        yield _update_timer(due, now)


def _update_timer(due: float, now: float) -> Timer:
    if due > now:
        return Timer("Next update due in", format_remaining(due - now), until=due)
    return Timer("Update overdue by", format_elapsed(now - due), since=due, is_late=True)


def _roles(board: DrillBoard) -> Iterable[tuple[str, str]]:
    if board.plan.mode is Mode.SOLO:
        yield "Solo", "one responder has every role"
        return
    start, held = board.state.started_at, board.responders.roles
    for role in unfilled_required_roles(board):
        yield format_role(role), "unfilled"
    for role, at in held.items():
        yield format_role(role), f"since {_elapsed(at, start)}"
    for role in _assigned(board.responders.assigned, held):
        yield format_role(role), "assigned"


def _assigned(assigned: Sequence[Role], held: Iterable[Role]) -> list[Role]:
    return [role for role in roles_besides_facilitator(assigned) if role not in held]


def _lines(messages: Iterable[ResponderMessage], start: float | None) -> tuple[Line, ...]:
    return tuple(
        Line(_elapsed(message.at, start), message.who.strip("-"), message.what, message.record) for message in messages
    )


def _elapsed(at: float, start: float | None) -> str:
    return "before the start" if start is None or at < start else format_elapsed(at - start)
