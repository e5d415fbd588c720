"""Rules of gameday.yaml beyond its schema."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.clients.connection import CONNECTION_KEYS
from gameday.files import raw_access
from gameday.files.rules import channels, probe_settings, targets
from gameday.files.rules.probe_addresses import check_probe_address
from gameday.files.scenario_constants import KNOWN_PROBES
from gameday.files.schema_validation import did_you_mean, one_of
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json, SignalKind
from gameday.plugins.probe import PROBES
from gameday.plugins.registry import PluginGroup

BUILT_IN = "(built in)"
"""The name of the one file that may say what `demo` is."""
_COMMON = ("kind", "probe", "healthy", "every", "min_samples", "timeout")
_ALERTS_FROM = ("prometheus", "alertmanager", "grafana")
_NEEDED = {
    "http": ("url",),
    "sql": ("dsn_env", "query"),
    "process": ("run",),
    "prometheus": ("url", "query"),
    "alerts": ("url", "from", "alert"),
    "kubernetes": ("kubeconfig", "context", "namespace"),
}


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
        _settings(document, path, signal)
        _counts(document, path, signal)
        probe_settings.check_answers(document, path, signal)
        if document.file != BUILT_IN:
            check_probe_address(document, path, signal)
    channels.check_channels(document)
    if document.file != BUILT_IN:  # which has no address yet while it is not up
        targets.check_target_settings(document)
        targets.check_production_targets(document)


def _signals(data: Json) -> Iterator[tuple[KeyPath, dict[str, Json]]]:
    for environment in raw_access.get_map(data, "environments"):
        place = ("environments", environment, "signals")
        for name in raw_access.get_map(data, *place):
            if isinstance(signal := raw_access.get_path(data, *place, name), dict):
                yield (*place, name), signal


def _settings(document: YamlDocument, path: KeyPath, signal: dict[str, Json]) -> None:
    probe = raw_access.text_or_empty(signal.get("probe"))
    if probe not in KNOWN_PROBES:
        plugins = PluginGroup(PROBES, "probe").names()
        if probe and probe not in plugins:
            known = [*KNOWN_PROBES, *plugins]
            document.add_problem(
                (*path, "probe"), f"unknown probe {probe!r}", did_you_mean(probe, known) or one_of(known)
            )
        return
    own = (*KNOWN_PROBES[probe], *(CONNECTION_KEYS if "url" in KNOWN_PROBES[probe] else ()))
    unknown = [key for key in signal if key not in (*_COMMON, *own)]
    for key in unknown:
        document.add_problem(
            (*path, key), f"unknown key {key!r} for probe {probe}", did_you_mean(key, (*own, *_COMMON)), key=True
        )
    for key in _NEEDED[probe]:
        if key not in signal and not unknown:
            document.add_problem(path, f"missing key {key!r}, required by probe {probe}")
    if probe == "alerts" and (source := raw_access.text_or_empty(signal.get("from"))) and source not in _ALERTS_FROM:
        document.add_problem(
            (*path, "from"), f"unknown source {source!r}", did_you_mean(source, _ALERTS_FROM) or one_of(_ALERTS_FROM)
        )
    if probe == "process" and "run" in signal and not isinstance(signal["run"], list):
        document.add_problem((*path, "run"), "the command must be a list", "such as run: [./probe.sh, checkout]")


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
