"""Faults that people ended or changed: the containers run again, and the changes of people are kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace

import pytest
from support.docker import TOOLS, Containers, Docker, endpoint, tmpfs_volume
from support.docker_target import INJECTOR, Box, Subnet, soon
from support.drill_folder import eventually

from gameday.demo.ports import free_port
from gameday.errors import Refused
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults.iptables_rules import RuleFaultKind
from gameday.injectors.docker.sidecars import Sidecars
from gameday.model import Fault, Json
from gameday.plugins.types import ApplyOutcome, Deadline, Intent, Presence, RevertGuarantee, RevertOutcome

pytestmark = pytest.mark.engine("docker")


def runs(box: Box) -> bool:
    return box.docker("inspect", "-f", "{{.State.Running}}", box.name) == "true"


def test_disk_full_is_refused_on_a_shared_volume(box: Box, containers: Containers) -> None:
    guest = containers.start(volumes={box.name: "/theirs"})
    assert f"{box.name} is also mounted by" in box.refusal("disk-full", path="/data", size="1MB")
    box.docker("rm", "-f", guest)
    assert box.plan("disk-full", path="/data", size="1MB").member_names == (box.name,)


def test_disk_full_is_refused_on_a_volume_mounted_by_path(box: Box, containers: Containers) -> None:
    path = box.docker("volume", "inspect", "-f", "{{.Mountpoint}}", box.name)
    containers.start(volumes={path: "/same"})
    assert "would be full for both" in box.refusal("disk-full", path="/data", size="1MB")


def test_removed_volume_is_not_created_again(box: Box) -> None:
    intent = box.plan("disk-full", path="/data", size="1MB")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    for name in (intent.marker, box.name):
        box.docker("rm", "-f", name)
    box.docker("volume", "rm", box.name)
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert not box.docker("volume", "ls", "-q", "--filter", f"name={box.name}")


def test_renamed_folder_is_cleared_at_its_new_path(box: Box) -> None:
    box.docker("exec", box.name, "mkdir", "-p", "/data/a/db")
    intent = box.plan("disk-full", path="/data/a/db", size="1MB")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    box.docker("exec", box.name, "sh", "-c", "mv /data/a/db /data/a/full; mkdir /data/a/db")
    assert INJECTOR.presence(intent, soon()) is Presence.MODIFIED
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert box.docker("exec", box.name, "find", "/data", "-type", "f") == ""


@pytest.mark.parametrize("is_held", [True, False])
@pytest.mark.parametrize(
    ("change", "text", "files"),
    [
        ("mv /data/.{mark} /data/mine", "was renamed by someone else to /volume/mine", "/data/mine"),
        ("mkdir /data/old && mv /data/.{mark} /data/old/x", "renamed by someone else to /volume/old/x", "/data/old/x"),
        ("rm /data/.{mark} && echo ours > /data/.{mark}", "was replaced by someone else", "/data/.{mark}"),
    ],
)
def test_file_that_somebody_renamed_or_replaced_is_kept_and_reported(
    box: Box, is_held: bool, change: str, text: str, files: str
) -> None:
    intent = box.plan("disk-full", path="/data", size="1MB")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    box.docker("exec", box.name, "sh", "-c", change.format(mark=intent.marker))
    assert INJECTOR.presence(intent, soon()) is Presence.MODIFIED
    if not is_held:
        box.docker("kill", intent.marker)
    for _ in range(2):  # also for a process that repeats a revert whose outcome was not recorded
        reverted = INJECTOR.revert(intent, soon())
        assert reverted.outcome is RevertOutcome.KEPT and text in reverted.reason, reverted
    assert INJECTOR.presence(intent, soon()).is_over
    assert box.docker("exec", box.name, "find", "/data", "-type", "f") == files.format(mark=intent.marker)


def test_volume_smaller_than_the_file_is_filled(make: Callable[..., Box]) -> None:
    small = tmpfs_volume("/small", "64m")
    box = make({"mounts": [small]})
    intent = box.plan("disk-full", path="/small", size="100GB")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    assert box.docker("exec", box.name, "df", "-Pk", "/small").split()[-3] == "0"
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_symlink_out_of_the_volume_is_refused(box: Box) -> None:
    box.docker("exec", box.name, "ln", "-s", "/tmp", "/data/out")
    applied = INJECTOR.apply(box.plan("disk-full", path="/data/out", size="1MB"), soon())
    assert applied.outcome is ApplyOutcome.REFUSED and "is outside the volume" in applied.reason


def test_removed_network_is_kept_and_reported(make: Callable[..., Box], network: str) -> None:
    box = make({"network": network})
    intent = box.plan("disconnect")
    INJECTOR.apply(intent, soon())
    box.docker("network", "rm", network)
    restored = INJECTOR.revert(intent, soon())
    assert restored.outcome is RevertOutcome.KEPT
    assert f"network {network} of {box.name} was removed by someone else" in restored.reason
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT


def test_port_taken_by_another_container_is_kept(make: Callable[..., Box], containers: Containers) -> None:
    published = {"80/tcp": ("127.0.0.1", free_port())}
    box = make({"ports": published})
    intent = box.plan("stop", grace="0s")
    INJECTOR.apply(intent, soon())
    containers.start(ports=published)
    restored = INJECTOR.revert(intent, soon())
    assert restored.outcome is RevertOutcome.KEPT and "its port or address is in use now" in restored.reason


@pytest.mark.parametrize("taken", ["address", "port"])
def test_address_taken_on_the_network_is_kept_and_reported(
    make: Callable[..., Box], containers: Containers, subnet: Subnet, taken: str
) -> None:
    place = {
        "address": endpoint(subnet.name, address=subnet.address),
        "port": {"network": subnet.name, "ports": {"80/tcp": ("127.0.0.1", free_port())}},
    }[taken]
    box = make(place)
    before = box.shown()["networks"]
    intent = box.plan("disconnect")
    INJECTOR.apply(intent, soon())
    stand_in = containers.start(**place)
    restored = INJECTOR.revert(intent, soon())
    box.docker("rm", "-f", stand_in)
    assert restored.outcome is RevertOutcome.KEPT and "its port or address is in use now" in restored.reason
    if taken == "port":  # the engine connects it all the same, without its port
        return
    assert INJECTOR.presence(intent, soon()) is not Presence.ABSENT, "it has no place there"
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED, (
        "where somebody asks again, once it is free"
    )
    assert box.shown()["networks"] == before
    assert subnet.address in box.docker("exec", box.name, "ip", "-4", "addr")


def test_manual_reconnect_without_aliases_is_kept_and_reported(make: Callable[..., Box], network: str) -> None:
    box = make(endpoint(network, aliases=("ledger",)))
    intent = box.plan("disconnect")
    INJECTOR.apply(intent, soon())
    box.docker("network", "connect", network, box.name)
    restored = INJECTOR.revert(intent, soon())
    assert restored.outcome is RevertOutcome.KEPT
    assert f"was connected to {network} by someone else, without the alias ledger" in restored.reason


@pytest.mark.parametrize("by", ["a killed revert", "the guardian"])
def test_our_own_start_is_not_taken_for_a_foreign_change(make: Callable[..., Box], by: str) -> None:
    box = make()
    if by == "the guardian":
        box.more["guardian"] = box.docker.socket
    intent = box.plan("stop", grace="0s")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    if by == "the guardian":
        box.docker("stop", "-t", "20", intent.marker)
    else:
        with EngineApi(box.docker.url, soon()) as engine:
            sides = Sidecars(engine, intent)
            assert not sides.record_revert_begun(sides.list_existing(), TOOLS)
        box.docker("start", box.name)
    assert runs(box)
    restored = INJECTOR.revert(intent, soon())
    assert (restored.outcome, restored.reason) == (RevertOutcome.REVERTED, "")
    assert not box.ours(intent)


def test_stopped_container_rejoins_its_network(make: Callable[..., Box], network: str) -> None:
    box = make(endpoint(network, aliases=("ledger",)))
    before = box.shown()["networks"]
    intent = box.plan("disconnect")
    INJECTOR.apply(intent, soon())
    box.docker("stop", "-t", "0", box.name)
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT
    box.docker("start", box.name)
    assert box.shown()["networks"] == before


def test_exec_is_reverted_without_its_marker_container(box: Box) -> None:
    intent = box.plan("exec", run=["touch", "/broken"], revert=["rm", "-f", "/broken"])
    INJECTOR.apply(intent, soon())
    box.docker("rm", "-f", intent.marker)
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    box.docker("exec", box.name, "test", "!", "-e", "/broken")


def test_exec_without_marker_is_not_absent_while_revert_fails(box: Box) -> None:
    intent = box.plan("exec", run=["touch", "/broken"], revert=["rm", "-f", "/broken"])
    INJECTOR.apply(intent, soon())
    box.docker("rm", "-f", intent.marker)
    box.docker("pause", box.name)
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.PENDING
    box.docker("unpause", box.name)
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED


def test_container_restarted_since_planning_is_refused(box: Box) -> None:
    kill, pause = box.plan("kill"), box.plan("pause")
    box.docker("restart", "-t", "0", box.name)
    assert "was restarted after planning" in INJECTOR.apply(kill, soon()).reason
    assert INJECTOR.revert(kill, soon()).outcome is not RevertOutcome.PENDING and runs(box)
    assert INJECTOR.apply(pause, soon()).outcome is ApplyOutcome.APPLIED
    assert INJECTOR.revert(pause, soon()).outcome is RevertOutcome.REVERTED
    assert box.shown()["state"] == {"Running": True, "Paused": False}


def test_each_container_gets_its_own_sidecar(make: Callable[..., Box]) -> None:
    label = secrets.token_hex(4)
    boxes = [make({"labels": {"gdt": label}}, labels={"gdt": label}) for _ in range(3)]
    before = [box.shown() for box in boxes]
    intent = boxes[0].plan("pids", limit=20)
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    assert all(now != was for now, was in zip([box.shown() for box in boxes], before, strict=True))
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert [box.shown() for box in boxes] == before


def test_after_the_deadline_nothing_is_done(box: Box) -> None:
    with (
        EngineApi(box.docker.url, Deadline.after(0.0)) as engine,
        pytest.raises(EngineError, match="no time was left to call the engine"),
    ):
        engine.pause(box.name)
    assert runs(box) and not box.shown()["state"]["Paused"]


def test_running_exec_is_pending(box: Box) -> None:
    run: list[Json] = ["sh", "-c", "until [ -e /over ]; do sleep 0.05; done"]
    intent = box.plan("exec", run=run, revert=["touch", "/told"])
    applied = INJECTOR.apply(intent, Deadline.after(0.5))
    assert applied.outcome is ApplyOutcome.UNKNOWN and "did not finish in time" in applied.reason
    restored = INJECTOR.revert(intent, soon())
    assert restored.outcome is RevertOutcome.PENDING and "still running" in restored.reason
    box.docker("exec", box.name, "touch", "/over")
    eventually(lambda: INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED, "its end")


def test_unrevertible_exec_is_not_called_absent(box: Box) -> None:
    intent = box.plan("exec", run=["touch", "/broken"], irreversible="acknowledged")
    INJECTOR.apply(intent, soon())
    restored = INJECTOR.revert(intent, soon())
    assert (
        restored.outcome is RevertOutcome.KEPT and "was not reverted, as the scenario acknowledges" in restored.reason
    )


def test_partial_presence_names_the_containers(make: Callable[..., Box]) -> None:
    label = secrets.token_hex(4)
    boxes = sorted(
        (make({"labels": {"gdt": label}}, labels={"gdt": label}) for _ in range(3)), key=lambda box: box.name
    )
    intent = boxes[0].plan("stop", grace="0s")
    assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED
    boxes[1].docker("start", boxes[1].name)
    restored = INJECTOR.revert(intent, soon())
    assert restored.outcome is RevertOutcome.KEPT
    theirs, others = f"{boxes[1].name} was restarted by someone else", f"restored: {boxes[0].name}, {boxes[2].name}"
    assert restored.reason == f"{theirs}; {others}"
    assert all(runs(one) for one in boxes)


def test_container_added_since_preflight_is_not_hit(make: Callable[..., Box]) -> None:
    label = secrets.token_hex(4)
    first = make({"labels": {"gdt": label}}, labels={"gdt": label})
    shown = first.plan("pause").member_ids
    late = make({"labels": {"gdt": label}}, labels={"gdt": label})
    binding = replace(first.binding, shown=shown)
    assert INJECTOR.plan(Fault("f", "pause", "web", {}), binding, "gd-abcd00000000", soon()).member_names == (
        first.name,
    )
    first.docker("rename", first.name, f"{first.name}-old")
    late.docker("rename", late.name, first.name)
    found = INJECTOR.plan(Fault("f", "pause", "web", {}), binding, "gd-abcd00000000", soon())
    assert found.member_names == (f"{first.name}-old",), "and not who has its name now"
    first.docker("rm", "-f", f"{first.name}-old")
    with pytest.raises(Refused, match="the previewed containers no longer exist"):
        INJECTOR.plan(Fault("f", "pause", "web", {}), binding, "gd-abcd00000000", soon())
    assert runs(first), "it is the other one"


def test_fault_is_refused_where_another_shares_the_network(box: Box, containers: Containers) -> None:
    containers.start(network_mode=f"container:{box.name}")
    assert "shares its network with" in box.refusal("outage")
    assert "shares its network with" in box.refusal("stop")
    assert box.plan("pause").member_names == (box.name,)


def test_guardian_at_another_engine_is_refused(make: Callable[..., Box]) -> None:
    box = make(guardian=Docker().socket)
    intent = box.plan("pause")
    elsewhere: dict[str, Json] = {"id": "0" * 64, "name": box.name, "started": "", "saved_state": {}}
    other = replace(intent, undo={**intent.undo, "containers": [elsewhere]})
    assert "belongs to another engine" in INJECTOR.check_capability(other, soon())
    assert INJECTOR.check_capability(intent, soon()) == ""


def test_container_with_ipv6_is_refused() -> None:
    net = {"IPAddress": "10.0.0.2", "GlobalIPv6Address": "fd00::2"}
    now = {
        "Name": "/web", "HostConfig": {"NetworkMode": "dual"}, "NetworkSettings": {"Networks": {"dual": net}},
    }  # fmt: skip
    with pytest.raises(Refused, match="has an IPv6 address"):
        RuleFaultKind().capture_state(now)


def test_deadline_grows_with_the_number_of_containers() -> None:
    one = Intent(
        "m", "d", "f", "refuse", "docker", "e", "t", {"containers": ["a"]}, {}, {}, "", "", RevertGuarantee.ENGINE
    )
    many = replace(one, address={"engine": "x", "containers": [str(number) for number in range(31)]})
    assert 4.0 < one.deadline(5.0).remaining() <= 5.0
    assert 19.0 < many.deadline(5.0).remaining() <= 20.0
