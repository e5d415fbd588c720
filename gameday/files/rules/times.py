"""Times that cannot be: after the timebox, a warning after the halt, a value outside its own dial."""

from __future__ import annotations

from collections.abc import Iterator, Set

from gameday.files import raw_access
from gameday.files.scenario_constants import DIALLED
from gameday.files.yaml_document import Document, KeyPath
from gameday.model import Json
from gameday.units import format_duration


def timebox(found: Document) -> None:
    """Nothing can come, be due or last as long as the whole drill."""
    box = raw_access.parse_duration(raw_access.get_path(found.data, "timebox"))
    if box is None:
        return
    if box <= 0:
        found.add_problem(("timebox",), "a drill of no time", "write how long it may take: 30m")
        return
    for path, one, what, keys in _timed(found.data):
        for key in keys & one.keys():
            span = raw_access.parse_range(one[key]) if key == "start" else None
            late = span.high if span else raw_access.parse_duration(one[key])
            if late is not None and late >= box:
                wrong = f"{what} {_phrase(path, one, key, late)}, but the timebox is {format_duration(box)}"
                found.add_problem((*path, key), wrong, "make it earlier or the timebox longer")


def warnings(found: Document) -> None:
    """The facilitator hears before the guardrail halts."""
    for path, one in raw_access.iter_maps(found.data, "guardrails"):
        warn, hold = raw_access.parse_duration(one.get("warn_at")), raw_access.parse_duration(one.get("for"))
        if warn is not None and hold is not None and warn >= hold:
            wrong = f"warn_at {one['warn_at']} is not before the halt at {one['for']}"
            found.add_problem((*path, "warn_at"), wrong, "make it shorter than 'for'")


def dials(found: Document) -> None:
    """A dial is a range of times, and the time that it turns stands inside it."""
    for path, fault in raw_access.iter_maps(found.data, "faults"):
        dial = fault.get("dial")
        if not isinstance(dial, str):
            continue
        span = raw_access.parse_range(dial) if ".." in dial.strip(".") else None
        if span is None:
            found.add_problem((*path, "dial"), f"{dial!r} is no range of times", "write it as in 100ms..800ms")
            continue
        turned = next((key for key in DIALLED if key in fault), "")
        value = raw_access.parse_duration(fault.get(turned))
        if value is not None and not span.low <= value <= span.high:
            found.add_problem((*path, turned), f"{fault[turned]} lies outside the dial {dial}", "widen the dial")


_LISTS: tuple[tuple[KeyPath, str, frozenset[str]], ...] = (
    (("objectives",), "this objective", frozenset({"within"})),
    (("faults",), "this fault", frozenset({"start"})),
    (("rehearsal", "responders"), "this step", frozenset({"after"})),
    (("guardrails",), "this guardrail", frozenset({"for"})),
)


def _timed(data: Json) -> Iterator[tuple[KeyPath, dict[str, Json], str, Set[str]]]:
    """Every map with times that must lie inside the timebox: its path, itself, what it is, the keys."""
    for path, line in raw_access.iter_maps(data, "course"):
        yield path, line, "this hint" if "hint" in line else "this cue", {"after"}
    yield ("ends",), raw_access.get_map(data, "ends"), "the drill", {"after"}
    yield ("page",), raw_access.get_map(data, "page"), "the program's own page", {"else_after"}
    for place, what, keys in _LISTS:
        for path, one in raw_access.iter_maps(data, *place):
            yield path, one, what, keys
    for path, one in raw_access.expectations(data):
        yield path, one, "this expectation", {"over", "for", "within"}


def _phrase(path: KeyPath, one: dict[str, Json], key: str, late: float) -> str:
    moment = raw_access.text(one.get("of"))
    said = format_duration(late) + (f" after {moment}" if moment and key in ("after", "within", "else_after") else "")
    verb = {"start": "may begin as late as", "over": "takes", "for": "takes", "within": "is due"}
    return f"ends {said}" if path == ("ends",) else f"{verb.get(key, 'comes')} {said}"
