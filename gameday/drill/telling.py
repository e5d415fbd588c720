"""What is due and only told: the events of it. What touches a target or runs a command is the loop's."""

from __future__ import annotations

from gameday.drill.due import Ask, Decision, Escalate, Resume, SendMessage, SendPage, SkipMessage
from gameday.events import NewEvent
from gameday.model import Cue, Json, Plan


def decision_events(what: Decision, plan: Plan) -> list[NewEvent]:
    """The events; none for what is done otherwise."""
    match what:
        case Resume(why):
            return [NewEvent("resumed", {"say": why})]
        case SendPage(say):
            paged = NewEvent("page", {"by": "program", "say": say})
            return [paged, NewEvent("alert", {"signal": "", "by": "program", "expected": True})]
        case Escalate(to, say):
            return [NewEvent("escalated", {"to": to.value, "say": say})]
        case Ask(say):
            return [NewEvent("asked", {"say": say})]
        case SendMessage():
            return [_played(what)]
        case SkipMessage(entry, why):
            return [NewEvent("skipped", {"entry": entry, "why": why, "say": plan.scenario.course[entry].say})]
        case _:
            return []


def _played(play: SendMessage) -> NewEvent:
    line = play.line
    if isinstance(line.play, Cue):
        cue: dict[str, Json] = {"entry": play.entry, "persona": line.play.persona, "say": line.say}
        return NewEvent("cue", {**cue, "look_for": line.play.look_for})
    hint: dict[str, Json] = {"entry": play.entry, "rung": line.play.rung.value, "say": line.say}
    return NewEvent("offered" if play.offer else "hint", hint)
