"""What is due and only told: the events of it. What touches a target or runs a command is the loop's."""

from __future__ import annotations

from gameday.drill.due import Ask, Due, Escalate, PageNow, Play, Resume, Skip
from gameday.events import Draft
from gameday.model import Cue, Json, Plan


def told(what: Due, plan: Plan) -> list[Draft]:
    """The events; none for what is done otherwise."""
    match what:
        case Resume(why):
            return [Draft("resumed", {"say": why})]
        case PageNow(say):
            paged = Draft("page", {"by": "program", "say": say})
            return [paged, Draft("alert", {"signal": "", "by": "program", "expected": True})]
        case Escalate(to, say):
            return [Draft("escalated", {"to": to.value, "say": say})]
        case Ask(say):
            return [Draft("asked", {"say": say})]
        case Play():
            return [_played(what)]
        case Skip(entry, why):
            return [Draft("skipped", {"entry": entry, "why": why, "say": plan.scenario.course[entry].say})]
        case _:
            return []


def _played(play: Play) -> Draft:
    line = play.line
    if isinstance(line.play, Cue):
        cue: dict[str, Json] = {"entry": play.entry, "persona": line.play.persona, "say": line.say}
        return Draft("cue", {**cue, "look_for": line.play.look_for})
    hint: dict[str, Json] = {"entry": play.entry, "rung": line.play.rung.value, "say": line.say}
    return Draft("offered" if play.offer else "hint", hint)
