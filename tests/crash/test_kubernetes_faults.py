"""Every kind of Kubernetes fault with every ending: values and field owners on the API server are as before.

Each test runs on a stand-in for an API server, and on a real cluster where there is one. Each kind and each ending
runs at least once, paired by GAMEDAY_SEED; all pairs run with GAMEDAY_MATRIX=1, as in `make crash`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from support.api_relay import ApiRelay
from support.drill_endings import ENDINGS, SHORT, standing
from support.drill_folder import eventually
from support.fake_shop import Shop
from support.kubernetes import Namespace, cluster_here
from support.kubernetes_drill import KINDS, REAL_PODS, ClusterPlace
from support.kubernetes_endings import BAD_LUCK, CLEAN
from support.kubernetes_traffic import add_echo
from support.proxy_image import proxy_image

from gameday.errors import Exit

SEED = os.environ.get("GAMEDAY_SEED", "1")


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[ApiRelay]:
    kubectl = cluster_here()
    relay = ApiRelay(kubectl.kubeconfig, kubectl.context, tmp_path)
    yield relay
    relay.close()


@pytest.fixture
def cluster(kind: str, ending: str, relay: ApiRelay, shop: Shop, tmp_path: Path) -> Iterator[ClusterPlace]:
    """Return a namespace of the real cluster; for bad luck behind a relay, which can cause it."""
    kubectl = cluster_here()
    is_real = kind in REAL_PODS
    image = proxy_image(kubectl) if is_real else ""
    namespace = Namespace(kubectl)
    if is_real:
        add_echo(namespace, image)
    at = (relay.write_kubeconfig(), "test") if ending in BAD_LUCK else (kubectl.kubeconfig, kubectl.context)
    place = ClusterPlace(namespace, shop, tmp_path, *at, "echo" if is_real else "web", image, api=relay)
    yield place
    place.close()


def by_both_killed(place: ClusterPlace, kind: str) -> None:
    """Kill runner and guardian: without a guardian of the environment, the next command reverts."""
    standing(place, kind).kill_all()


def by_both_killed_under_guard(place: ClusterPlace, kind: str) -> None:
    """Kill runner and guardian: a guardian of the environment reverts when the drill's heartbeat is over."""
    with place.guardian():
        standing(place, kind).kill_all()
        eventually(lambda: not place.ours(), "the revert")


def by_the_owner(place: ClusterPlace, kind: str) -> None:
    """Apply the owner's manifest during the fault: nothing conflicts, and the drill ends clean."""
    run = standing(place, kind, stands="3s")
    place.namespace.apply_shop()
    assert run.code() in CLEAN, run.describe()


ALL_ENDINGS: Mapping[str, Callable[[ClusterPlace, str], None]] = {
    **ENDINGS, "KILL-both": by_both_killed, "KILL-both-guarded": by_both_killed_under_guard,
    "owner-applies": by_the_owner, **BAD_LUCK,
}  # fmt: skip


def cells() -> list[tuple[str, str]]:
    kinds = sorted(KINDS)
    if os.environ.get("GAMEDAY_MATRIX"):
        return [(kind, ending) for kind in KINDS for ending in ALL_ENDINGS]
    random.Random(SEED).shuffle(kinds)
    return [(kinds[n % len(kinds)], ending) for n, ending in enumerate(ALL_ENDINGS)]


EACH_CELL = pytest.mark.parametrize(("kind", "ending"), cells())


@EACH_CELL
def test_every_kind_by_every_ending_restores_the_stand_in(stand_in: ClusterPlace, kind: str, ending: str) -> None:
    assert_restored(stand_in, kind, ending)


@pytest.mark.engine("kubernetes")
@EACH_CELL
def test_every_kind_by_every_ending_restores_the_cluster(cluster: ClusterPlace, kind: str, ending: str) -> None:
    assert_restored(cluster, kind, ending)


def assert_restored(place: ClusterPlace, kind: str, ending: str) -> None:
    ALL_ENDINGS[ending](place, kind)
    halted = place.gameday("halt", timing=SHORT)
    assert halted.code == Exit.HELD, (halted, place.runs[-1].describe())
    eventually(lambda: place.shown()["pod count"] == place.before["pod count"], "the pods")
    before, now = place.differences()
    assert now == before
    assert not place.ours()
    place.runs[-1].wait_for_guardian_exit()


@pytest.mark.parametrize("kind", ["scale", "half-dead", "bad-rollout"])
def test_sweep_with_empty_store_finds_leftover(stand_in: ClusterPlace, kind: str) -> None:
    run = standing(stand_in, kind)
    run.kill_all()
    for path in run.store.parent.glob("gameday.db*"):
        path.unlink()
    doctor = stand_in.gameday("doctor")
    assert doctor.code == Exit.REFUSED and run.drill in doctor.out, doctor
    swept = stand_in.gameday("halt", "--sweep", stand_in.name, "--yes")
    assert swept.code == Exit.HELD and "1 reverted and verified" in swept.out, swept
    assert stand_in.is_clean()


def test_foreign_sweep_leaves_running_drill_alone_without_spoilers(stand_in: ClusterPlace, tmp_path: Path) -> None:
    """Its heartbeat is visible to a user without its store and its runtime folder."""
    run = standing(stand_in, "scale", stands="80s")
    runtime = tmp_path / "r"
    runtime.mkdir(mode=0o700)
    others, name = str(tmp_path / "others"), stand_in.name
    swept = stand_in.gameday("halt", "--sweep", name, "--yes", GAMEDAY_STORE=others, GAMEDAY_RUNTIME=str(runtime))
    assert swept.code == Exit.HELD and "belongs to a running drill" in swept.out, swept
    assert "deployment" not in swept.out, swept
    assert stand_in.shown() != stand_in.before, "it is still present"
    run.signal(2)
    assert run.code() == Exit.HALTED, run.describe()
    assert stand_in.is_clean()
