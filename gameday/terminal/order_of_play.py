"""The course as it is read downwards: what is done, what comes next and when, what waits for which moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from gameday.drill.state import State
from gameday.files.words import fill
from gameday.model import CourseEntry, Cue, Hint, Phase, ScriptStep
from gameday.moments import Moment
from gameday.terminal.figures import clock
from gameday.terminal.watched import Played, Watched


class Place(IntEnum):
    """In the order in which they are read."""

    DONE = 0
    COMING = 1
    WAITING = 2
    NOT_PLAYED = 3


@dataclass(frozen=True, slots=True)
class Item:
    """One line. `at` is CLOCK_MONOTONIC: when it was, or is due; None while it waits, and then `waits` says for
    what. `who` plays it, `how` it was played."""

    place: Place
    at: float | None
    who: str
    what: str
    waits: str = ""
    how: str = ""


def order_of_play(watched: Watched) -> list[Item]:
    """Done by the time it was, coming by the time it is due, then what waits, in the order of the file."""
    items = [*_course(watched), *_script(watched), *_page(watched), *_ends(watched)]
    return sorted(items, key=lambda item: (item.place, item.at if item.at is not None else 0.0))


def _course(watched: Watched) -> Iterator[Item]:
    words = {**watched.plan.scenario.needs.words, **watched.plan.environment.words}
    for index, entry in enumerate(watched.plan.scenario.course):
        of = f"action {entry.when}" if entry.when else str(entry.of or "")
        anchor = watched.state.actions.get(entry.when) if entry.when else _moment(watched.state, entry.of)
        played = watched.course.get(index)
        item = _placed(watched, anchor, entry.after, of, played)
        yield _named(item, _who(entry), f'"{fill(entry.say, words)}"' + _unless(entry, watched.state))


def _script(watched: Watched) -> Iterator[Item]:
    for index, step in enumerate(watched.plan.script):
        played = watched.script.get(index)
        item = _placed(watched, _moment(watched.state, step.of), step.after, step.of, played)
        yield _named(item, "responders", _step(step))


def _page(watched: Watched) -> Iterator[Item]:
    page = watched.plan.scenario.page
    if page is not None and not watched.state.paged and watched.state.phase is not Phase.DONE:
        item = _placed(watched, _moment(watched.state, page.of), page.else_after, page.of, None)
        yield _named(item, "page", f"by the program, unless {page.alert} fires before")


def _ends(watched: Watched) -> Iterator[Item]:
    ends = watched.plan.scenario.ends
    if ends is not None and Moment.END not in watched.state.moments:
        item = _placed(watched, _moment(watched.state, ends.of), ends.after, ends.of, None)
        yield _named(item, "end", "everything is taken back, else at the timebox")


def _placed(watched: Watched, anchor: float | None, after: float, of: str, played: Played | None) -> Item:
    if played is not None:
        how = f"{played.how} ({played.why})" if played.why else played.how
        return Item(Place.DONE, played.at, "", "", how=how)
    if watched.state.phase in (Phase.REVERTING, Phase.DONE, Phase.STUCK):
        return Item(Place.NOT_PLAYED, None, "", "")
    if anchor is None:
        waits = f"{clock(after)} after {of}" if after else f"at {of}"
        return Item(Place.WAITING, None, "", "", waits=waits)
    return Item(Place.COMING, anchor + after, "", "")


def _named(item: Item, who: str, what: str) -> Item:
    return Item(item.place, item.at, who, what, item.waits, item.how)


def _moment(state: State, of: Moment | None) -> float | None:
    return state.moments.get(of) if of is not None else None


def _who(entry: CourseEntry) -> str:
    if isinstance(entry.play, Cue):
        return entry.play.persona
    return f"hint {entry.play.rung}"


def _unless(entry: CourseEntry, state: State) -> str:
    unless = entry.play.unless if isinstance(entry.play, Hint) else None
    if unless is None:
        return ""
    return f" not needed: {unless} was" if unless in state.moments else f" unless {unless}"


def _step(step: ScriptStep) -> str:
    return f"take {step.action}" if step.action else str(step.moment)
