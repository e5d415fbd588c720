"""Looking things up in a drill's events: the one place that knows how the data of an event is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gameday.model import Event, Json, Mode
from gameday.moments import Moment
from gameday.units import format_parameters


def text(data: Mapping[str, Json], key: str) -> str:
    """A word or a line; empty when it is not there."""
    value = data.get(key)
    return value if isinstance(value, str) else ""


def number(data: Mapping[str, Json], key: str) -> float | None:
    """A figure; None when it is not there (a truth value is no figure)."""
    value = data.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def integer(data: Mapping[str, Json], key: str) -> int:
    """A count, such as n; 0 when it is not there."""
    return int(number(data, key) or 0)


def flag(data: Mapping[str, Json], key: str) -> bool:
    return data.get(key) is True


def records(data: Mapping[str, Json], key: str) -> tuple[Mapping[str, Json], ...]:
    """The mappings in a list; anything else in it is left out."""
    value = data.get(key)
    return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def lines(data: Mapping[str, Json], key: str) -> tuple[str, ...]:
    """The lines of a list; a mapping in it speaks by its `say`, else by its values."""
    value = data.get(key)
    return tuple(_line(item) for item in value) if isinstance(value, list) else ()


def _line(item: Json) -> str:
    if isinstance(item, dict):
        return text(item, "say") or " ".join(str(part) for part in item.values() if part not in (None, ""))
    return str(item)


def of_kind(events: Sequence[Event], *kinds: str) -> Iterator[Event]:
    """The events of these kinds, in order of the log."""
    return (event for event in events if event.kind in kinds)


def first(events: Sequence[Event], *kinds: str) -> Event | None:
    """The event of these kinds that happened first, whenever it was recorded."""
    return min(of_kind(events, *kinds), key=lambda event: event.happened, default=None)


def last(events: Sequence[Event], *kinds: str) -> Event | None:
    """The event of these kinds that was recorded last."""
    return max(of_kind(events, *kinds), key=lambda event: event.seq, default=None)


def first_time(events: Sequence[Event], *kinds: str) -> float | None:
    """Monotonic seconds at which the first of these kinds happened."""
    found = first(events, *kinds)
    return found.happened if found else None


def served_by(events: Sequence[Event]) -> tuple[str, ...]:
    """The actions that were begun before users were served again, in their order."""
    found = first(events, Moment.MITIGATED)
    return tuple(filter(None, text(found.data, "by").split(", "))) if found else ()


@dataclass(frozen=True, slots=True)
class PlannedObjective:
    """An objective as it was planned; `within` None: the environment's charter has no figure for it."""

    id: str
    expect: str
    within: float | None
    of: str


@dataclass(frozen=True, slots=True)
class PlannedExpectation:
    """An expectation as it was planned: `say` for a person, `tells` what it tells whoever follows the trail."""

    signal: str
    test: str
    say: str
    tells: str = ""


@dataclass(frozen=True, slots=True)
class PlannedDrill:
    """What was going to be played, as the `planned` event says it."""

    drill: str = ""
    scenario: str = ""
    type: str = ""
    title: str = ""
    hypothesis: str = ""
    environment: str = ""
    mode: str = ""
    informed: bool = False
    way_out: str = ""
    pace: float = 1.0
    timebox: float | None = None
    seed: int | None = None
    holds: tuple[PlannedExpectation, ...] = ()
    trail: tuple[PlannedExpectation, ...] = ()
    mitigated: tuple[PlannedExpectation, ...] = ()
    steady: tuple[str, ...] = ()
    """The signals of the steady state."""
    ways_out: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    objectives: tuple[PlannedObjective, ...] = ()
    faults: tuple[Mapping[str, Json], ...] = ()
    signals: Mapping[str, str] = field(default_factory=dict[str, str])
    page: str = ""

    @property
    def rehearsal(self) -> bool:
        return self.mode == Mode.REHEARSAL


def read_plan(events: Sequence[Event]) -> PlannedDrill:
    """The plan of the drill; an empty one when the log does not begin with it."""
    event = first(events, "planned")
    if event is None:
        return PlannedDrill(drill=events[0].drill if events else "")
    data, seed, signals = event.data, number(event.data, "seed"), event.data.get("signals")
    return PlannedDrill(
        drill=event.drill, scenario=text(data, "scenario"), type=text(data, "type"), title=text(data, "title"),
        hypothesis=text(data, "hypothesis"), environment=text(data, "environment"), mode=text(data, "mode"),
        informed=flag(data, "informed"),
        way_out=text(data, "way_out"), pace=number(data, "pace") or 1.0, timebox=number(data, "timebox"),
        seed=None if seed is None else int(seed), holds=_expected(data, "holds"), trail=_expected(data, "trail"),
        mitigated=_expected(data, "mitigated"), steady=lines(data, "steady"), ways_out=lines(data, "ways_out"),
        page=_page(data), questions=lines(data, "debrief"),
        objectives=tuple(_promise(item) for item in records(data, "objectives")), faults=records(data, "faults"),
        signals={k: str(v) for k, v in signals.items()} if isinstance(signals, dict) else {},
    )  # fmt: skip


def _expected(data: Mapping[str, Json], part: str) -> tuple[PlannedExpectation, ...]:
    return tuple(
        PlannedExpectation(text(item, "signal"), text(item, "test"), text(item, "say"), text(item, "tells"))
        for item in records(data, part)
    )


def _page(data: Mapping[str, Json]) -> str:
    """The alert that is meant to page; empty when the scenario names none."""
    page = data.get("page")
    return text(page, "alert") if isinstance(page, dict) else ""


def _promise(item: Mapping[str, Json]) -> PlannedObjective:
    return PlannedObjective(text(item, "id"), text(item, "expect"), number(item, "within"), text(item, "of"))


def reference_time(events: Sequence[Event]) -> float:
    """Monotonic seconds that offsets are counted from: the fault, else STARTEX, else the first event."""
    for kind in (Moment.FAULT.value, "start"):
        found = first_time(events, kind)
        if found is not None:
            return found
    return events[0].happened if events else 0.0


def fault_summary(events: Sequence[Event]) -> str:
    """The faults as the plan put them: `latency delay 400ms on database`."""
    return "; ".join(_fault(fault) for fault in read_plan(events).faults)


def _fault(fault: Mapping[str, Json]) -> str:
    params = fault.get("params")
    said = format_parameters(params, " ") if isinstance(params, dict) else ""
    return f"{text(fault, 'kind')}{f' {said}' if said else ''} on {text(fault, 'target')}"
