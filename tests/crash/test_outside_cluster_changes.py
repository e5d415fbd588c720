"""Somebody scales a drill's Deployment down while its fault is present: real drills on a real cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.drill_endings import SHORT
from support.fake_shop import Shop
from support.kubernetes import Namespace, cluster_here
from support.kubernetes_drill import ClusterPlace

from gameday.errors import Exit

pytestmark = pytest.mark.engine("kubernetes")


@pytest.fixture
def cluster(shop: Shop, tmp_path: Path) -> Iterator[ClusterPlace]:
    kubectl = cluster_here()
    place = ClusterPlace(Namespace(kubectl), shop, tmp_path, kubectl.kubeconfig, kubectl.context)
    yield place
    place.close()


def test_deployment_that_somebody_scales_down_decides_no_verdict_and_is_named(cluster: ClusterPlace) -> None:
    namespace = cluster.namespace
    assert isinstance(namespace, Namespace)
    before = namespace.get("deployment", "web")["spec"]["replicas"]
    cluster.break_by("outage", stands="14s", start="0s", holds="100ms")
    run = cluster.run(timing=SHORT)
    run.wait_for_event("fault")
    namespace("scale", "deployment/web", "--replicas=0")
    cluster.figures.latency = 0.5
    text = f"deployment/web: it was scaled from {before} to 0"
    run.wait_for_event("outside-change", text=text)
    cluster.figures.latency = 0.01
    namespace("scale", "deployment/web", f"--replicas={before}")
    run.wait_for_event("outside-change-gone", text=text)
    assert run.code() == Exit.NOT_HELD, run.describe()
    kinds = run.kinds()
    assert "impact" not in kinds and "lapsed" not in kinds
    assert "unmet" not in [data["verdict"] for kind, data in run.events() if kind == "evaluated"]
    assert f"{text} by somebody outside this drill" in run.out
    cluster.gameday("review", "draft", run.drill, "--full", "--into", str(cluster.folder))
    [review] = cluster.folder.glob(f"*{run.drill}*.md")
    assert f"{text} by somebody outside this drill (" in review.read_text().replace("\\", "")
    assert not cluster.ours()
