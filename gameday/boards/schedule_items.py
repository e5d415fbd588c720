"""Messages, script steps, page and end of a drill, in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from gameday.boards.drill_board import DrillBoard, MessageOutcome
from gameday.drill.decisions import EscalatePage, FinishDrill, PerformStep, SendMessage, SendPage, SkipMessage
from gameday.drill.facilitator import scheduled_decisions
from gameday.drill.state import DrillState
from gameday.model import EndReason, Message, Phase, ScriptStep, TimeExpression
from gameday.moments import Moment
from gameday.units import format_elapsed


class ItemState(IntEnum):
    """State of an item, in reading order."""

    DONE = 0
    COMING = 1
    WAITING = 2
    NOT_SENT = 3


@dataclass(frozen=True, slots=True)
class MessageItem:
    """One line.

    `at` is CLOCK_MONOTONIC: when it was, or is due; None while it waits for `waits_for`.

    `who` sends it; `how` is its outcome; `entry` is its index among the messages, None for other items.
    """

    state: ItemState
    at: float | None = None
    who: str = ""
    what: str = ""
    waits_for: str = ""
    how: str = ""
    entry: int | None = None


def list_message_items(board: DrillBoard) -> list[MessageItem]:
    """Return the items: done, coming by due time, then waiting in the file's order."""
    due = dict(_due_times(board))
    items = [*_messages(board, due), *_script(board, due), *_page(board, due), *_escalation(due), *_end(board, due)]
    return sorted(items, key=lambda item: (item.state, item.at if item.at is not None else 0.0))


def format_message_source(message: Message) -> str:
    """Return the sender: `support`, `hint nudge`."""
    return message.sender or f"hint {message.hint}"


ItemKey = tuple[str, int]
"""Part of the drill and index in that part."""


def _due_times(board: DrillBoard) -> Iterator[tuple[ItemKey, float]]:
    for at, decision in scheduled_decisions(board.plan, board.state):
        match decision:
            case SendMessage(entry=index) | SkipMessage(entry=index):
                yield ("message", index), at
            case PerformStep(index=index):
                yield ("script", index), at
            case SendPage():
                yield ("page", 0), at
            case EscalatePage():
                yield ("escalation", 0), at
            case FinishDrill(reason=EndReason.ENDS):
                yield ("end", 0), at
            case FinishDrill(reason=EndReason.TIMEBOX) if board.plan.scenario.ends is None:
                yield ("end", 0), at
            case _:
                pass


def _messages(board: DrillBoard, due: Mapping[ItemKey, float]) -> Iterator[MessageItem]:
    for index, message in enumerate(board.plan.scenario.messages):
        waits_for = f"on action {message.when}" if message.when else _waits_for(message.at)
        item = _item(board, due.get(("message", index)), waits_for, board.messages.get(index))
        text = board.state.interventions.reworded.get(index, message.say)
        how = item.how or ("held" if index in board.state.interventions.held else "")
        what = f'"{text}"' + ("" if item.state is ItemState.DONE else _unless(message, board.state))
        yield replace(item, who=format_message_source(message), what=what, entry=index, how=how)


def _script(board: DrillBoard, due: Mapping[ItemKey, float]) -> Iterator[MessageItem]:
    for index, step in enumerate(board.plan.script):
        item = _item(board, due.get(("script", index)), _waits_for(step.at), board.script.get(index))
        yield replace(item, who="responders", what=_step_text(step))


def _page(board: DrillBoard, due: Mapping[ItemKey, float]) -> Iterator[MessageItem]:
    page = board.plan.scenario.page
    if page is not None and not board.state.paged and board.state.phase is not Phase.DONE:
        item = _item(board, due.get(("page", 0)), _waits_for(page.fallback), None)
        yield replace(
            item, who="page", what="by gameday" + (f", unless {page.alert} fires first" if page.alert else "")
        )


def _escalation(due: Mapping[ItemKey, float]) -> Iterator[MessageItem]:
    """Yield the escalation of a page that nobody acknowledged."""
    if (at := due.get(("escalation", 0))) is not None:
        yield MessageItem(ItemState.COMING, at, "page", "to the mentor too, unless acknowledged")


def _end(board: DrillBoard, due: Mapping[ItemKey, float]) -> Iterator[MessageItem]:
    if Moment.END in board.state.moments:
        return
    ends = board.plan.scenario.ends
    item = _item(board, due.get(("end", 0)), _waits_for(ends) if ends else "at the timebox", None)
    yield replace(item, who="end", what="revert all faults" + ("; at the latest at the timebox" if ends else ""))


def _item(board: DrillBoard, due_at: float | None, waits_for: str, outcome: MessageOutcome | None) -> MessageItem:
    if outcome is not None:
        how = f"{outcome.how} ({outcome.why})" if outcome.why else outcome.how
        return MessageItem(ItemState.DONE, outcome.at, how=how)
    if board.state.phase in (Phase.REVERTING, Phase.DONE, Phase.STUCK):
        return MessageItem(ItemState.NOT_SENT)
    if due_at is None:
        return MessageItem(ItemState.WAITING, waits_for=waits_for)
    return MessageItem(ItemState.COMING, due_at)


def _waits_for(time: TimeExpression | None) -> str:
    """Name the moment that an item waits for."""
    if time is None:
        return "in reserve"
    return f"{format_elapsed(time.after)} after {time.moment}" if time.after else f"at {time.moment}"


def _unless(message: Message, state: DrillState) -> str:
    unless = message.unless
    if unless is None:
        return ""
    return f" (will be skipped: {unless})" if unless in state.moments else f" (unless {unless})"


def _step_text(step: ScriptStep) -> str:
    return f"run {step.action}" if step.action else str(step.moment)
