"""Refusals before anything is touched, and their texts."""

from __future__ import annotations

import gc
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.docker import Docker
from support.docker_target import INJECTOR, Box, soon

from gameday.drill.checked_injector import CheckedInjector
from gameday.drill.production_guard import refuse_aliased_production
from gameday.errors import InvalidFiles, Refused
from gameday.files.project import parse_project
from gameday.injectors.docker.engine_address import resolve_engine_url
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.base import SidecarFaultKind
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.model import Binding, Fault, Json
from gameday.plugins.types import ParamProblem, Presence

pytestmark = pytest.mark.engine("docker")
READ_ONLY: dict[str, Any] = {"read_only": True, "volumes": {"/tmp": "/there:ro"}}
EXEC: dict[str, Json] = {"run": ["true"], "revert": ["true"]}


@pytest.mark.parametrize(
    ("options", "kind", "params", "says"),
    [
        ({"auto_remove": True}, "stop", {}, "is removed when it stops (--rm)"),
        ({"ports": {"80/tcp": ("127.0.0.1", None)}}, "kill", {}, "on a port that the engine chose"),
        (
            {"ports": {"80/tcp": ("127.0.0.1", None)}},
            "disconnect",
            {},
            "after reconnecting, it would get a different one",
        ),
        ({"network_mode": "none"}, "outage", {}, "does not have its own network (network mode none)"),
        ({"network_mode": "host"}, "disconnect", {}, "does not have its own network (network mode host)"),
        ({}, "disconnect", {"network": "front"}, "is not in a network 'front' It is in: bridge."),
        ({}, "disk-full", {"path": "/etc", "size": "1MB"}, "is not on a volume"),
        (
            {"read_only": True, "volumes": {"/tmp": "/there:ro"}},
            "disk-full",
            {"path": "/there", "size": "1MB"},
            "mounted read-only",
        ),
    ],
)
def test_irreversible_fault_is_refused(
    make: Callable[..., Box], options: dict[str, Any], kind: str, params: dict[str, Json], says: str
) -> None:
    box = make(options)
    before = box.shown()["state"]
    assert says in box.refusal(kind, **params)
    box.without = "tools"  # our containers alone are looked for then
    assert box.shown()["state"] == before and not box.strays()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "set container, or project and service, or labels"),
        ({"container": "a", "labels": {"b": "c"}}, "'labels' cannot be combined with 'container'"),
        (
            {"contaner": "a"},
            "unknown key 'contaner' for injector docker Correct it in gameday.yaml: did you mean 'container'?",
        ),
        ({"project": "shop"}, "'project' without 'service'"),
        ({"container": 7}, "container must be text"),
        ({"labels": ["a"]}, "labels must be a map"),
        ({"labels": {"a": "b"}, "percent": 0}, "percent must be a number from 1 to 100"),
        ({"labels": {"a": "b"}, "count": True}, "count must be a whole number from 1 to 10000"),
        ({"labels": {"a": "b"}, "count": 1, "percent": 10}, "'percent' cannot be combined with 'count'"),
        ({"container": "gdt-nobody"}, "no container gdt-nobody at"),
        ({"project": "gdt-nobody", "service": "db"}, "Compose projects on that engine:"),
        ({"container": "gdt-nobody", "guardian": "/var/run/docker.sock"}, "a guardian container needs a tools image"),
        ({"container": "gdt-nobody", "tools": "gdt-nothing:1"}, "no image gdt-nothing:1"),
    ],
)
def test_invalid_target_settings_are_refused(docker: Docker, settings: dict[str, Json], says: str) -> None:
    binding = Binding("box", "web", "docker", {"engine": docker.url, **settings})
    with pytest.raises(Refused) as refused:
        INJECTOR.plan(Fault("f", "pause", "web", {}), binding, "gd-abcd00000000", soon())
    assert says in f"{refused.value.wrong} {refused.value.todo}"


@pytest.mark.parametrize("engine", ["unix:///nowhere/docker.sock", "tcp://127.0.0.1:1"])
def test_unreachable_engine_is_refused(engine: str) -> None:
    binding = Binding("box", "web", "docker", {"engine": engine, "container": "db"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the SDK leaves its socket
        with pytest.raises(Refused, match=f"no engine responds at {engine}"):
            INJECTOR.plan(Fault("f", "pause", "web", {}), binding, "gd-abcd00000000", soon())
        gc.collect()


def test_exec_permission_and_tools_image_are_required(make: Callable[..., Box]) -> None:
    box = make(exec=False)
    assert "commands in its containers are not allowed" in box.refusal("exec", **EXEC)
    bare = Binding("box", "web", "docker", {"engine": box.docker.url, "container": box.name})
    with pytest.raises(Refused, match="outage needs a tools image"):
        INJECTOR.plan(Fault("f", "outage", "web", {}), bare, "gd-abcd00000000", soon())


def test_container_name_matches_whole_and_never_our_own(make: Callable[..., Box]) -> None:
    box = make()
    for name in (box.name.upper(), box.name[:-1], box.docker("inspect", "-f", "{{.Id}}", box.name)[:12]):
        there = Binding("box", "web", "docker", {"engine": box.docker.url, "container": name})
        assert "no container" in INJECTOR.check_target(there, soon())
    intent = box.plan("pause")
    INJECTOR.apply(intent, soon())
    ours = Binding("box", "web", "docker", {"engine": box.docker.url, "container": intent.marker})
    assert "no container" in INJECTOR.check_target(ours, soon())
    INJECTOR.revert(intent, soon())


def test_stopped_container_is_no_target(make: Callable[..., Box]) -> None:
    box = make()
    assert INJECTOR.check_target(box.binding, soon()) == ""
    box.docker("pause", box.name)
    assert "is paused" in box.refusal("stop")
    box.docker("unpause", box.name)
    box.docker("stop", "-t", "0", box.name)
    assert "is not running (exited)" in INJECTOR.check_target(box.binding, soon())


def test_limit_below_usage_is_refused_and_changes_nothing(make: Callable[..., Box]) -> None:
    box = make()
    box.docker("exec", "-d", box.name, "sh", "-c", "x=$(head -c 20000000 /dev/zero | tr '\\0' x); sleep 60")
    before = box.shown()
    intent = box.plan("memory", limit="6MB")
    applied = INJECTOR.apply(intent, soon())
    if applied.outcome.value != "applied":  # the kernel may also have made room
        assert applied.outcome.value == "refused" and "the kernel refuses" in applied.reason
    INJECTOR.revert(intent, soon())
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT
    assert box.shown() == before


def test_path_is_never_run_as_a_command(tmp_path: Path) -> None:
    kind = KINDS["disk-full"].read({"path": f"/data/$(touch {tmp_path}/ran)", "size": "1MB"})
    assert isinstance(kind, SidecarFaultKind)
    script = kind.script("gd-0123456789ab", ContainerSnapshot("", "", "", {"source": "v", "below": "nowhere"}))
    output = subprocess.run(["sh", "-c", script.apply_fault], capture_output=True, text=True, check=False).stdout
    assert "is not a folder" in output
    assert not list(tmp_path.iterdir())


def test_guardian_without_engine_is_refused(make: Callable[..., Box], tmp_path: Path) -> None:
    silent, nowhere = make(guardian=str(tmp_path)), make(guardian="/nowhere/engine.sock")
    for box, says in ((silent, "no engine responds at the socket"), (nowhere, "/nowhere/engine.sock")):
        intent = box.plan("pause")
        assert says in INJECTOR.check_capability(intent, soon())
        applied = INJECTOR.apply(intent, soon())
        assert applied.outcome.value == ("refused" if box is silent else "unknown"), applied
        INJECTOR.revert(intent, soon())
        assert box.docker("inspect", "-f", "{{.State.Status}}", box.name) == "running"
    assert not Path("/nowhere").exists(), "the engine made what was not there"


def test_labels_matching_several_projects_are_refused(make: Callable[..., Box]) -> None:
    mine, other = ({"gdt": "two", "com.docker.compose.project": f"gdt-{name}"} for name in ("mine", "other"))
    box = make({"labels": mine}, labels={"gdt": "two"})
    assert box.plan("pause").target_text.startswith("container")
    make({"labels": other})
    assert "is in several Compose projects: gdt-mine, gdt-other" in box.refusal("pause")


def test_unknown_service_lists_the_services_of_the_project(make: Callable[..., Box]) -> None:
    box = make({"labels": {"com.docker.compose.project": "gdt-shop", "com.docker.compose.service": "web"}})
    there = Binding("box", "web", "docker", {"engine": box.docker.url, "project": "gdt-shop", "service": "wbe"})
    with pytest.raises(Refused, match="no container with") as refused:
        INJECTOR.plan(Fault("f", "pause", "web", {}), there, "gd-abcd00000000", soon())
    assert "Running services of that project: web. Start it, or correct" in refused.value.todo


def test_count_above_matches_is_refused(make: Callable[..., Box]) -> None:
    box = make({"labels": {"gdt": "few"}}, labels={"gdt": "few"}, count=5)
    assert f"count is 5, and 1 match: {box.name}" in box.refusal("pause")


def test_missing_docker_context_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONTEXT", "nosuch")
    with pytest.raises(Refused, match="Docker context 'nosuch' not found"):
        resolve_engine_url({})


def test_disk_full_on_the_engines_disk_is_refused(make: Callable[..., Box]) -> None:
    box = make()
    before = box.shown()
    intent = box.plan("disk-full", path="/data", size="100GB")
    applied = INJECTOR.apply(intent, soon())
    assert applied.outcome.value == "refused" and "engine's own disk" in applied.reason, applied
    assert INJECTOR.presence(intent, soon()) is Presence.ABSENT
    assert box.shown() == before


@pytest.mark.parametrize(
    ("kind", "params", "key"),
    [
        ("stop", {"grace": "5s"}, "grace"), ("stop", {"grace": "400ms"}, "grace"),
        ("restart", {"grace": "1500ms"}, "grace"), ("cpu", {}, "limit"), ("cpu", {"limit": "0%"}, "limit"),
        ("pids", {"limit": "20"}, "limit"), ("loss", {"rate": "101%"}, "rate"),
        ("outage", {"seen_as": "new-refused"}, "seen_as"),
        ("refuse", {"port": 70000}, "port"), ("refuse", {"peer": "10.0.0.1; reboot"}, "peer"),
        ("latency", {"delay": "1s", "jitter": "2s"}, "jitter"), ("disk-full", {"path": "../x", "size": "1MB"}, "path"),
        ("disk-full", {"path": "/a/../../x", "size": "1MB"}, "path"), ("exec", {"run": []}, "run"),
        ("exec", {"run": ["true"]}, "revert"), ("exec", {"run": "true", "revert": ["x"]}, "run"),
        ("memory", {"limit": "1MB"}, "limit"),
    ],
)  # fmt: skip
def test_invalid_parameters_are_refused(kind: str, params: dict[str, Any], key: str) -> None:
    with pytest.raises(ParamProblem) as problem:
        KINDS[kind].read(params)
    assert problem.value.key == key


def test_acknowledged_irreversible_exec_is_allowed() -> None:
    assert "acknowledged" in KINDS["exec"].read({"run": ["true"], "irreversible": "acknowledged"}).describe_revert()


def test_engine_without_permission_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may use every socket, so the error of the system is simulated."""
    import docker.errors

    def denied(*_: object, **__: object) -> None:
        raise docker.errors.DockerException("('Connection aborted.', PermissionError(13, 'Permission denied'))")

    monkeypatch.setattr("docker.APIClient", denied)
    with pytest.raises(EngineError, match=r"no permission to use the engine at unix:///not-mine\.sock"):
        EngineApi("unix:///not-mine.sock", soon())


def test_too_old_engine_is_refused(docker: Docker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gameday.injectors.docker.sdk_client.OLDEST_API_VERSION", (9, 99))
    with pytest.raises(EngineError, match="or newer is required"):
        EngineApi(docker.url.replace("unix:///", "unix:////"), soon())


def test_production_container_under_another_target_is_refused(make: Callable[..., Box]) -> None:
    box = make({"labels": {"tier": "gdt-ledger"}})
    text = f"""\
gameday: 1
environments:
  live:
    production: true
    targets: {{db: {{injector: docker, engine: "{box.docker.url}", container: {box.name}}}}}
    signals: {{}}
  staging:
    targets: {{db: {{injector: docker, engine: "{box.docker.url}", labels: {{tier: gdt-ledger}}, count: 1}}}}
    signals: {{}}
"""
    project = parse_project(text, "gameday.yaml")
    with pytest.raises(Refused, match="leads to target db of live, which is marked production"):
        refuse_aliased_production(project, project.environments["staging"], {"docker": CheckedInjector(INJECTOR)})
    same = text.replace("labels: {tier: gdt-ledger}, count: 1", f"container: {box.name}, tools: x")
    with pytest.raises(InvalidFiles, match="same resource as target 'db' of production environment live"):
        parse_project(same, "gameday.yaml")
