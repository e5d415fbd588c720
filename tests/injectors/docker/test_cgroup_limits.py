"""Limits on cgroup files laid out as other machines have them: of version 2, and of version 1 as systemd mounts it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.base import SidecarFaultKind
from gameday.injectors.docker.target_containers import ContainerSnapshot
from gameday.model import Json

IDENT = "0a" * 32
STANDS, GONE = 0, 1
LIMITS: list[tuple[str, Mapping[str, Json], Mapping[str, Any], str, str, str]] = [
    ("cpu", {"limit": "20%"}, {}, "cpu.max", "max 100000", "20000 100000"),
    ("cpu", {"limit": "20%"}, {"NanoCpus": 500_000_000}, "cpu.max", "50000 100000", "20000 100000"),
    ("memory", {"limit": "30MB"}, {}, "memory.max", "max", str(30_000_000 // 65536 * 65536)),
    ("memory", {"limit": "30MB"}, {"Memory": 67_108_864}, "memory.max", "67108864", str(30_000_000 // 65536 * 65536)),
    ("pids", {"limit": 20}, {}, "pids.max", "max", "20"),
    ("pids", {"limit": 20}, {"PidsLimit": 100}, "pids.max", "100", "20"),
]


@pytest.mark.parametrize(("kind", "params", "host", "file", "before", "during"), LIMITS)
def test_limit_is_written_and_restored(
    tmp_path: Path, kind: str, params: Mapping[str, Json], host: Mapping[str, Any], file: str, before: str, during: str
) -> None:
    value = tmp_path / "system.slice" / f"docker-{IDENT}.scope" / file
    value.parent.mkdir(parents=True)
    value.write_text(f"{before}\n")
    asks = Functions(kind, params, host, tmp_path)
    assert asks("check_presence") == GONE
    assert asks("apply_fault") == STANDS and value.read_text() == f"{during}\n"
    assert asks("check_presence") == STANDS
    asks("revert_fault")
    assert asks("check_presence") == GONE and value.read_text() == f"{before}\n"
    value.write_text("77\n")
    assert asks("apply_fault") != STANDS and value.read_text() == "77\n", "the engine does not know of it"


def test_linked_cgroup_controller_is_followed(tmp_path: Path) -> None:
    value = tmp_path / "cpu,cpuacct" / "docker" / IDENT / "cpu.cfs_quota_us"
    value.parent.mkdir(parents=True)
    value.write_text("-1\n")
    (tmp_path / "cpu").symlink_to("cpu,cpuacct")
    asks = Functions("cpu", {"limit": "20%"}, {}, tmp_path)
    assert asks("apply_fault") == STANDS and value.read_text() == "20000\n"
    asks("revert_fault")
    assert value.read_text() == "-1\n"


class Functions:
    """Functions of the sidecar script, each run in its own shell, with the cgroups at `root`."""

    def __init__(self, kind: str, params: Mapping[str, Json], host: Mapping[str, Any], root: Path) -> None:
        limit = KINDS[kind].read(params)
        assert isinstance(limit, SidecarFaultKind)
        now = {"Name": "/web", "HostConfig": {"AutoRemove": False, **host}}
        script = limit.script("gd-0123456789ab", ContainerSnapshot(IDENT, "web", "", limit.capture_state(now)))
        bodies = "".join(
            f"{name}() {{\n{getattr(script, name)}\n}}\n" for name in ("apply_fault", "check_presence", "revert_fault")
        )
        self._text = (script.before + bodies).replace("/cg", str(root))

    def __call__(self, name: str) -> int:
        return subprocess.run(["sh", "-c", f"{self._text}\n{name}"], capture_output=True, check=False).returncode
