"""Every kind of fault on a container, ended in every way: the engine is asked afterwards, and all is as before.

Here each kind and each ending is had at least once, paired by GAMEDAY_SEED; all of their pairs with GAMEDAY_MATRIX=1,
as in `make crash`.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from support.container_drill import KINDS, ContainerPlace
from support.docker import Docker, OwnEngine, docker_here, own_engine
from support.drill_endings import ENDINGS, SHORT, standing
from support.drill_folder import assert_stays, eventually
from support.fake_shop import Shop

from gameday.errors import Exit
from gameday.timing import Timing

pytestmark = pytest.mark.engine("docker")
LEASE = 5.0
"""Seconds, and not the 15 of a sidecar: the same way in less time."""
SEED = os.environ.get("GAMEDAY_SEED", "1")
AWAY = 20.0 if os.environ.get("GAMEDAY_MATRIX") else 6.0
"""Seconds without an engine, longer than one try; that tries go on for much longer, test_trouble.py sees."""
CLEAN = (Exit.HELD, Exit.NOT_HELD, Exit.HALTED)
ONLY_THE_GUARDIAN = ("exec",)
"""Kinds behind which no container of ours stands."""


@pytest.fixture(scope="session")
def docker() -> Docker:
    return docker_here()


@pytest.fixture(scope="session")
def own(docker: Docker) -> Iterator[OwnEngine]:
    engine = own_engine(docker)
    yield engine
    engine.end()


@pytest.fixture
def container(shop: Shop, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ContainerPlace]:
    """On an engine of its own where the ending needs one."""
    ending = str(request.getfixturevalue("ending"))
    docker = request.getfixturevalue("own").docker if ending in OF_THE_ENGINE else request.getfixturevalue("docker")
    network = f"gdt-{os.getpid()}"
    docker("network", "create", network, code=None)
    place = ContainerPlace(docker, shop, tmp_path, guarded=ending != "sweep", network=network)
    yield place
    place.close()
    docker("network", "rm", network, code=None)


def by_both_killed(place: ContainerPlace, kind: str) -> None:
    """Kill runner and guardian; the engine's own revert ends the fault, or the next command does."""
    run = standing(place, kind, timing=Timing(quiet_period=1.0, max_lease=LEASE))
    run.kill_all()
    if kind not in ONLY_THE_GUARDIAN:
        eventually(lambda: place.shown() == place.before, "the lease's end", within=LEASE + 15.0)


def by_engine_restart(place: ContainerPlace, kind: str, own: OwnEngine) -> None:
    run = standing(place, kind, stands="4s")
    own.restart()
    assert run.code() in CLEAN, run.describe()


def by_engine_away(place: ContainerPlace, kind: str, own: OwnEngine) -> None:
    run = standing(place, kind)
    own.stop()
    run.signal(signal.SIGINT)
    assert_stays(lambda: run.process.poll() is None, AWAY, "the wait for the engine")
    own.go_on()
    assert run.code() in CLEAN, run.describe()


def by_target_removed(place: ContainerPlace, kind: str) -> None:
    run = standing(place, kind, stands="3s")
    place.docker("rm", "-f", place.name)
    place.before = {}
    assert run.code() in CLEAN, run.describe()


def by_target_restarted(place: ContainerPlace, kind: str) -> None:
    """As a responder does it. A container that hangs in a pause is killed first, as the engine wants it."""
    run = standing(place, kind, stands="3s")
    if kind == "pause":
        place.docker("kill", place.name)
        place.docker("start", place.name)
    else:
        place.docker("restart", "-t", "0", place.name)
    assert run.code() in CLEAN, run.describe()


OF_THE_ENGINE = {"engine-restart": by_engine_restart, "engine-away": by_engine_away}
ALL_ENDINGS: Mapping[str, Callable[[ContainerPlace, str], None]] = {
    **ENDINGS, "KILL-both": by_both_killed, "target-removed": by_target_removed,
    "target-restarted": by_target_restarted,
}  # fmt: skip
ALL = [*ALL_ENDINGS, *OF_THE_ENGINE]


def cells() -> list[tuple[str, str]]:
    kinds = sorted(KINDS)
    if os.environ.get("GAMEDAY_MATRIX"):
        return [(kind, ending) for kind in KINDS for ending in ALL]
    random.Random(SEED).shuffle(kinds)
    return [(kinds[n % len(kinds)], ending) for n, ending in enumerate(ALL)]


@pytest.mark.parametrize(("kind", "ending"), cells())
def test_every_kind_by_every_ending_restores_the_container(
    container: ContainerPlace, kind: str, ending: str, request: pytest.FixtureRequest
) -> None:
    if ending in OF_THE_ENGINE:
        OF_THE_ENGINE[ending](container, kind, request.getfixturevalue("own"))
    else:
        ALL_ENDINGS[ending](container, kind)
    halted = container.gameday("halt", timing=SHORT)
    assert halted.code == Exit.HELD, (halted, container.runs[-1].describe())
    assert container.shown() == container.before
    assert not container.ours()
    container.runs[-1].wait_for_guardian_exit()


@pytest.mark.parametrize(("kind", "ending"), [("pause", "sweep"), ("outage", "sweep"), ("stop", "sweep")])
def test_sweep_with_empty_store_finds_leftover_on_engine(container: ContainerPlace, kind: str, ending: str) -> None:
    run = standing(container, kind)
    run.kill_all()
    for path in run.store.parent.glob("gameday.db*"):
        path.unlink()
    doctor = container.gameday("doctor")
    assert doctor.code == Exit.REFUSED and container.ours()[0] in doctor.out, (ending, doctor)
    swept = container.gameday("halt", "--sweep", container.name, "--yes")
    assert swept.code == Exit.HELD and "1 reverted and verified" in swept.out, swept
    assert container.clean()


@pytest.mark.parametrize(("kind", "ending"), [("outage", "sweep")])
def test_foreign_sweep_leaves_running_drill_alone_without_spoilers(
    container: ContainerPlace, kind: str, ending: str, tmp_path: Path
) -> None:
    """Test that a sweep without the drill's store and runtime folder sees that its lease is renewed."""
    run = standing(container, kind, stands="80s")
    runtime = tmp_path / "r"
    runtime.mkdir(mode=0o700)
    others, name = str(tmp_path / "others"), container.name
    swept = container.gameday("halt", "--sweep", name, "--yes", GAMEDAY_STORE=others, GAMEDAY_RUNTIME=str(runtime))
    assert swept.code == Exit.HELD and "belongs to a running drill" in swept.out, (ending, swept)
    assert "container " not in swept.out, swept
    assert container.shown() != container.before, "it still stands"
    run.signal(signal.SIGINT)
    assert run.code() == Exit.HALTED, run.describe()
    assert container.clean()
