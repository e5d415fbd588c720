"""Every kind of fault on a cluster, ended in every way: the API server is asked afterwards, and all is as before,
values and owners.

Here each kind and each ending is had at least once, paired by GAMEDAY_SEED; all of their pairs with GAMEDAY_MATRIX=1,
as in `make crash`.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from support.drill_endings import ENDINGS, SHORT, kill_both, standing
from support.drill_folder import eventually
from support.fake_shop import Shop
from support.kubernetes import cluster_here
from support.kubernetes_drill import KINDS, ClusterPlace

from gameday.errors import Exit

pytestmark = pytest.mark.engine("kubernetes")
SEED = os.environ.get("GAMEDAY_SEED", "1")
CLEAN = (Exit.HELD, Exit.NOT_HELD, Exit.HALTED)
NODE = "apiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{gameday-test: 'true'}}}}\n"


@pytest.fixture
def place(shop: Shop, tmp_path: Path) -> Iterator[ClusterPlace]:
    """With a node of its own, on which no pod runs."""
    kubectl = cluster_here()
    node = f"gdt-{secrets.token_hex(4)}"
    kubectl.apply(NODE.format(name=node))
    place = ClusterPlace(kubectl, shop, tmp_path, node)
    yield place
    place.close()
    kubectl("delete", "node", node, code=None)


def by_both_killed(place: ClusterPlace, kind: str) -> None:
    """Nothing of ours runs in the cluster: the next command reverts."""
    kill_both(standing(place, kind))


def by_foreign_change(place: ClusterPlace, kind: str) -> None:
    """The first owner applies its own manifest in mid-fault: nothing conflicts, and the drill still ends clean."""
    run = standing(place, kind, stands="3s")
    place.namespace.apply_shop()
    assert run.code() in CLEAN, run.describe()


ALL_ENDINGS: Mapping[str, Callable[[ClusterPlace, str], None]] = {
    **ENDINGS, "KILL-both": by_both_killed, "owner-applies": by_foreign_change,
}  # fmt: skip


def cells() -> list[tuple[str, str]]:
    kinds = sorted(KINDS)
    if os.environ.get("GAMEDAY_MATRIX"):
        return [(kind, ending) for kind in KINDS for ending in ALL_ENDINGS]
    random.Random(SEED).shuffle(kinds)
    return [(kinds[n % len(kinds)], ending) for n, ending in enumerate(ALL_ENDINGS)]


@pytest.mark.parametrize(("kind", "ending"), cells())
def test_every_kind_by_every_ending_restores_the_cluster(place: ClusterPlace, kind: str, ending: str) -> None:
    ALL_ENDINGS[ending](place, kind)
    halted = place.gameday("halt", timing=SHORT)
    assert halted.code == Exit.HELD, (halted, place.runs[-1].describe())
    eventually(lambda: place.shown()["pods"] == place.before["pods"], "the pods")
    assert place.shown() == place.before
    assert not place.ours()
    place.runs[-1].wait_for_guardian_exit()


@pytest.mark.parametrize("kind", ["scale", "half-dead", "bad-rollout"])
def test_sweep_with_empty_store_finds_leftover_in_the_cluster(place: ClusterPlace, kind: str) -> None:
    run = standing(place, kind)
    kill_both(run)
    for path in run.store.parent.glob("gameday.db*"):
        path.unlink()
    doctor = place.gameday("doctor")
    assert doctor.code == Exit.REFUSED and run.drill in doctor.out, doctor
    swept = place.gameday("halt", "--sweep", place.name, "--yes")
    assert swept.code == Exit.HELD and "1 reverted and verified" in swept.out, swept
    eventually(lambda: place.shown()["pods"] == place.before["pods"], "the pods")
    assert place.is_clean()
