"""Somebody pauses the container of a drill while its fault is present: a real drill on a real engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.container_drill import ContainerPlace
from support.docker import docker_here
from support.drill_endings import SHORT
from support.fake_shop import Shop

from gameday.errors import Exit

pytestmark = pytest.mark.engine("docker")


@pytest.fixture
def container(shop: Shop, tmp_path: Path) -> Iterator[ContainerPlace]:
    docker, network = docker_here(), f"gdt-o{os.getpid()}"
    docker("network", "create", network, code=None)
    place = ContainerPlace(docker, shop, tmp_path, guarded=False, network=network)
    yield place
    place.close()
    docker("network", "rm", network, code=None)


def test_container_that_somebody_pauses_decides_no_verdict_and_is_named(container: ContainerPlace) -> None:
    container.break_by("cpu", stands="12s", start="0s", holds="100ms")
    run = container.run(timing=SHORT)
    run.wait_for_event("fault")
    container.docker("pause", container.name)
    container.figures.latency = 0.5
    text = f"container {container.name}: it was paused"
    run.wait_for_event("outside-change", text=text)
    container.figures.latency = 0.01
    container.docker("unpause", container.name)
    run.wait_for_event("outside-change-gone", text=text)
    assert run.code() == Exit.NOT_HELD, run.describe()
    kinds = run.kinds()
    assert "impact" not in kinds and "lapsed" not in kinds
    assert "unmet" not in [data["verdict"] for kind, data in run.events() if kind == "evaluated"]
    assert f"{text} by somebody outside this drill" in run.out
    container.gameday("review", "draft", run.drill, "--full", "--into", str(container.folder))
    [review] = container.folder.glob(f"*{run.drill}*.md")
    assert f"{text} by somebody outside this drill (" in review.read_text().replace("\\", "")
    assert container.clean()
