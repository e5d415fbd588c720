"""Times that cannot be: after the timebox, a warning after the halt, a value outside its own dial."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.files import raw
from gameday.files.document import Document, Path
from gameday.model import Json
from gameday.units import say_duration


def timebox(found: Document) -> None:
    """Nothing can come, be due or last as long as the whole drill."""
    box = raw.seconds(raw.at(found.data, "timebox"))
    if box is None:
        return
    if box <= 0:
        found.wrong(("timebox",), "a drill of no time", "write how long it may take: 30m")
        return
    for path, what, key in _times(found.data):
        value = raw.at(found.data, *path, key)
        span = raw.span(value) if key == "start" else None
        late = span.high if span else raw.seconds(value)
        if late is not None and late >= box:
            wrong = f"{what} {_phrase(found.data, path, key, late)}, but the timebox is {say_duration(box)}"
            found.wrong((*path, key), wrong, "make it earlier or the timebox longer")


def warnings(found: Document) -> None:
    """The facilitator hears before the guardrail halts."""
    for path, one in raw.tables(found.data, "guardrails"):
        warn, hold = raw.seconds(one.get("warn_at")), raw.seconds(one.get("for"))
        if warn is not None and hold is not None and warn >= hold:
            wrong = f"warn_at {one['warn_at']} is not before the halt at {one['for']}"
            found.wrong((*path, "warn_at"), wrong, "make it shorter than 'for'")


def dials(found: Document) -> None:
    """A dial is a range, and what it turns stands inside it."""
    for path, fault in raw.tables(found.data, "faults"):
        dial = fault.get("dial")
        if not isinstance(dial, str):
            continue
        if ".." not in dial.strip("."):
            found.wrong((*path, "dial"), f"{dial!r} is no range", "write it as in 100ms..800ms")
        span, delay = raw.span(dial), raw.seconds(fault.get("delay"))
        if span and delay is not None and not span.low <= delay <= span.high:
            found.wrong((*path, "delay"), f"{fault['delay']} lies outside the dial {dial}", "widen the dial")


def _times(data: Json) -> Iterator[tuple[Path, str, str]]:
    """Every place of a time that must lie inside the timebox: the map's path, what it is, and the key."""
    for path, line in raw.tables(data, "course"):
        yield path, "this hint" if "hint" in line else "this cue", "after"
    yield ("ends",), "the drill", "after"
    yield ("page",), "the program's own page", "else_after"
    for path, _ in raw.tables(data, "objectives"):
        yield path, "this objective", "within"
    for path, _ in raw.tables(data, "faults"):
        yield path, "this fault", "start"
    for path, _ in raw.tables(data, "rehearsal", "responders"):
        yield path, "this step", "after"
    for path, _ in raw.tables(data, "guardrails"):
        yield path, "this guardrail", "for"
    for path, _ in raw.expectations(data):
        for key in ("over", "for", "within"):
            yield path, "this expectation", key


def _phrase(data: Json, path: Path, key: str, late: float) -> str:
    moment = raw.text(raw.at(data, *path, "of"))
    said = say_duration(late) + (f" after {moment}" if moment and key in ("after", "within", "else_after") else "")
    verb = {"start": "may begin as late as", "over": "takes", "for": "takes", "within": "is due"}
    if path == ("ends",):
        return f"ends {said}"
    return f"{verb.get(key, 'comes')} {said}"
