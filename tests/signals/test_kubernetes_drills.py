"""Whole drills on a cluster whose signals are read from it: readiness, endpoints, restarts and events are judged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.drill_folder import Site
from support.kubernetes import Namespace, cluster_here, eventually
from support.kubernetes_traffic import add_echo
from support.proxy_image import proxy_image

from gameday.errors import Exit

pytestmark = pytest.mark.engine("kubernetes")

SIGNALS = {
    "ready": "workload: deployment/web", "spared": "workload: deployment/cache", "endpoints": "service: web",
    "restarts": "workload: deployment/echo, value: restarts",
    "unschedulable": "workload: deployment/web, value: events, reason: FailedScheduling",
}  # fmt: skip
"""Each signal, as keys of gameday.yaml."""
CASES = {
    "ready": ("web, kind: scale, replicas: 0", "below: 2", "at_least: 2"),
    "endpoints": ("web, kind: outage", "below: 1", "at_least: 1"),
    "unschedulable": ("web, kind: bad-rollout, resources: requests.cpu=1000000", "above: 0", "at_most: 0"),
    "restarts": ("echo, kind: bad-rollout, command: [/bin/false]", "above: 0", "at_most: 0"),
}
"""Signals that a fault changes: the fault, the limit of a guardrail that it breaks, and that of an expectation."""
GAMEDAY = """\
gameday: 1
default_env: {name}
environments:
  {name}:
    targets:
      web: {{injector: kubernetes, {at}, workload: deployment/web, service: web}}
      echo: {{injector: kubernetes, {at}, workload: deployment/echo}}
    signals:
"""
SCENARIO = """\
gameday: 1
id: late
timebox: 90s
requires: {{targets: {{web: the shop, echo: its backend}}, signals: {{{signals}}}}}
hypothesis: {{statement: "It goes on.", expect: [{{signal: {expected}, over: 500ms}}]}}
steady_state: [{{signal: spared, is: healthy}}]
faults: [{{id: down, at: start+0s, target: {fault}{shows}}}]
guardrails: [{{signal: {guarded}, for: 200ms}}]
ends: {ends}
rehearsal: {{pace: 1, responders: [{{at: fault+300ms, do: acknowledged}}]}}
"""
SPARED = ("spared, at_least: 1", "spared, below: 1")
"""Expectation and guardrail that no fault here breaks."""


@pytest.fixture(scope="module")
def namespace() -> Iterator[Namespace]:
    namespace = Namespace(cluster_here())
    yield namespace
    namespace.remove()


@pytest.fixture
def site(namespace: Namespace, tmp_path: Path) -> Iterator[Site]:
    """Return a folder whose environment has every signal."""
    site, cluster = Site(tmp_path, namespace.name), namespace.kubectl
    at = f'kubeconfig: "{cluster.kubeconfig}", context: {cluster.context}, namespace: {site.name}'
    signals = [
        f"      {name}: {{kind: count, probe: kubernetes, {at}, {keys}, healthy: at_least 0, every: 100ms}}\n"
        for name, keys in SIGNALS.items()
    ]
    (tmp_path / "gameday.yaml").write_text(GAMEDAY.format(name=site.name, at=at) + "".join(signals))
    yield site
    site.end_runs()


@pytest.fixture
def prepare(namespace: Namespace) -> None:
    """Start pods that run containers beside the simulated ones: only those can restart."""
    if not namespace.get("deployment", "echo"):
        add_echo(namespace, proxy_image(namespace.kubectl))


def end_of_drill(site: Site, namespace: Namespace, **parts: str) -> Exit:
    """Run the drill; return its exit code once its fault is reverted."""
    signals = ", ".join(f"{name}: {{kind: count}}" for name in SIGNALS)
    (site.folder / "late.yaml").write_text(SCENARIO.format(signals=signals, **parts))
    run = site.run()
    code = run.code()
    assert not namespace.records(), run.describe()
    eventually(lambda: len(namespace.pods()) == 3, "the pods")
    return Exit(code)


@pytest.mark.usefixtures("prepare")
@pytest.mark.parametrize("signal", CASES)
def test_guardrail_on_the_cluster_halts_the_drill(site: Site, namespace: Namespace, signal: str) -> None:
    fault, broken, _ = CASES[signal]
    parts = {"expected": SPARED[0], "guarded": f"{signal}, {broken}", "shows": "", "ends": "fault+80s"}
    assert end_of_drill(site, namespace, fault=fault, **parts) == Exit.HALTED
    assert "guardrail-breach" in site.runs[-1].kinds()


@pytest.mark.usefixtures("prepare")
@pytest.mark.parametrize(("signal", "holds"), [*((signal, False) for signal in CASES), ("ready", True)])
def test_hypothesis_is_judged_by_the_cluster(site: Site, namespace: Namespace, signal: str, holds: bool) -> None:
    fault, broken, limit = CASES[signal]
    expected = SPARED[0] if holds else f"{signal}, {limit}"
    shows = f", shows: {{signal: {signal}, {broken}, by: fault+30s}}"
    parts = {"expected": expected, "guarded": SPARED[1], "shows": shows, "ends": "fault+10s"}
    wanted = Exit.HELD if holds else Exit.NOT_HELD
    assert end_of_drill(site, namespace, fault=fault, **parts) == wanted, site.runs[-1].describe()
