"""A short-lived inspection container: its result is returned, and it is removed even if its caller is killed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from support.docker import TOOLS
from support.docker_target import Box, soon
from support.drill_folder import eventually

from gameday.injectors.docker.engine_api import CommandResult, EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.sidecar_script import SidecarScript, sandbox_in_network
from gameday.injectors.docker.sidecars import Sidecars
from gameday.plugins.types import Deadline, Intent

pytestmark = pytest.mark.engine("docker")
CALLER = """\
import json, sys
from gameday.plugins.types import Deadline, Intent
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.sidecar_script import sandbox_in_network
from gameday.injectors.docker.sidecar_script import SidecarScript
from gameday.injectors.docker.sidecars import Sidecars
url, tools, intent = sys.argv[1:]
with EngineApi(url, Deadline.after(60.0)) as engine:
    look = SidecarScript("trap exit TERM; sleep 2 & wait $!", ":")
    sidecars = Sidecars(engine, Intent.decode(json.loads(intent)))
    sidecars.run_once("check_presence", tools, look, sandbox_in_network("none"))
"""


def looked(box: Box, intent: Intent, script: str, deadline: Deadline) -> CommandResult:
    with EngineApi(box.docker.url, deadline) as engine:
        return Sidecars(engine, intent).run_once(
            "check_presence", TOOLS, SidecarScript(script, ":"), sandbox_in_network("none")
        )


@pytest.mark.parametrize(
    ("script", "ends"),
    [
        ("echo one; echo two >&2; return 2", CommandResult(2, "one\ntwo")),
        ("printf half", CommandResult(0, "half")),
        (":", CommandResult(0, "")),
    ],
)
def test_sandbox_returns_exit_code_and_output(box: Box, script: str, ends: CommandResult) -> None:
    intent = box.plan("pids", limit=20)
    assert looked(box, intent, script, soon()) == ends
    assert not box.ours(intent)


def test_interrupted_sandbox_is_an_error(box: Box) -> None:
    intent = box.plan("pids", limit=20)
    with pytest.raises(EngineError, match="was interrupted: so far"):
        looked(box, intent, "echo so far; exit 0", soon())
    assert not box.ours(intent)


def test_sandbox_past_its_deadline_is_ended(box: Box) -> None:
    intent = box.plan("pids", limit=20)
    with pytest.raises(EngineError, match="did not finish in time"):
        looked(box, intent, "sleep 60", Deadline.after(2.0))
    eventually(lambda: not box.ours(intent), "its removal")


def test_sandbox_of_a_killed_caller_is_removed(box: Box) -> None:
    intent = box.plan("pids", limit=20)
    words = (box.docker.url, TOOLS, json.dumps(intent.encode()))
    with subprocess.Popen([sys.executable, "-c", CALLER, *words]) as caller:
        running = ("ps", "-q", "--filter", f"label=gameday.marker={intent.marker}")
        eventually(lambda: bool(box.docker(*running)), "its start")
        caller.kill()
    eventually(lambda: not box.ours(intent), "its end")


def test_broken_connection_is_an_engine_error(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(stream: Any, _: Deadline) -> None:
        stream._response.close()
        stream.close()
        raise ConnectionResetError(104, "Connection reset by peer")

    monkeypatch.setattr("gameday.injectors.docker.engine_api.read_stream", broken)
    with EngineApi(box.docker.url, soon()) as engine, pytest.raises(EngineError, match="cannot call the engine"):
        engine.run(box.name, ["true"])
