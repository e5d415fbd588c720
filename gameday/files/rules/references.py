"""Names that must be known: signals, targets; names that must be told apart; limits that fit a signal's kind."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.files import raw_access
from gameday.files.scenario_constants import LIMIT_TESTS
from gameday.files.schema_validation import did_you_mean, one_of
from gameday.files.yaml_document import Document, KeyPath
from gameday.model import Json, SignalKind

_FAULT_KEYS = ("id", "kind", "target", "start", "dial", "expect")


def signals(found: Document) -> None:
    """Every signal is among `needs.signals`; the page comes from an alert; `fires` is for alerts alone."""
    kinds = raw_access.get_map(found.data, "needs", "signals")
    for path, name in _signals_used(found.data):
        if name not in kinds:
            found.add_problem(path, f"unknown signal {name!r}", _near(name, list(kinds), "needs.signals"))
    page = raw_access.get_path(found.data, "page", "from")
    if isinstance(page, str) and kinds.get(page, SignalKind.ALERT) != SignalKind.ALERT:
        found.add_problem(("page", "from"), f"{page!r} is no alert but a {kinds[page]}", "name a signal of kind alert")


def limits(found: Document) -> None:
    """A share for a ratio, a time for a duration, a number for a count, and `fires` for an alert."""
    kinds = raw_access.get_map(found.data, "needs", "signals")
    everything = [*raw_access.expectations(found.data), *raw_access.iter_maps(found.data, "guardrails")]
    for path, one in everything:
        kind = kinds.get(raw_access.text(one.get("signal")))
        if kind not in set(SignalKind):
            continue
        if (kind == SignalKind.ALERT) != ("fires" in one) and {*LIMIT_TESTS, "fires"} & one.keys():
            key = next(key for key in one if key in LIMIT_TESTS or key == "fires")
            right = "write fires: true" if kind == SignalKind.ALERT else "only an alert fires"
            found.add_problem((*path, key), f"{one['signal']!r} is of kind {kind}", right, key=True)
            continue
        for test in LIMIT_TESTS:
            if (wanted := _unfit(one.get(test), str(kind))) and test in one:
                wrong = f"{one[test]} does not fit {one['signal']!r}, which is a {kind}"
                found.add_problem((*path, test), wrong, f"write {wanted}")


def targets(found: Document) -> None:
    """Every fault's target is among `needs.targets`; a fault's own keys are not misspelt parameters."""
    known = raw_access.get_map(found.data, "needs", "targets")
    for path, fault in raw_access.iter_maps(found.data, "faults"):
        target = fault.get("target")
        if isinstance(target, str) and target not in known:
            found.add_problem(
                (*path, "target"), f"unknown target {target!r}", _near(target, list(known), "needs.targets")
            )
        missing = [key for key in _FAULT_KEYS if key not in fault]
        for key in fault:
            if key not in _FAULT_KEYS and (hint := did_you_mean(key, missing)):
                found.add_problem((*path, key), f"unknown key {key!r}", hint, key=True)


def unique_ids(found: Document) -> None:
    """Ids tell things apart."""
    for place in ("faults", "objectives"):
        seen: dict[str, int] = {}
        for path, one in raw_access.iter_maps(found.data, place):
            name = raw_access.text(one.get("id"))
            line, _ = found.locate((*path, "id"))
            if name in seen:
                found.add_problem(
                    (*path, "id"), f"the id {name!r} is here twice, first on line {seen[name]}", "name it apart"
                )
            elif name:
                seen[name] = line


def _signals_used(data: Json) -> Iterator[tuple[KeyPath, str]]:
    for path, one in [*raw_access.expectations(data), *raw_access.iter_maps(data, "guardrails")]:
        if isinstance(name := one.get("signal"), str):
            yield (*path, "signal"), name
    for path in (("page", "from"), ("needs", "load", "of")):
        if isinstance(name := raw_access.get_path(data, *path), str):
            yield path, name


def _near(name: str, known: list[str], place: str) -> str:
    return did_you_mean(name, known) or (one_of(known) if known else f"add it to {place}")


def _unfit(value: Json, kind: str) -> str:
    """What would do, when a limit does not fit the kind; empty when it does, or is no limit at all."""
    limit = raw_access.parse_limit(value)
    if limit is None or limit.relative:
        return ""
    timed = isinstance(value, str) and raw_access.parse_duration(value) is not None
    if kind == SignalKind.RATIO and (timed or not 0 <= limit.value <= 1):
        return "a share as in 97%, or 3x usual"
    if kind == SignalKind.DURATION and not timed:
        return "a time as in 400ms, or 3x usual"
    if kind == SignalKind.COUNT and (timed or "%" in limit.text):
        return "a number as in 12, or 3x usual"
    return ""
