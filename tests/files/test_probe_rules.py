"""`check` knows the keys of every probe: complete signals pass, and missing keys are reported."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest
from support.docs_pages import ROOT, blocks

from gameday.errors import InvalidFiles
from gameday.files.project import parse_project
from gameday.model import Json, SignalBinding
from gameday.plugins.probe import Probe
from gameday.plugins.registry import PluginGroup, load_probe_checker
from gameday.plugins.types import SettingsProblem
from gameday.signals.probe_table import PROBE_KEYS

MINIMAL: Mapping[str, dict[str, Json]] = {
    "http": {"kind": "ratio", "url": "http://127.0.0.1:9000"},
    "sql": {"kind": "count", "dsn_env": "DSN", "query": "select 1"},
    "process": {"kind": "count", "run": ["./probe.sh"]},
    "prometheus": {"kind": "count", "url": "http://127.0.0.1:9090", "query": "up"},
    "alerts": {"kind": "alert", "url": "http://127.0.0.1:9090", "from": "prometheus", "alert": "Slow"},
    "kubernetes": {
        "kind": "count", "kubeconfig": "~/.kube/config", "context": "c", "namespace": "n", "service": "db",
    },
}  # fmt: skip


def problems_of(signal: Mapping[str, Json]) -> list[str]:
    text = f"gameday: 1\nenvironments:\n  staging:\n    signals:\n      s: {json.dumps(signal)}\n"
    try:
        parse_project(text, "gameday.yaml")
    except InvalidFiles as bad:
        return [problem.wrong for problem in bad.problems]
    return []


@pytest.mark.parametrize("probe", PROBE_KEYS)
def test_a_minimal_signal_of_every_probe_is_fine(probe: str) -> None:
    assert problems_of({"probe": probe, **MINIMAL[probe]}) == []


@pytest.mark.parametrize("probe", PROBE_KEYS)
def test_a_signal_with_nothing_but_its_probe_lacks_keys(probe: str) -> None:
    wrong = problems_of({"kind": MINIMAL[probe]["kind"], "probe": probe})
    assert wrong and all(f"required by probe {probe}" in problem for problem in wrong)


def test_the_signal_of_the_page_on_kubernetes_is_fine() -> None:
    page = ROOT / "docs/how-to/use-kubernetes.md"
    (signals,) = [block.text for block in blocks(page) if "probe: kubernetes" in block.text]
    project = parse_project(f"gameday: 1\nenvironments:\n  staging:\n{signals}", "gameday.yaml")
    assert project.environments["staging"].signals["ready"].probe == "kubernetes"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"kind": "ratio"}, "the probe kubernetes measures a count"),
        ({"workload": "deployment/db"}, "set either `workload` or `service`"),
        ({"service": ""}, "set either `workload` or `service`"),
        ({"service": "", "workload": "pod/db"}, "`workload` must be deployment/NAME or statefulset/NAME"),
        ({"value": "crashes"}, "`value` must be ready, restarts or events"),
        ({"value": "restarts"}, "`value: restarts` is counted on a workload, not on a Service"),
        ({"service": "", "value": "restarts"}, "`value: restarts` needs `workload`"),
        ({"reason": "BackOff"}, "`reason` belongs to `value: events`"),
    ],
)
def test_a_kubernetes_signal_names_one_object_and_counts(change: dict[str, Json], wrong: str) -> None:
    assert problems_of({"probe": "kubernetes", **MINIMAL["kubernetes"], **change}) == [wrong]


class Gauge:
    """Probe of a plugin that checks its settings."""

    @staticmethod
    def settings_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
        for key in settings:
            if key != "port":
                yield SettingsProblem((key,), f"gauge has no {key}", "remove it", key_is_unexpected=True)


def silent(binding: SignalBinding) -> Probe:
    raise NotImplementedError


@pytest.mark.parametrize(("entry", "wrong"), [(Gauge, ["gauge has no prot"]), (silent, [])])
def test_a_probe_of_a_plugin_may_check_its_settings(
    entry: object, wrong: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PluginGroup, "names", lambda _: ["gauge"])
    monkeypatch.setattr(PluginGroup, "load", lambda *_: entry)
    load_probe_checker.cache_clear()
    assert problems_of({"kind": "ratio", "probe": "gauge", "prot": 1, "every": "1s"}) == wrong
    load_probe_checker.cache_clear()
