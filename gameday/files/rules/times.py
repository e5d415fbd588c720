"""Rules for times: nothing after the timebox, no warning after the halt."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.files import raw_access
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import DEFAULT_PACE, SHORTEST_WINDOW_S, Environment, Json, TimeExpression
from gameday.moments import Moment
from gameday.signals.promql_ranges import query_lookback_s
from gameday.units import QuantityRange, format_duration, format_time


def check_timebox(document: YamlDocument) -> None:
    """Refuse times and durations beyond the timebox."""
    box = raw_access.parse_duration(raw_access.get_path(document.data, "timebox"))
    if box is None:
        return
    if box <= 0:
        document.add_problem(("timebox",), "the timebox must be longer than 0", "write a duration such as 30m")
        return
    late = [
        (path, time.latest, _phrase(document.data, path, time)) for path, time in raw_access.iter_times(document.data)
    ]
    for path, seconds, phrase in [*late, *_durations(document.data)]:
        if seconds >= box:
            wrong = f"{phrase}, but the timebox is {format_duration(box)}"
            document.add_problem(path, wrong, "move it earlier or extend the timebox")


def check_guardrail_warnings(document: YamlDocument) -> None:
    """Require that the facilitator is warned before the guardrail halts."""
    for path, guardrail in raw_access.iter_maps(document.data, "guardrails"):
        warn, hold = (
            raw_access.parse_duration(guardrail.get("warn_at")),
            raw_access.parse_duration(guardrail.get("for")),
        )
        if warn is not None and hold is not None and warn >= hold:
            wrong = f"warn_at {guardrail['warn_at']} is not before the halt after {guardrail['for']}"
            document.add_problem((*path, "warn_at"), wrong, "set warn_at shorter than for")


def check_moment_order(document: YamlDocument) -> None:
    """Refuse times that count from a moment that cannot come before them."""
    lasting = [path for path, fault in raw_access.iter_maps(document.data, "faults") if "lasts" in fault]
    for path, time in raw_access.iter_times(document.data):
        own = path[:2] if path[0] == "faults" else ()
        if path[0] == "faults" and path[2] == "at" and time.moment is Moment.FAULT:
            todo = "inside a fault, 'fault' means this fault: write start+2m or impact+2m"
            document.add_problem(path, "a fault cannot start relative to itself", todo)
        elif path[0] == "faults" and path[2] == "at" and time.moment is Moment.END:
            document.add_problem(path, "no fault is applied after the end of the drill", "write start+2m or impact+2m")
        elif time.moment is Moment.FAULT_END and not [fault for fault in lasting if fault != own or path[2] != "at"]:
            document.add_problem(path, "no fault ends by itself before then", "set lasts on a fault, such as lasts: 2m")


def check_fault_durations(document: YamlDocument) -> None:
    """Require that a fault with `lasts` shows its effect before it ends and repeats after."""
    for path, fault in raw_access.iter_maps(document.data, "faults"):
        lasts = raw_access.parse_duration(fault.get("lasts"))
        if "repeat" in fault and "lasts" not in fault:
            document.add_problem(
                (*path, "repeat"), "'repeat' without 'lasts'", "add lasts, such as lasts: 30s", key=True
            )
        if lasts is None:
            continue
        if lasts <= 0:
            document.add_problem((*path, "lasts"), "lasts must be longer than 0", "write a duration such as 2m")
        every = raw_access.parse_duration(raw_access.get_path(fault, "repeat", "every"))
        if every is not None and every <= lasts:
            wrong = f"the fault repeats every {format_duration(every)}, but lasts {format_duration(lasts)}"
            document.add_problem((*path, "repeat", "every"), wrong, "set every longer than lasts")
        shown = raw_access.parse_time(raw_access.get_path(fault, "shows", "by"))
        if shown is not None and shown.moment is Moment.FAULT and shown.after > lasts:
            wrong = f"the effect is due by {format_time(shown)}, but the fault lasts {format_duration(lasts)}"
            document.add_problem((*path, "shows", "by"), wrong, "set a time before the fault ends")


def check_windows(document: YamlDocument) -> None:
    """Refuse a window that readings cannot fill while a fault is present: its result would always be unknown."""
    longest = _longest_presence(document.data)
    if longest is None:
        return
    for path, expectation in _judged_during_fault(document.data):
        for key in ("over", "for"):
            seconds = raw_access.parse_duration(expectation.get(key))
            if seconds is not None and seconds > longest:
                wrong = f"this window needs {format_duration(seconds)}, but the fault is present for at most"
                todo = "shorten the window, or make the fault last longer"
                document.add_problem((*path, key), f"{wrong} {format_duration(longest)}", todo)


def check_rehearsed_windows(document: YamlDocument) -> None:
    """Refuse a window that fits the drill, but not its rehearsal: readings need a few seconds at any pace."""
    pace = raw_access.get_path(document.data, "rehearsal", "pace")
    pace = float(pace) if isinstance(pace, int | float) and pace >= 1 else DEFAULT_PACE
    longest, rehearsed = _longest_presence(document.data), _longest_presence(document.data, pace)
    if longest is None or rehearsed is None:
        return
    for path, expectation in _judged_during_fault(document.data):
        for key in ("over", "for"):
            seconds = raw_access.parse_duration(expectation.get(key))
            if seconds is None or seconds > longest:
                continue
            if (needed := min(seconds, max(SHORTEST_WINDOW_S, seconds / pace))) > rehearsed:
                wrong = f"in a rehearsal, {pace:g} times as fast, this window needs {format_duration(needed)}, but the"
                todo = "set a slower pace, such as rehearsal: {pace: 1}, or make the fault last longer"
                fault = f"{wrong} fault is present for at most {format_duration(rehearsed)}"
                document.add_problem((*path, key), fault, todo)


def check_query_ranges(document: YamlDocument, environment: Environment) -> None:
    """Refuse an expectation whose signal looks back further than a fault can be present."""
    longest = _longest_presence(document.data)
    if longest is None:
        return
    for path, expectation in _judged_during_fault(document.data):
        bound = environment.signals.get(str(expectation.get("signal")))
        if bound is None or bound.probe != "prometheus":
            continue
        seconds = query_lookback_s(str(bound.settings.get("query", "")))
        if seconds > longest:
            wrong = f"the query of {bound.signal} looks back {format_duration(seconds)}, but the fault is present for"
            todo = "shorten the range of the query in gameday.yaml, or let the fault stay longer"
            document.add_problem((*path, "signal"), f"{wrong} at most {format_duration(longest)}", todo)


def _judged_during_fault(data: Json) -> Iterator[tuple[KeyPath, dict[str, Json]]]:
    for path, expectation in raw_access.iter_expectations(data):
        if path[0] not in ("steady_state", "mitigated_when") and not _is_judged_afterwards(expectation):
            yield path, expectation


def _longest_presence(data: Json, pace: float = 1.0) -> float | None:
    """Return the seconds for which a fault can be present, if its effect shows in time; None without a bound.

    `pace`: that of a rehearsal, which ends so many times sooner; an effect and `lasts` take their own time.
    """
    faults = [fault for _, fault in raw_access.iter_maps(data, "faults")]
    durations = [_total_duration(fault) for fault in faults]
    bounds = [sum(each for each in durations if each is not None)] if faults and None not in durations else []
    ends = raw_access.parse_time(raw_access.get_path(data, "ends"))
    if ends is not None and len(faults) == 1 and ends.moment in (Moment.FAULT, Moment.IMPACT):
        shown = raw_access.parse_time(raw_access.get_path(faults[0], "shows", "by"))
        if ends.moment is Moment.FAULT:
            bounds.append(ends.latest / pace)
        elif shown is not None and shown.moment is Moment.FAULT:
            bounds.append(shown.latest + ends.latest / pace)
    return min(bounds, default=None)


def _total_duration(fault: dict[str, Json]) -> float | None:
    lasts, times = raw_access.parse_duration(fault.get("lasts")), raw_access.get_path(fault, "repeat", "times")
    return None if lasts is None else lasts * (times if isinstance(times, int) else 1)


def _is_judged_afterwards(expectation: dict[str, Json]) -> bool:
    moments = (raw_access.parse_time(expectation.get(key)) for key in ("by", "at"))
    return any(time is not None and time.moment is Moment.FAULT_END for time in moments)


def check_adjustments(document: YamlDocument) -> None:
    """Require a range for each adjustment, with the fault's own value inside it."""
    for path, fault in raw_access.iter_maps(document.data, "faults"):
        for key, text in raw_access.get_map(fault, "adjust").items():
            if not isinstance(text, str):
                continue
            allowed = raw_access.parse_quantity_range(text)
            if allowed is None:
                wrong = f"invalid range {text!r}"
                document.add_problem((*path, "adjust", key), wrong, "write a range such as 100ms..800ms or 10%..50%")
            elif isinstance(value := fault.get(key), str | int | float) and not _contains(allowed, value):
                document.add_problem((*path, key), f"{value} is outside the adjust range {text}", "widen the range")


def _contains(allowed: QuantityRange, value: str | float) -> bool:
    try:
        return allowed.contains(str(value))
    except ValueError:
        return True  # the injector says what is wrong with it


_DURATION_KEYS: tuple[tuple[str, str, str], ...] = (
    ("guardrails", "for", "this guardrail needs"),
    ("faults", "lasts", "this fault lasts"),
    ("objectives", "every", "this objective is due every"),
)


def _durations(data: Json) -> Iterator[tuple[KeyPath, float, str]]:
    places = [(path, entry, key, says) for place, key, says in _DURATION_KEYS
              for path, entry in raw_access.iter_maps(data, place)]  # fmt: skip
    places += [(path, entry, key, "this expectation needs")
               for path, entry in raw_access.iter_expectations(data) for key in ("over", "for")]  # fmt: skip
    for path, entry, key, says in places:
        seconds = raw_access.parse_duration(entry.get(key))
        if seconds is not None:
            yield (*path, key), seconds, f"{says} {format_duration(seconds)}"


def _phrase(data: Json, path: KeyPath, time: TimeExpression) -> str:
    """Name what comes at that time, and when that is at the latest."""
    what = {"ends": "the drill ends", "page": "the fallback page is sent", "objectives": "this objective is due",
            "rehearsal": "this step is due", "faults": "this fault starts"}  # fmt: skip
    says = what.get(str(path[0]), "this expectation is due")
    if path[0] == "messages":
        says = "this hint is sent" if "hint" in raw_access.get_map(data, *path[:-1]) else "this message is sent"
    elif path[0] == "faults" and "shows" in path:
        says = "this effect is due"
    return f"{says} {format_duration(time.latest)} after {time.moment}"
