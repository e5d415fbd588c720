"""Rules of gameday.yaml beyond its schema."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.files import raw_access
from gameday.files.rules import alerts, approvals, channels, incidents, probe_keys, probe_settings, targets, trackers
from gameday.files.rules.probe_addresses import check_probe_address
from gameday.files.rules.references import unfit_limit
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json, SignalKind
from gameday.suggestions import did_you_mean, one_of

BUILT_IN = "(built in)"
"""The name of the one file that may say what `demo` is."""


def check_project_rules(document: YamlDocument) -> None:
    """Note what is wrong with a gameday.yaml."""
    known = raw_access.get_map(document.data, "environments")
    default = raw_access.get_path(document.data, "default_env")
    if isinstance(default, str) and default not in known and default != "demo":
        wrong = f"unknown environment {default!r}"
        document.add_problem(
            ("default_env",), wrong, did_you_mean(default, [*known, "demo"]) or one_of([*known, "demo"])
        )
    if "demo" in known and document.file != BUILT_IN:
        document.add_problem(
            ("environments", "demo"), "environment 'demo' is built in", "choose another name", key=True
        )
    for path, signal in _signals(document.data):
        probe_keys.check_probe(document, path, signal)
        _counts(document, path, signal)
        _healthy_limit(document, path, signal)
        probe_settings.check_answers(document, path, signal)
        if document.file != BUILT_IN:
            check_probe_address(document, path, signal)
    channels.check_channels(document)
    incidents.check_incident_sources(document)
    trackers.check_tracker(document)
    _check_error_budgets(document)
    alerts.check_silences(document)
    approvals.check_approvals(document)
    if document.file != BUILT_IN:  # which has no address yet while it is not up
        targets.check_target_settings(document)
        targets.check_production_targets(document)


def _check_error_budgets(document: YamlDocument) -> None:
    """Require that each error budget is a signal with a limit."""
    for environment in raw_access.get_map(document.data, "environments"):
        place = ("environments", environment)
        signals = raw_access.get_map(document.data, *place, "signals")
        names = raw_access.get_path(document.data, *place, "error_budgets")
        for index, name in enumerate(names if isinstance(names, list) else []):
            path = (*place, "error_budgets", index)
            if name not in signals:
                todo = did_you_mean(str(name), signals) or one_of(list(signals))
                document.add_problem(path, f"unknown signal {name!r}", todo)
            elif not raw_access.get_map(signals, str(name)).get("healthy"):
                document.add_problem(path, f"signal {name!r} has no limit", "set healthy, such as: at_least 25%")


def _signals(data: Json) -> Iterator[tuple[KeyPath, dict[str, Json]]]:
    for environment in raw_access.get_map(data, "environments"):
        place = ("environments", environment, "signals")
        for name in raw_access.get_map(data, *place):
            if isinstance(signal := raw_access.get_path(data, *place, name), dict):
                yield (*place, name), signal


def _healthy_limit(document: YamlDocument, path: KeyPath, signal: dict[str, Json]) -> None:
    """Require a limit that the kind of the signal can have."""
    healthy = raw_access.text_or_empty(signal.get("healthy"))
    limit = healthy.partition(" ")[2].strip()
    if wanted := unfit_limit(limit, raw_access.text_or_empty(signal.get("kind"))):
        wrong = f"{limit} does not fit a {signal['kind']}"
        document.add_problem((*path, "healthy"), wrong, f"write {wanted.partition(', or')[0]}")


def _counts(document: YamlDocument, path: KeyPath, signal: dict[str, Json]) -> None:
    """Require counters in pairs, and only for a ratio."""
    pair = ("good_count", "total_count")
    present = [key for key in pair if key in signal]
    if len(present) == 1:
        document.add_problem(
            (*path, present[0]),
            f"{present[0]!r} without {pair[1 - pair.index(present[0])]!r}",
            "set both or neither",
            key=True,
        )
    if present and signal.get("kind") in (SignalKind.DURATION, SignalKind.COUNT, SignalKind.ALERT):
        document.add_problem(
            (*path, present[0]), f"{present[0]!r} is only for a ratio, not a {signal['kind']}", key=True
        )
