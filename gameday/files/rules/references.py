"""Rules for names: known signals and targets, unique ids, limits that fit a signal's kind."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.files import raw_access
from gameday.files.scenario_constants import FAULT_KEYS, LIMIT_TESTS, PEOPLE_ALONE_MOMENTS, TESTS
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json, SignalKind
from gameday.suggestions import did_you_mean, one_of

_MISSPELT = 0.8
"""Similarity (0 to 1) above which a word is reported as a misspelling, where other words are allowed too."""
_NEEDED_WITH_FAULTS: dict[KeyPath, tuple[str, str]] = {
    ("hypothesis", "expect"): (
        "nothing says what must hold while the fault is active", "add an expectation",
    ),
    ("steady_state",): (
        "the drill cannot tell when users are affected and when service is restored",
        "add what must hold before and after: - {signal: NAME, is: healthy}",
    ),
}  # fmt: skip
"""For each key that a scenario with faults needs: the reason and the remedy."""


def check_signal_names(document: YamlDocument) -> None:
    """Require known signals; only an alert pages, and only an alert fires."""
    kinds = _kinds(document.data)
    for path, name in _signals_used(document.data):
        if name not in kinds:
            document.add_problem(path, f"unknown signal {name!r}", _near(name, list(kinds), "requires.signals"))
    page = raw_access.get_path(document.data, "page", "alert")
    if isinstance(page, str) and kinds.get(page, SignalKind.ALERT) != SignalKind.ALERT:
        document.add_problem(
            ("page", "alert"), f"{page!r} is a {kinds[page]}, not an alert", "name a signal of kind alert"
        )


def check_limit_types(document: YamlDocument) -> None:
    """Require a percentage for a ratio, a time for a duration, a number for a count."""
    kinds = _kinds(document.data)
    everything = [*raw_access.iter_expectations(document.data), *raw_access.iter_maps(document.data, "guardrails")]
    for path, expectation in everything:
        kind = kinds.get(raw_access.text_or_empty(expectation.get("signal")))
        if kind not in set(SignalKind):
            continue
        if (kind == SignalKind.ALERT) != ("fires" in expectation) and set(TESTS) & expectation.keys():
            key = next(key for key in expectation if key in TESTS)
            right = "write fires: true" if kind == SignalKind.ALERT else "fires is only for alerts"
            document.add_problem(
                (*path, key),
                f"{key!r} does not fit {expectation['signal']!r}, which is of kind {kind}",
                right,
                key=True,
            )
            continue
        for test in LIMIT_TESTS:
            if (wanted := unfit_limit(expectation.get(test), str(kind))) and test in expectation:
                wrong = f"{expectation[test]} does not fit {expectation['signal']!r}, which is a {kind}"
                document.add_problem((*path, test), wrong, f"write {wanted}")


def check_target_names(document: YamlDocument) -> None:
    """Require known targets, and fault keys that are not misspelt."""
    known = raw_access.get_map(document.data, "requires", "targets")
    for path, fault in raw_access.iter_maps(document.data, "faults"):
        target = fault.get("target")
        if isinstance(target, str) and target not in known:
            document.add_problem(
                (*path, "target"), f"unknown target {target!r}", _near(target, list(known), "requires.targets")
            )
        missing = [key for key in sorted(FAULT_KEYS) if key not in fault]
        for key in fault:
            meant = did_you_mean(key, missing, cutoff=_MISSPELT) if key not in FAULT_KEYS else ""
            if meant:
                document.add_problem((*path, key), f"unknown key {key!r}", meant, key=True)


def check_action_names(document: YamlDocument) -> None:
    """Require known actions; a message may follow an action that only some teams have."""
    known = raw_access.get_map(document.data, "requires", "actions")
    for key in ("mitigations", "on_halt"):
        for path, name in raw_access.iter_texts(document.data, key):
            if name not in known:
                document.add_problem(path, f"unknown action {name!r}", _near(name, list(known), "requires.actions"))
    for path, message in raw_access.iter_maps(document.data, "messages"):
        name = raw_access.text_or_empty(message.get("when"))
        meant = did_you_mean(name, known, cutoff=_MISSPELT) if name not in known else ""
        if meant:
            document.add_problem((*path, "when"), f"unknown action {name!r}", meant)


def check_drill_without_faults(document: YamlDocument) -> None:
    """Require expectations of a drill with faults; without one, no moment that only a fault brings."""
    if not isinstance(faults := raw_access.get_path(document.data, "faults"), list):
        return
    for path, (why, remedy) in _NEEDED_WITH_FAULTS.items() if faults else ():
        if not raw_access.get_path(document.data, *path):
            wrong = f"{'.'.join(map(str, path))} is missing: {why}"
            document.add_problem(path, wrong, f"{remedy}, or write faults: [] for a drill without faults")
    for place, time in raw_access.iter_times(document.data) if not faults else ():
        if time.moment in PEOPLE_ALONE_MOMENTS:
            document.add_problem(
                place, f"moment {time.moment.value!r} never occurs in a drill without faults", "use start"
            )


def check_unique_ids(document: YamlDocument) -> None:
    """Require unique ids."""
    for place in ("faults", "objectives"):
        seen: dict[str, int] = {}
        for path, entry in raw_access.iter_maps(document.data, place):
            name = raw_access.text_or_empty(entry.get("id"))
            line, _ = document.locate((*path, "id"))
            if name in seen:
                document.add_problem(
                    (*path, "id"), f"duplicate id {name!r}, first on line {seen[name]}", "choose another id"
                )
            elif name:
                seen[name] = line


def _kinds(data: Json) -> dict[str, Json]:
    """Return the kinds of the required signals, by name."""
    names = raw_access.get_map(data, "requires", "signals")
    return {name: raw_access.get_path(data, "requires", "signals", name, "kind") for name in names}


def _signals_used(data: Json) -> Iterator[tuple[KeyPath, str]]:
    for path, expectation in [*raw_access.iter_expectations(data), *raw_access.iter_maps(data, "guardrails")]:
        if isinstance(name := expectation.get("signal"), str):
            yield (*path, "signal"), name
    places: tuple[KeyPath, ...] = (("page", "alert"), ("requires", "load", "signal"))
    for path in places:
        if isinstance(name := raw_access.get_path(data, *path), str):
            yield path, name


def _near(name: str, known: list[str], place: str) -> str:
    return did_you_mean(name, known) or (one_of(known) if known else f"add it to {place}")


def unfit_limit(value: Json, kind: str) -> str:
    """Return a limit that fits the kind; empty if this one fits, or is no limit at all."""
    limit = raw_access.parse_limit(value)
    if limit is None or limit.relative:
        return ""
    timed = isinstance(value, str) and raw_access.parse_duration(value) is not None
    if kind == SignalKind.RATIO and (timed or not 0 <= limit.value <= 1):
        return "a percentage such as 97%, or 3x baseline"
    if kind == SignalKind.DURATION and not timed:
        return "a time such as 400ms, or 3x baseline"
    if kind == SignalKind.COUNT and (timed or "%" in limit.text):
        return "a number such as 12, or 3x baseline"
    return ""
