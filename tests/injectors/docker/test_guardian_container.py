"""Limits of a guardian container's script, and a listing that lacks a name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from support.docker_target import INJECTOR, Box, soon

from gameday.errors import Refused
from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.base import EngineFaultKind, guardian_recipes
from gameday.injectors.docker.guardian_container import require_script_fits
from gameday.injectors.docker.target_containers import ContainerSnapshot, name_in_listing
from gameday.model import Json
from gameday.plugins.types import ApplyOutcome

NET: Json = {"name": "shop_default", "Aliases": ["db"], "IPAMConfig": {"IPv4Address": "10.0.0.7"}}


def count_recipes(kind: str, many: int) -> int:
    """Return the number of recipes for that many containers in two networks each."""
    made = KINDS[kind].read({})
    assert isinstance(made, EngineFaultKind)
    more = {f"{number:064x}": NET for number in range(2)} if kind == "disconnect" else {}
    were = [
        ContainerSnapshot(f"{number:064x}", f"web-{number}", "2026-11-29T12:00:00.123456789Z", more)
        for number in range(many)
    ]
    recipes = guardian_recipes(made, were, "tools", "/socket")
    require_script_fits(recipes, were[0].id, len(were), "web")
    return len(recipes)


@pytest.mark.parametrize(("kind", "each"), [("pause", 1), ("stop", 1), ("disconnect", 2)])
def test_guardian_takes_fifty_containers_and_refuses_too_many(kind: str, each: int) -> None:
    assert count_recipes(kind, 50) == 50 * each
    with pytest.raises(Refused, match="2000 containers are too many for one guardian container") as refused:
        count_recipes(kind, 2000)
    assert "`count`" in refused.value.todo


def test_without_a_guardian_no_recipe_is_sent() -> None:
    pause = KINDS["pause"].read({})
    assert isinstance(pause, EngineFaultKind)
    were = [ContainerSnapshot("0" * 64, "web", "then", {})]
    assert not guardian_recipes(pause, were, "", "/socket") and not guardian_recipes(pause, were, "tools", "")


def test_container_being_removed_may_lack_a_name() -> None:
    assert name_in_listing({"Names": None, "Id": "0a" * 32}) == "0a" * 6
    assert name_in_listing({"Names": ["/web/alias", "/db"], "Id": "0a" * 32}) == "db"


@pytest.mark.engine("docker")
def test_released_fault_is_left_alone(make: Callable[..., Box]) -> None:
    box = make()
    box.more["guardian"] = box.docker.socket
    intent = box.plan("stop", grace="0s")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED and box.ours(intent)
    assert INJECTOR.release(intent, soon()) == ""
    assert not box.ours(intent), "it would start the target again"
    assert box.docker("inspect", "-f", "{{.State.Status}}", box.name) == "exited"
