"""A guardian of the environment, which knows the cluster alone: it reverts when every process of a drill is dead."""

from __future__ import annotations

import copy
import re
import signal
from pathlib import Path

import pytest
from support.api_server import TOKEN, ApiServer
from support.api_server_objects import Failure
from support.drill_endings import standing
from support.drill_folder import eventually
from support.kubernetes_drill import ClusterPlace
from support.kubernetes_endings import CLEAN

from gameday.errors import Exit
from gameday.injectors.kubernetes.undo_records import ALIVE_ANNOTATION


@pytest.fixture
def place(stand_in: ClusterPlace) -> ClusterPlace:
    return stand_in


def end_heartbeats(api_server: ApiServer) -> None:
    """Let the heartbeats of all drills expire, as they do 15 s after the last one."""
    with api_server.lock:
        for path, document in api_server.objects.items():
            if "/configmaps/gd-" in path:
                document["metadata"]["annotations"][ALIVE_ANNOTATION] = "1"


@pytest.mark.parametrize("kind", ["scale", "partition", "drain", "bad-rollout"])
def test_fault_of_a_dead_drill_is_reverted_without_its_store(
    api_server: ApiServer, place: ClusterPlace, kind: str, tmp_path: Path
) -> None:
    standing(place, kind).kill_all()
    store, runtime = str(tmp_path / "elsewhere"), str(tmp_path)
    look = ("guardian", "--env", place.name, "--once")
    looked = place.gameday(*look, GAMEDAY_STORE=store, GAMEDAY_RUNTIME=runtime)
    assert looked.code == Exit.HELD and place.shown() != place.before, "its heartbeat is not over"
    end_heartbeats(api_server)
    looked = place.gameday(*look, GAMEDAY_STORE=store, GAMEDAY_RUNTIME=runtime)
    assert looked.code == Exit.HELD and "its drill has shown no heartbeat for 15 s; reverting " in looked.err, looked
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d gd-", looked.err), looked.err
    assert place.is_clean()


def test_guardian_of_another_account_reverts_when_the_token_of_the_runner_expires(
    api_server: ApiServer, place: ClusterPlace, tmp_path: Path
) -> None:
    """The drill cannot renew its heartbeat any more; with a new token it ends clean."""
    run, guardian = standing(place, "scale", stands="80s"), copy.copy(place)
    guardian.folder = tmp_path / "guardian"
    guardian.folder.mkdir()
    kubeconfig = str(api_server.write_kubeconfig(guardian.folder, "guardian"))
    settings = (place.folder / "gameday.yaml").read_text()
    (guardian.folder / "gameday.yaml").write_text(settings.replace(str(place.folder / "kubeconfig"), kubeconfig))
    api_server.tokens = {"guardian"}
    end_heartbeats(api_server)
    store, runtime = str(tmp_path / "elsewhere"), str(tmp_path)
    looked = guardian.gameday("guardian", "--env", place.name, "--once", GAMEDAY_STORE=store, GAMEDAY_RUNTIME=runtime)
    assert looked.code == Exit.HELD and "1 reverted and verified" in looked.out, looked
    assert place.is_clean()
    api_server.tokens |= {TOKEN}
    run.signal(2)
    assert run.code() in CLEAN, run.describe()
    assert place.is_clean()


def test_running_drill_is_left_alone(place: ClusterPlace) -> None:
    run = standing(place, "scale", stands="80s")
    assert place.gameday("guardian", "--env", place.name, "--once").code == Exit.HELD
    assert place.shown() != place.before
    run.signal(2)
    assert run.code() == Exit.HALTED, run.describe()


def stop_all_drills(api_server: ApiServer, namespace: str) -> None:
    stop = {"metadata": {"name": "gameday-stop"}, "data": {"reason": "the sale begins"}}
    api_server.create(f"/api/v1/namespaces/{namespace}/configmaps", stop)


def test_stop_of_all_drills_ends_the_faults_of_a_machine_that_is_away(
    api_server: ApiServer, place: ClusterPlace
) -> None:
    standing(place, "scale", stands="80s").kill_all()
    stop_all_drills(api_server, "gameday")
    looked = place.gameday("guardian", "--env", place.name, "--once")
    assert looked.code == Exit.HELD and "1 reverted and verified" in looked.out, looked
    assert "all drills are stopped by gameday-stop in namespace gameday: the sale begins; reverting scale" in looked.err
    doctor = place.gameday("doctor")
    assert "was left behind" not in doctor.out and "was interrupted; all its faults are removed" in doctor.out, doctor
    hidden = place.gameday("list")
    assert "was interrupted and is not closed; hidden to avoid spoilers" in hidden.err, hidden


@pytest.mark.parametrize("where", ["gameday", "the application's"])
def test_stop_of_all_drills_ends_the_faults_of_running_ones_and_refuses_new_ones(
    api_server: ApiServer, place: ClusterPlace, where: str
) -> None:
    run = standing(place, "scale", stands="80s")
    namespace = "gameday" if where == "gameday" else place.name
    stop_all_drills(api_server, namespace)
    assert run.code() == Exit.HALTED, run.describe()
    reasons = [data["reason"] for kind, data in run.events() if kind == "halt"]
    assert reasons == [f"gameday-stop in namespace {namespace}: the sale begins"] and "lapsed" not in run.kinds()
    refused = place.gameday("plan", "late.yaml")
    assert refused.code == Exit.REFUSED, refused
    assert f"drills are stopped in namespace {place.name}: the sale begins" in refused.err
    assert f" --context test -n {namespace} delete configmap gameday-stop" in refused.err
    api_server.respond("DELETE", f"/api/v1/namespaces/{namespace}/configmaps/gameday-stop", {}, "")
    assert place.is_clean()


def test_account_that_lost_a_right_is_told(api_server: ApiServer, place: ClusterPlace, tmp_path: Path) -> None:
    api_server.denied = {"patch deployments", "delete configmaps"}
    ready = tmp_path / "ready"
    ready.touch()
    looked = place.gameday("guardian", "--env", place.name, "--once", "--ready-file", str(ready))
    assert looked.code == Exit.DIRTY and not ready.exists(), looked
    assert "cannot revert faults in" in looked.err and "delete configmaps, " in looked.err, looked


def test_policy_that_would_refuse_a_revert_is_told(api_server: ApiServer, place: ClusterPlace, tmp_path: Path) -> None:
    """The rights allow it, and admission does not: only a dry run of the revert shows that."""

    def refuse(method: str, path: str) -> None:
        if method == "PATCH" and "/deployments/" in path:
            raise Failure(403, 'admission webhook "policy.example.com" denied the request: not your workload')

    api_server.hook = refuse
    ready = tmp_path / "ready"
    ready.touch()
    looked = place.gameday("guardian", "--env", place.name, "--once", "--ready-file", str(ready))
    assert looked.code == Exit.DIRTY and not ready.exists(), looked
    assert f"a revert in {place.name} would fail: " in looked.err and "policy.example.com" in looked.err, looked
    assert place.is_clean()


@pytest.mark.parametrize("kind", ["half-dead", "partition", "kill"])
def test_guardian_that_only_deletes_ends_faults_that_are_objects(
    api_server: ApiServer, place: ClusterPlace, kind: str
) -> None:
    standing(place, kind).kill_all()
    end_heartbeats(api_server)
    api_server.denied = {f"patch {kind}" for kind in ("deployments", "services", "configmaps", "nodes")}
    api_server.requests.clear()
    looked = place.gameday("guardian", "--env", place.name, "--once", "--delete-only")
    assert looked.code == Exit.HELD and "1 reverted and verified" in looked.out, looked
    assert not [request for request in api_server.requests if request.startswith("PATCH")]
    assert place.is_clean()


def test_guardian_that_only_deletes_leaves_a_changed_field_and_is_not_ready(
    api_server: ApiServer, place: ClusterPlace, tmp_path: Path
) -> None:
    run = standing(place, "scale")
    run.kill_all()
    end_heartbeats(api_server)
    ready = tmp_path / "ready"
    ready.touch()
    look = ("guardian", "--env", place.name, "--once", "--delete-only", "--ready-file", str(ready))
    looked = place.gameday(*look)
    assert looked.code == Exit.DIRTY and not ready.exists(), looked
    assert "(scale) changed deployment/web" in looked.err and "gameday halt --sweep" in looked.err, looked
    assert place.shown() != place.before and place.ours()
    assert place.gameday("guardian", "--env", place.name, "--once").code == Exit.HELD
    assert place.is_clean()


def test_guardian_that_only_deletes_leaves_a_container_in_back_off(api_server: ApiServer, place: ClusterPlace) -> None:
    """Its pods belong to others, and would stay down for minutes: an account that may delete pods replaces them."""
    standing(place, "crash-loop").kill_all()
    end_heartbeats(api_server)
    looked = place.gameday("guardian", "--env", place.name, "--once", "--delete-only")
    assert looked.code == Exit.DIRTY and "(crash-loop) changed" in looked.err, looked
    assert place.ours(), "its record stays"
    assert place.gameday("guardian", "--env", place.name, "--once").code == Exit.HELD
    assert place.is_clean()


@pytest.mark.parametrize(
    "denied", ["delete endpointslices", "delete networkpolicies", "delete replicasets", "delete pods"]
)
def test_each_right_that_a_revert_needs_is_checked(
    api_server: ApiServer, place: ClusterPlace, tmp_path: Path, denied: str
) -> None:
    api_server.denied = {denied}
    ready = tmp_path / "ready"
    look = ("guardian", "--env", place.name, "--once", "--ready-file", str(ready))
    looked = place.gameday(*look)
    assert looked.code == Exit.DIRTY and denied in looked.err and not ready.exists(), looked
    settings = place.folder / "gameday.yaml"
    text = settings.read_text()
    settings.write_text(text.replace("    targets:", "    kinds: [scale]\n    targets:", 1))
    assert place.gameday(*look).code == Exit.HELD and ready.exists(), "no other kind of fault is allowed here"


def test_record_that_cannot_be_used_is_reported_and_hides_no_fault(api_server: ApiServer, place: ClusterPlace) -> None:
    run = standing(place, "scale")
    run.kill_all()
    end_heartbeats(api_server)
    [path] = place.ours()
    api_server.objects[path]["data"][f"{run.drill}00000000"] = "junk"
    looked = place.gameday("guardian", "--env", place.name, "--once")
    assert looked.code == Exit.DIRTY and "it cannot be decoded" in looked.err, looked
    assert "1 reverted and verified" in looked.out, looked
    swept = place.gameday("halt", "--sweep", place.name, "--yes")
    assert swept.code == Exit.DIRTY and f"kubectl -n {place.name} delete configmap/{run.drill}" in swept.err, swept


def test_environment_without_cluster_is_refused(place: ClusterPlace) -> None:
    text = (place.folder / "gameday.yaml").read_text()
    targets = "    targets: {database: {injector: toxiproxy, url: 'http://127.0.0.1:1', proxy: db}}\n"
    start, end = text.index("    targets:"), text.index("    signals:")
    (place.folder / "gameday.yaml").write_text(text[:start] + targets + text[end:])
    looked = place.gameday("guardian", "--env", place.name, "--once")
    assert looked.code == Exit.REFUSED and "has no target on an engine that knows" in looked.err, looked


def test_service_is_ready_while_it_can_revert_and_ends_by_a_signal(
    api_server: ApiServer, place: ClusterPlace, tmp_path: Path
) -> None:
    ready = tmp_path / "ready"
    with place.guardian("--ready-file", str(ready)) as process:
        eventually(ready.exists, "the first look")
        api_server.is_away = True
        eventually(lambda: not ready.exists(), "the look at a server that is away")
        api_server.is_away = False
        eventually(ready.exists, "the next look")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == Exit.HELD and not ready.exists(), err
    assert "again: every target can be reverted" in err, err
