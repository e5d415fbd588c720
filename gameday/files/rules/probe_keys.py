"""Rules for the probe of a signal: it is installed, and the signal has its keys and no others."""

from __future__ import annotations

from gameday.clients.connection import CONNECTION_KEYS
from gameday.errors import Refused
from gameday.files import raw_access
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json, SignalKind
from gameday.plugins.registry import load_probe_checker, probe_group
from gameday.signals.alert_sources import SOURCES
from gameday.signals.kubernetes_object import READY, find_object_problem
from gameday.signals.probe_table import PROBE_KEYS
from gameday.suggestions import did_you_mean, one_of

COMMON_KEYS = ("kind", "probe", "healthy", "every", "min_samples", "timeout")


def check_probe(document: YamlDocument, path: KeyPath, signal: dict[str, Json]) -> None:
    """Require a known probe, its required keys, and no key that it does not have."""
    probe = raw_access.text_or_empty(signal.get("probe"))
    if probe in PROBE_KEYS:
        _check_keys(document, path, signal, probe)
        _check_values(document, path, signal, probe)
    elif probe:
        _check_plugin(document, path, probe)


def _check_keys(document: YamlDocument, path: KeyPath, signal: dict[str, Json], probe: str) -> None:
    keys = PROBE_KEYS[probe]
    own = (*keys.names, *(CONNECTION_KEYS if keys.has_url else ()))
    unknown = [key for key in signal if key not in (*COMMON_KEYS, *own)]
    for key in unknown:
        document.add_problem(
            (*path, key), f"unknown key {key!r} for probe {probe}", did_you_mean(key, (*own, *COMMON_KEYS)), key=True
        )
    for key in keys.required:
        if key not in signal and not unknown:
            document.add_problem(path, f"missing key {key!r}, required by probe {probe}")


def _check_values(document: YamlDocument, path: KeyPath, signal: dict[str, Json], probe: str) -> None:
    if probe == "alerts" and (source := raw_access.text_or_empty(signal.get("from"))) and source not in SOURCES:
        document.add_problem(
            (*path, "from"), f"unknown source {source!r}", did_you_mean(source, SOURCES) or one_of(SOURCES)
        )
    if probe == "process" and "run" in signal and not isinstance(signal["run"], list):
        document.add_problem((*path, "run"), "the command must be a list", "such as run: [./probe.sh, checkout]")
    if probe == "kubernetes" and all(key in signal for key in PROBE_KEYS[probe].required):
        _check_object(document, path, signal)


def _check_object(document: YamlDocument, path: KeyPath, signal: dict[str, Json]) -> None:
    if raw_access.text_or_empty(signal.get("kind")) != SignalKind.COUNT:
        document.add_problem((*path, "kind"), "the probe kubernetes measures a count", "write kind: count")
    workload, service, reason = (raw_access.text_or_empty(signal.get(key)) for key in ("workload", "service", "reason"))
    value = raw_access.text_or_empty(signal.get("value", READY))
    if wrong := find_object_problem(workload, service, value, reason):
        named = next(
            (key for key in ("value", "reason", "workload") if wrong.startswith(f"`{key}`") and key in signal), ""
        )
        document.add_problem((*path, named) if named else path, wrong)


def _check_plugin(document: YamlDocument, path: KeyPath, probe: str) -> None:
    plugins = probe_group().names()
    if probe not in plugins:
        known = [*PROBE_KEYS, *plugins]
        document.add_problem((*path, "probe"), f"unknown probe {probe!r}", did_you_mean(probe, known) or one_of(known))
        return
    try:
        checker = load_probe_checker(probe)
    except Refused as refused:
        document.add_problem((*path, "probe"), refused.wrong, refused.todo)
        return
    written = raw_access.get_map(document.written, *path)
    settings = {key: value for key, value in written.items() if key not in COMMON_KEYS}
    for problem in checker.settings_problems(settings) if checker else ():
        document.add_problem((*path, *problem.keys), problem.wrong, problem.todo, key=problem.key_is_unexpected)
