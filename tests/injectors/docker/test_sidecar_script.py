"""The shell program of a sidecar, alone: no signal at any line ends it while the fault is active."""

from __future__ import annotations

import base64
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.injectors.docker.faults.disconnect import Disconnect
from gameday.injectors.docker.guardian_container import SHELL_FUNCTIONS
from gameday.injectors.docker.sidecar_script import SidecarScript, sidecar_command
from gameday.injectors.docker.sidecars import Sidecars
from gameday.plugins.types import Deadline, Intent, RevertGuarantee

SHELLS = [shell for shell in ("sh", "busybox") if shutil.which(shell)]
MANY = 300
APART = 0.001
"""Seconds: two that come closer are one to a process."""
INTENT = Intent(
    "gd-0123456789ab", "gd-0123", "f", "outage", "docker", "e", "web", {}, {}, {}, "", "", RevertGuarantee.ENGINE
)


@pytest.fixture(params=SHELLS)
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Sidecar script whose fault is a file."""
    made = SidecarScript(f"[ -e {tmp_path}/fault ]", f"rm -f {tmp_path}/fault", f"touch {tmp_path}/fault")
    shell = ["busybox", "sh"] if request.param == "busybox" else ["sh"]
    program = base64.b64decode(made.environment()["GD"]).decode().replace("/tmp/lease-end", f"{tmp_path}/lease-end")
    own = {"GD": base64.b64encode(program.encode()).decode(), "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen([*shell, *sidecar_command("hold", "60")[1:]], env=own, stdout=-1, text=True)
    assert process.stdout is not None and process.stdout.readline() == "present\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_simultaneous_renewals_end_nothing(held: subprocess.Popen[str], tmp_path: Path) -> None:
    for _ in range(MANY):
        held.send_signal(signal.SIGUSR1)
        time.sleep(APART)
    assert held.poll() is None and (tmp_path / "fault").exists()
    held.terminate()
    assert held.wait(60) == 0 and not (tmp_path / "fault").exists()


class Told:
    """Engine with one sidecar of this state and log."""

    def __init__(self, state: Mapping[str, Any], log: str) -> None:
        self._state, self._log = state, log

    def create(self, *_: object, **__: object) -> None: ...

    def start(self, _: str) -> None: ...

    def inspect(self, _: str) -> Mapping[str, Any]:
        return {"State": self._state}

    def logs(self, _: str) -> str:
        return self._log


@pytest.mark.parametrize(
    ("running", "code", "log", "output"),
    [
        (True, 0, "present\niptables: a warning", ""),
        (False, 3, "no room", "no room"),
        (False, 137, "", None),
        (False, 2, "syntax error", None),
        (True, 0, "", None),
    ],
)
def test_failed_apply_is_reported_only_after_its_revert(running: bool, code: int, log: str, output: str | None) -> None:
    told = cast("EngineApi", Told({"Running": running, "ExitCode": code}, log))
    sides, deadline = Sidecars(told, INTENT), Deadline.after(0.2)
    if output is None:
        with pytest.raises(EngineError):
            sides.start_sidecar(0, "image", SidecarScript(":", ":"), {}, deadline)
    else:
        assert sides.start_sidecar(0, "image", SidecarScript(":", ":"), {}, deadline) == output


@pytest.mark.parametrize(("aliases", "kept"), [(["db", "db3f00000000"], ["db"]), (["db3f00000000"], None)])
def test_alias_that_is_a_prefix_of_the_id_is_kept(aliases: Sequence[str], kept: Sequence[str] | None) -> None:
    net = {"NetworkID": "n", "Aliases": aliases, "IPAMConfig": None}
    now = {
        "Name": "/web", "Id": f"db3f{'0' * 60}", "HostConfig": {"NetworkMode": "shop", "PortBindings": {}},
        "NetworkSettings": {"Networks": {"shop": net}},
    }  # fmt: skip
    before = Disconnect.read({}).capture_state(now)["n"]
    assert isinstance(before, dict) and before.get("Aliases") == kept


@pytest.mark.parametrize(
    ("answer", "code"),
    [('{"Id":"0a","State":{}}', 0), ('{"message":"No such container: 0a"}', 1), ("<html>busy</html>", 2), ("", 2)],
)
def test_missing_answer_is_never_absent(answer: str, code: int) -> None:
    """Test that only the engine's own 404 counts as a removed container."""
    asks = f"{SHELL_FUNCTIONS}\ncall_engine() {{ cat >/dev/null; printf %s '{answer}'; }}\ninspect_container 0a"
    assert subprocess.run(["sh", "-c", asks], check=False).returncode == code
