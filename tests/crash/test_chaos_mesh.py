"""Whole drills through Chaos Mesh, with a stand-in for its controller that can recover the pods, or cannot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.chaos_mesh import ChaosMeshController
from support.drill_endings import SHORT, standing
from support.kubernetes_drill import ClusterPlace

from gameday.errors import Exit


@pytest.fixture
def place(stand_in: ClusterPlace) -> ClusterPlace:
    """Return the shop, whose faults on connections are applied by Chaos Mesh."""
    settings = stand_in.folder / "gameday.yaml"
    settings.write_text(settings.read_text().replace("proxy_image:", "through: chaos-mesh, proxy_image:"))
    return stand_in


@pytest.fixture
def controller(place: ClusterPlace) -> Iterator[ChaosMeshController]:
    with ChaosMeshController(place.folder / "kubeconfig", "test", place.name) as controller:
        yield controller


def test_drill_ends_clean_once_every_pod_is_recovered(place: ClusterPlace, controller: ChaosMeshController) -> None:
    run = standing(place, "latency", stands="1s")
    assert controller.objects()[0]["spec"]["action"] == "delay"
    assert run.code() == Exit.NOT_HELD, run.describe()  # nobody said what has to show of it
    assert place.is_clean() and not controller.objects()


def test_pod_that_is_never_recovered_ends_dirty_with_the_command(
    place: ClusterPlace, controller: ChaosMeshController
) -> None:
    run = standing(place, "latency")
    controller.recover_error = "the daemon does not respond"
    run.signal(2)
    assert run.code(within=180.0) == Exit.DIRTY, run.describe()
    shown = " ".join((run.out + run.err).split())
    assert "(the daemon does not respond)" in shown and "cleanFinalizer=forced" in shown, shown
    assert place.gameday("run", "late.yaml", "--rehearse").code == Exit.REFUSED, "the environment is dirty"
    controller.recover_error = ""
    halted = place.gameday("halt", timing=SHORT)
    assert halted.code == Exit.HELD, halted
    assert place.is_clean() and not controller.objects()
