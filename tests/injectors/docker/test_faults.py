"""Each kind of fault on a real container: its effect, its detection from the engine alone, and its revert."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable

import pytest
import yaml
from support.container_drill import KINDS
from support.docker import TOOLS, Docker, endpoint
from support.docker_target import INJECTOR, Box, Subnet, soon

from gameday.errors import Refused
from gameday.injectors.docker.faults import KINDS as ALL_KINDS
from gameday.model import Fault, Json
from gameday.plugins.types import ApplyOutcome, Presence, RevertGuarantee, RevertOutcome

pytestmark = pytest.mark.engine("docker")


def test_cases_cover_every_kind() -> None:
    assert {yaml.safe_load(f"{{{line}}}")["kind"] for line in KINDS.values()} | {"latency"} == set(ALL_KINDS)


@pytest.mark.parametrize("guardian", [False, True], ids=["note", "guardian"])
@pytest.mark.parametrize("name", [name for name in KINDS if name != "partition"])
def test_fault_is_present_found_by_scan_and_reverted(make: Callable[..., Box], name: str, guardian: bool) -> None:
    box = make(**({"guardian": Docker().socket} if guardian else {}))
    params = yaml.safe_load(f"{{{KINDS[name]}}}")
    before, kind = box.shown(), params.pop("kind")
    intent = box.plan(kind, **params)
    assert box.shown() == before and not box.ours(intent), "a plan changes nothing"
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED, "safe if never applied"
    assert INJECTOR.check_capability(intent, soon()) == ""
    for _ in range(2):
        assert INJECTOR.apply(intent, soon()).outcome is ApplyOutcome.APPLIED, "twice is as once"
        assert INJECTOR.presence(intent, soon()) is Presence.PRESENT
    if intent.lease:
        assert INJECTOR.renew(intent, intent.lease, soon()).value == "renewed"
    found = box.strays()
    assert found == [intent], "with no store at all"
    for _ in range(2):
        assert INJECTOR.revert(found[0], soon()).outcome is RevertOutcome.REVERTED
        assert INJECTOR.presence(intent, soon()) is Presence.ABSENT
    assert box.shown() == before
    assert not box.ours(intent)


def reached(box: Box) -> str:
    """Return the outcome of a new connection to the container."""
    address = box.docker("inspect", "-f", "{{.NetworkSettings.IPAddress}}", box.name)
    try:
        with socket.create_connection((address, 80), 0.5):
            return "connected"
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "silent"


@pytest.mark.parametrize(
    ("kind", "params", "seen"),
    [("outage", {}, "refused"), ("outage", {"seen_as": "silent"}, "silent"), ("refuse", {"port": 80}, "refused"),
     ("refuse", {"port": 81}, "connected"), ("refuse", {"peer": "192.0.2.7"}, "connected"),
     ("loss", {"rate": "100%"}, "silent")],
)  # fmt: skip
def test_client_sees_the_effect_of_each_kind(box: Box, kind: str, params: dict[str, Json], seen: str) -> None:
    assert reached(box) == "connected"
    intent = box.plan(kind, **params)
    INJECTOR.apply(intent, soon())
    assert reached(box) == seen
    INJECTOR.revert(intent, soon())
    assert reached(box) == "connected"


def test_partition_separates_only_the_two_targets(make: Callable[..., Box]) -> None:
    one, two = make(), make()
    elsewhere = "tcp://127.0.0.1:1"
    one.others = {
        "db": {"engine": one.docker.url, "container": two.name},
        "far": {"engine": elsewhere, "container": two.name},
    }
    assert "no other target 'cache'" in one.refusal("partition", peer="cache")
    far = one.refusal("partition", peer="far")
    assert f"target web is on engine {one.docker.url}, and far on {elsewhere}: only" in far
    address = one.docker("inspect", "-f", "{{.NetworkSettings.IPAddress}}", two.name)
    asks = ("exec", one.name, "curl", "-s", "-m", "1", "-o", "/dev/null", f"http://{address}/")
    one.docker(*asks)
    intent = one.plan("partition", peer="db")
    INJECTOR.apply(intent, soon())
    assert INJECTOR.presence(intent, soon()) is Presence.PRESENT
    one.docker(*asks, code=28)  # curl's own: it took too long
    assert (reached(one), reached(two)) == ("connected", "connected")
    INJECTOR.revert(intent, soon())
    one.docker(*asks)


def test_missing_kernel_queue_is_refused_with_an_alternative(box: Box) -> None:
    before = box.shown()
    has = "netem" in box.docker(
        "run", "--rm", "--network", "none", "--cap-add", "NET_ADMIN", TOOLS, "sh", "-c",
        "/bin/tc qdisc add dev lo root netem delay 1ms; /bin/tc qdisc show",
    )  # fmt: skip
    intent = box.plan("latency", delay="100ms")
    missing = INJECTOR.check_capability(intent, soon())
    applied = INJECTOR.apply(intent, soon())
    if has:
        assert (missing, applied.outcome) == ("", ApplyOutcome.APPLIED)
    else:
        assert "does not work on this engine's kernel" in missing and "toxiproxy" in missing
        assert applied.outcome is ApplyOutcome.REFUSED
        assert box.shown() == before
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert box.shown() == before


def test_two_limits_on_one_container_revert_in_order(box: Box) -> None:
    before = box.shown()
    first = box.plan("cpu", limit="50%")
    INJECTOR.apply(first, soon())
    second = box.plan("cpu", limit="20%")
    assert INJECTOR.apply(second, soon()).outcome is ApplyOutcome.APPLIED
    for intent in (second, first):
        assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert box.shown() == before


def test_limit_written_past_the_engine_is_refused(box: Box) -> None:
    ident = box.docker("inspect", "-f", "{{.Id}}", box.name)
    box.docker(
        "run", "--rm", "-v", "/sys/fs/cgroup:/cg", TOOLS, "sh", "-c", f"echo 77 >/cg/pids/docker/{ident}/pids.max"
    )
    before = box.shown()
    intent = box.plan("pids", limit=20)
    applied = INJECTOR.apply(intent, soon())
    assert applied.outcome is ApplyOutcome.REFUSED and "did not set" in applied.reason
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert box.shown() == before


def test_guarantee_names_what_reverts_the_fault(make: Callable[..., Box]) -> None:
    alone, guarded = make(), make(guardian=Docker().socket)
    assert {kind: alone.plan(kind).guarantee for kind in ("pause", "outage")} == {
        "pause": RevertGuarantee.GUARDIAN, "outage": RevertGuarantee.ENGINE,
    }  # fmt: skip
    assert guarded.plan("pause").guarantee is RevertGuarantee.GUARDIAN_CONTAINER
    assert guarded.plan("exec", run=["true"], revert=["true"]).guarantee is RevertGuarantee.GUARDIAN


def test_fixed_addresses_and_aliases_are_restored(make: Callable[..., Box], subnet: Subnet) -> None:
    box = make(endpoint(subnet.name, aliases=("ledger",), address=subnet.address))
    before = box.shown()
    assert before["networks"][subnet.name]["fixed"] == {"IPv4Address": subnet.address}
    for kind in ("disconnect", "stop"):
        intent = box.plan(kind)
        INJECTOR.apply(intent, soon())
        assert box.shown() != before
        assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
        assert box.shown() == before


def people(box: Box, *words: str) -> None:
    """Run a command as a responder would, from a terminal of their own."""
    box.docker(*words, box.name)


@pytest.mark.parametrize(
    ("kind", "params", "done", "output"),
    [
        ("stop", {"grace": "0s"}, ["start"], "was restarted by someone else"),
        ("kill", {}, ["start"], "was restarted by someone else"),
        ("pause", {}, ["unpause"], ""),
        ("pause", {}, ["kill"], "has stopped"),
        ("outage", {}, ["restart", "-t", "0"], "was restarted by someone else"),
        ("pids", {"limit": 20}, ["restart", "-t", "0"], "was restarted by someone else"),
        ("outage", {}, ["rm", "-f"], "was removed by someone else"),
        ("pause", {}, ["rm", "-f"], "was removed by someone else"),
    ],
)
def test_foreign_change_is_kept_and_reported(
    box: Box, kind: str, params: dict[str, Json], done: list[str], output: str
) -> None:
    intent = box.plan(kind, **params)
    INJECTOR.apply(intent, soon())
    people(box, *done)
    theirs = box.shown()
    assert INJECTOR.presence(intent, soon()) is Presence.MODIFIED, "it does not stand, and something of ours is there"
    restored = INJECTOR.revert(intent, soon())
    assert restored.outcome is (RevertOutcome.KEPT if output else RevertOutcome.REVERTED)
    assert output in restored.reason
    assert box.shown() == theirs
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT


def test_foreign_stop_after_our_restart_is_kept_and_reported(box: Box) -> None:
    intent = box.plan("restart", grace="0s")
    INJECTOR.apply(intent, soon())
    people(box, "stop", "-t", "0")
    restored = INJECTOR.revert(intent, soon())
    assert restored.outcome is RevertOutcome.KEPT and "has stopped" in restored.reason


def test_removed_sidecar_leaves_nothing(box: Box) -> None:
    before = box.shown()
    intent = box.plan("outage")
    INJECTOR.apply(intent, soon())
    box.docker("rm", "-f", intent.marker)
    assert INJECTOR.presence(intent, soon()) is Presence.PRESENT, "its rules are still there"
    assert INJECTOR.revert(intent, soon()).outcome is RevertOutcome.REVERTED
    assert box.shown() == before


def test_fault_on_many_containers_hits_and_restores_all(make: Callable[..., Box]) -> None:
    labels = {"gdt": secrets.token_hex(4)}
    boxes = [make({"labels": labels}, labels=labels) for _ in range(3)]
    names = {box.name for box in boxes}
    whole = boxes[0].plan("pause")
    assert set(whole.member_names) == names
    INJECTOR.apply(whole, soon())
    assert all(box.shown()["state"]["Paused"] for box in boxes)
    people(boxes[0], "unpause")
    assert INJECTOR.presence(whole, soon()) is Presence.PRESENT, "it stands on the others"
    assert "of another drill is present" in _refused_for_another_drill(boxes[1])
    assert INJECTOR.revert(whole, soon()).outcome is RevertOutcome.REVERTED
    assert not any(box.shown()["state"]["Paused"] for box in boxes)


def _refused_for_another_drill(box: Box) -> str:
    with pytest.raises(Refused) as refused:
        INJECTOR.plan(Fault("f", "pause", "web", {}), box.binding, "gd-ffff00000000", soon())
    return refused.value.wrong


def test_sweep_takes_our_containers_and_no_lookalikes(box: Box) -> None:
    box.docker(
        "run", "-d", "--name", "gd-abcd00000001", "--label", "gameday.marker=gd-abcd00000001", TOOLS, "sleep", "60"
    )
    box.docker("run", "--rm", "--network", f"container:{box.name}", "--cap-add", "NET_ADMIN", TOOLS, "sh", "-c",
               "iptables -N gd-mine-in; iptables -I INPUT -j gd-mine-in")  # fmt: skip
    before = box.shown()
    try:
        intent = box.plan("outage")
        INJECTOR.apply(intent, soon())
        assert box.strays() == [intent]
        INJECTOR.revert(intent, soon())
        assert box.shown() == before
        assert box.docker("inspect", "-f", "{{.State.Running}}", "gd-abcd00000001") == "true"
    finally:
        box.docker("rm", "-f", "gd-abcd00000001")
