"""The course as it is read downwards: what is done, what comes next and when, what waits for which moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from gameday.drill.decisions import Finish, ScriptedStep, SendMessage, SendPage, SkipMessage
from gameday.drill.facilitator import scheduled_decisions
from gameday.drill.state import State
from gameday.model import EndReason, Message, Phase, ScriptStep, TimeExpression
from gameday.moments import Moment
from gameday.terminal.drill_model import DrillModel, MessageOutcome
from gameday.terminal.number_format import format_elapsed
from gameday.terminal.preview_rows import message_source


class ItemState(IntEnum):
    """In the order in which they are read."""

    DONE = 0
    COMING = 1
    WAITING = 2
    NOT_PLAYED = 3


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `at` is CLOCK_MONOTONIC: when it was, or is due; None while it waits, and then `waits` says for
    what. `who` plays it, `how` it was played."""

    place: ItemState
    at: float | None
    who: str
    what: str
    waits_for: str = ""
    how: str = ""
    entry: int | None = None
    """Which line of the course it is; None for what is no line of it."""


def message_items(watched: DrillModel) -> list[Item]:
    """Done by the time it was, coming by the time it is due, then what waits, in the order of the file."""
    due = dict(_due(watched))
    items = [*_course(watched, due), *_script(watched, due), *_page(watched, due), *_ends(watched, due)]
    return sorted(items, key=lambda item: (item.place, item.at if item.at is not None else 0.0))


Line = tuple[str, int]
"""A line of the play: of which part, and its index there."""


def _due(watched: DrillModel) -> Iterator[tuple[Line, float]]:
    """When each is due, asked of the one who decides it."""
    for at, what in scheduled_decisions(watched.plan, watched.state):
        match what:
            case SendMessage(entry=index) | SkipMessage(entry=index):
                yield ("course", index), at
            case ScriptedStep(index=index):
                yield ("script", index), at
            case SendPage():
                yield ("page", 0), at
            case Finish(reason=EndReason.ENDS):
                yield ("ends", 0), at
            case _:
                pass


def _course(watched: DrillModel, due: Mapping[Line, float]) -> Iterator[Item]:
    for index, message in enumerate(watched.plan.scenario.messages):
        waits = f"at action {message.when}" if message.when else _waits_for(message.at)
        item = _item_state(watched, due.get(("course", index)), waits, watched.course.get(index))
        say = watched.state.hands.reworded.get(index, message.say)
        named = _with_text(item, message_source(message), f'"{say}"' + _unless(message, watched.state))
        yield replace(named, entry=index, how=named.how or ("held" if index in watched.state.hands.held else ""))


def _script(watched: DrillModel, due: Mapping[Line, float]) -> Iterator[Item]:
    for index, step in enumerate(watched.plan.script):
        item = _item_state(watched, due.get(("script", index)), _waits_for(step.at), watched.script.get(index))
        yield _with_text(item, "responders", _step(step))


def _page(watched: DrillModel, due: Mapping[Line, float]) -> Iterator[Item]:
    page = watched.plan.scenario.page
    if page is not None and not watched.state.paged and watched.state.phase is not Phase.DONE:
        item = _item_state(watched, due.get(("page", 0)), _waits_for(page.fallback), None)
        yield _with_text(item, "page", f"by the program, unless {page.alert} fires before")


def _ends(watched: DrillModel, due: Mapping[Line, float]) -> Iterator[Item]:
    ends = watched.plan.scenario.ends
    if ends is not None and Moment.END not in watched.state.moments:
        item = _item_state(watched, due.get(("ends", 0)), _waits_for(ends), None)
        yield _with_text(item, "end", "everything is taken back, else at the timebox")


def _item_state(watched: DrillModel, at: float | None, waits: str, played: MessageOutcome | None) -> Item:
    if played is not None:
        how = f"{played.how} ({played.why})" if played.why else played.how
        return Item(ItemState.DONE, played.at, "", "", how=how)
    if watched.state.phase in (Phase.REVERTING, Phase.DONE, Phase.STUCK):
        return Item(ItemState.NOT_PLAYED, None, "", "")
    if at is None:
        return Item(ItemState.WAITING, None, "", "", waits_for=waits)
    return Item(ItemState.COMING, at, "", "")


def _waits_for(time: TimeExpression | None) -> str:
    """Name the moment that a message waits for."""
    if time is None:
        return "in reserve"
    return f"{format_elapsed(time.after)} after {time.moment}" if time.after else f"at {time.moment}"


def _with_text(item: Item, who: str, what: str) -> Item:
    return Item(item.place, item.at, who, what, item.waits_for, item.how)


def _unless(message: Message, state: State) -> str:
    unless = message.unless
    if unless is None:
        return ""
    return f" not needed: {unless} was" if unless in state.moments else f" unless {unless}"


def _step(step: ScriptStep) -> str:
    return f"take {step.action}" if step.action else str(step.moment)
