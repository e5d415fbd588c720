"""Leftovers without a sidecar container: whose they are, and which belong to a running drill."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from support.docker import TOOLS
from support.docker_target import INJECTOR, Box, soon
from support.drill_folder import eventually

from gameday.errors import Refused
from gameday.injectors.docker import leftovers_without_sidecar
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.marker_labels import encode_labels
from gameday.injectors.docker.sidecars import Sidecars
from gameday.model import Binding, Json
from gameday.plugins.types import Presence, RevertOutcome

pytestmark = pytest.mark.engine("docker")
DECOYS = """\
for chain in gd-mine-in gd-abcd0000000-in gd-abcd00000001 gd-abcd00000001-up GD-ABCD00000001-in; do
  iptables -N $chain && iptables -A INPUT -j $chain
done
mkdir -p /v/a/b/c/d /v/.gd-abcd00000001
touch /v/.gd-notes /v/.gd-abcd0000000g /v/.gd-abcd00000001x /v/gd-abcd00000001 /v/.gd-abcd00000001.parts
ln -s .gd-notes /v/.gd-abcd00000002"""
"""Chains and files of somebody's, which look like ours: none of a name of ours, or no file."""


def plant(box: Box) -> None:
    shares = ("--network", f"container:{box.name}", "--cap-add", "NET_ADMIN", "-v", f"{box.name}:/v")
    box.docker("run", "--rm", *shares, TOOLS, "sh", "-c", DECOYS)


def test_leftover_without_sidecar_is_found_by_marker(box: Box) -> None:
    plant(box)
    before, files = box.shown(), box.docker("exec", box.name, "find", "/data")
    there = {"path": "/data/a/b", "size": "1MB"}
    rules, file, kept = (
        box.plan("outage", seen_as="silent"),
        box.plan("disk-full", **there),
        box.plan("loss", rate="1%"),
    )
    for intent in (rules, file, kept):
        assert INJECTOR.apply(intent, soon()).reason == ""
    box.docker("rm", "-f", rules.marker, file.marker)
    found = {one.marker: one for one in box.strays()}
    assert found.keys() == {rules.marker, file.marker, kept.marker}
    assert found[kept.marker] == kept, "what a container of ours still bears is itself"
    assert "/data/a/b" in found[file.marker].target_text and box.name in found[rules.marker].target_text
    for intent in found.values():
        assert INJECTOR.presence(intent, soon()) is Presence.PRESENT or intent.marker == rules.marker
        assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
        assert INJECTOR.presence(intent, soon()) is Presence.ABSENT
    assert not box.strays()
    assert (box.shown(), box.docker("exec", box.name, "find", "/data")) == (before, files), "what is others' stays"


def test_leftover_of_another_host_is_reverted(box: Box) -> None:
    intent = box.plan("pause")
    elsewhere = replace(intent, address={**intent.address, "engine": "unix:///nowhere/else.sock"})
    with EngineApi(box.docker.url, soon()) as engine:
        Sidecars(engine, elsewhere).create_marker_container(TOOLS)
    box.docker("pause", box.name)
    [found] = box.strays()
    assert (found.marker, INJECTOR.revert(found, soon()).outcome) == (intent.marker, RevertOutcome.REVERTED)


def test_leftover_file_is_found_in_a_stopped_containers_volume(box: Box) -> None:
    file = box.plan("disk-full", path="/data", size="1MB")
    INJECTOR.apply(file, soon())
    box.docker("rm", "-f", file.marker)
    box.docker("exec", box.name, "mv", f"/data/.{file.marker}", f"/data/.{file.marker}.part")
    box.docker("kill", box.name)
    [found] = box.strays()
    assert (found.marker, INJECTOR.revert(found, soon()).outcome) == (file.marker, RevertOutcome.REVERTED)
    box.docker("start", box.name)
    assert box.docker("exec", box.name, "ls", "-A", "/data") == ""


def test_leftover_names_its_target_containers(make: Callable[..., Box]) -> None:
    """Another project may have an environment and a target of the same names, and other containers."""
    mine, theirs = make(), make()
    mine.without = theirs.without = "tools"  # then nothing is looked for without a container of ours
    intent = mine.plan("pause")
    INJECTOR.apply(intent, soon())
    decoy = mine.docker("create", "--label", "gameday.marker=gd-abcd00000001", TOOLS)
    try:
        same_names = replace(theirs.binding, environment=mine.name)
        renamed = replace(mine.binding, environment="renamed", target="also-renamed")
        assert found(same_names) == []
        assert found(mine.binding) == found(renamed) == [intent.marker]
        mine.docker("rm", "-f", mine.name)
        assert found(same_names) == [intent.marker], "no container says more than the names"
        assert found(theirs.binding) == []
        assert INJECTOR.revert(intent, soon()).outcome is not RevertOutcome.PENDING
    finally:
        mine.docker("rm", "-f", decoy)


@pytest.mark.parametrize("half", [{}, {"containers": []}, {"containers": [{"id": "x"}], "tools": "", "image": ""}])
def test_incomplete_intent_is_ignored(box: Box, half: dict[str, Json]) -> None:
    intent = replace(box.plan("pause"), undo=half)
    labels = [f"--label={key}={value}" for key, value in encode_labels(intent).items()]
    decoy = box.docker("create", "--name", intent.marker, *labels, TOOLS, "sh")
    try:
        assert found(box.binding) == []
        assert box.plan("pause").marker != intent.marker
    finally:
        box.docker("rm", "-f", decoy)


def test_container_inheriting_our_labels_is_foreign(box: Box) -> None:
    """Such a container comes from an image that `docker commit` made of a sidecar."""
    intent = box.plan("pause")
    labels = [f"--label={key}={value}" for key, value in encode_labels(intent).items()]
    copy = box.docker("run", "-d", *labels, TOOLS, "sleep", "600")
    try:
        INJECTOR.apply(intent, soon())
        assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
        assert found(box.binding) == [] and box.docker("inspect", "-f", "{{.State.Running}}", copy) == "true"
    finally:
        box.docker("rm", "-f", copy)


def test_inspection_sandbox_cannot_change_anything(box: Box) -> None:
    room = leftovers_without_sidecar._scan_sandbox(
        json.loads(box.docker("inspect", box.name))[0], ["a-volume", "/a/path"]
    )
    assert [mount["ReadOnly"] for mount in room["mounts"]] == [True, True] and room["cap_drop"] == ["ALL"]


def found(binding: Binding) -> list[str]:
    return [one.marker for one in INJECTOR.leftovers(binding, soon())]


def test_lease_end_rises_on_renewal_and_is_zero_for_a_marker(box: Box) -> None:
    held, noted = box.plan("outage"), box.plan("pause")
    for intent in (held, noted):
        INJECTOR.apply(intent, soon())
    first = INJECTOR.lease_expires_at(held, soon())
    assert first > 0
    assert INJECTOR.lease_expires_at(noted, soon()) == 0

    def later() -> bool:
        INJECTOR.renew(held, held.lease, soon())
        return INJECTOR.lease_expires_at(held, soon()) > first

    eventually(later, "a later end")
    box.docker("exec", held.marker, "rm", "/tmp/lease-end")
    with pytest.raises(Refused, match="is unknown"):  # as one that just begins
        INJECTOR.lease_expires_at(held, soon())
    box.docker("kill", held.marker)
    assert INJECTOR.lease_expires_at(held, soon()) == 0
    for intent in (noted, held):
        INJECTOR.revert(intent, soon())
