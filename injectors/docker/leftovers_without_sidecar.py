"""Leftovers of faults whose sidecar somebody removed: no intent exists, only the marker on the target tells.

Rules (by the names of their chains) and files can be found so; a queue has only a number, which anybody's may have,
and a value in a cgroup has no name.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from gameday import markers
from gameday.injectors.common.concurrency import map_concurrently
from gameday.injectors.common.intents import IntentBuilder
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError, NotFound
from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.base import Inspected
from gameday.injectors.docker.faults.disk_fill import MAX_DEPTH
from gameday.injectors.docker.sidecar_script import HostOptions, SidecarScript
from gameday.injectors.docker.sidecars import INSPECTION_KEY, Sidecars
from gameday.injectors.docker.target_containers import ContainerSnapshot, describe_containers, name_in_inspection
from gameday.injectors.docker.target_settings import Settings
from gameday.model import Binding, Json
from gameday.plugins.types import Intent

_CHAIN = re.compile(rf"({markers.MARK})-(?:in|out)")
_FILE = re.compile(rf"/volumes/(\d+)(?:/(.+))?/\.({markers.MARK})(?:\.part)?")
# iptables exits with 3 where the kernel has none: then there are no rules
_SCAN_SCRIPT = f"""\
rules=$(iptables -w 2 -S)
case $? in 0|3) ;; *) return 2 ;; esac
{{
  echo scan-begins
  echo "$rules" | sed -n 's/^-N //p'
  for volume in /volumes/*; do
    [ -d "$volume" ] && find "$volume" -xdev -maxdepth {MAX_DEPTH + 1} -type f -name '.gd-????????????*' 2>/dev/null
  done
  echo scan-ends
}} | base64 | tr -d '\\n'"""


@dataclass(frozen=True, slots=True)
class _Leftover:
    """Leftover of one marker on one container: rules in its network, or a file at `path`."""

    marker: str
    snapshot: ContainerSnapshot
    path: str = ""


def find_unmarked_leftovers(
    engine: EngineApi, binding: Binding, settings: Settings, containers: Iterable[str]
) -> list[Intent]:
    """Return an intent for each marker on these containers, of a kind whose revert removes what it left.

    Includes markers that have a sidecar. Empty without a tools image. Raises EngineError."""
    ids = sorted(containers)
    if not ids or not settings.tools:
        return []
    scans = map_concurrently(lambda container: _scan_container(container, engine, binding, settings), ids)
    groups: dict[tuple[str, bool], list[_Leftover]] = {}
    for leftover in (leftover for scan in scans for leftover in scan):
        groups.setdefault((leftover.marker, bool(leftover.path)), []).append(leftover)
    return [_leftover_intent(group, binding, settings) for group in groups.values()]


def is_inspection_container(intent: Intent) -> bool:
    """Return True if the intent belongs to a sidecar that only inspects a container."""
    return INSPECTION_KEY in intent.undo


def _scan_container(container: str, engine: EngineApi, binding: Binding, settings: Settings) -> list[_Leftover]:
    """Scan a container by a fresh sidecar that has its volumes mounted read-only."""
    try:
        now = engine.inspect(container)
    except NotFound:
        return []
    mounts = _mounts(now)
    sidecars = Sidecars(engine, _inspection_intent(now, binding, settings))
    sandbox = _scan_sandbox(now, [source for source, _ in mounts])
    result = sidecars.run_once("check_presence", settings.tools, SidecarScript(_SCAN_SCRIPT, ":"), sandbox)
    lines = _decode_scan(result.output)
    if result.code != 0 or lines[:1] != ["scan-begins"] or lines[-1] != "scan-ends":
        raise EngineError(f"cannot look for leftovers of {name_in_inspection(now)}: {result.output or result.code}")
    return list(_parse_scan(lines, now, mounts))


def _decode_scan(output: str) -> list[str]:
    """Decode the last line: whatever else a program prints is not part of the result."""
    try:
        return base64.b64decode(output.splitlines()[-1], validate=True).decode(errors="replace").splitlines()
    except (ValueError, IndexError):
        return []


def _parse_scan(lines: Iterable[str], now: Inspected, mounts: Sequence[tuple[str, str]]) -> Iterator[_Leftover]:
    for line in dict.fromkeys(lines):
        if chain := _CHAIN.fullmatch(line):
            yield _Leftover(chain[1], _snapshot_of(now, {}))
        elif (file := _FILE.fullmatch(line)) and int(file[1]) < len(mounts):
            source, mounted = mounts[int(file[1])]
            below = file[2] or "."
            yield _Leftover(
                file[3], _snapshot_of(now, {"source": source, "below": below}), str(PurePosixPath(mounted) / below)
            )


def _mounts(now: Inspected) -> list[tuple[str, str]]:
    """Return what `disk-full` could have filled: source and mount point. Sockets are left out."""
    mounts = [mount for mount in now["Mounts"] if mount["Type"] in ("volume", "bind") and mount["RW"]]
    named = [
        (str(mount["Name" if mount["Type"] == "volume" else "Source"]), str(mount["Destination"])) for mount in mounts
    ]
    return [(source, mounted) for source, mounted in named if not source.endswith(".sock")]


def _scan_sandbox(now: Inspected, sources: Sequence[str]) -> HostOptions:
    """Return a sandbox with the container's network, if it has one of its own, and its volumes, read-only."""
    state, mode = now["State"], str(now["HostConfig"]["NetworkMode"])
    has_own_network = (
        state["Running"] and not state["Restarting"] and not mode.startswith(("host", "none", "container:"))
    )
    mounts = [
        {"Type": "bind" if source.startswith("/") else "volume", "Source": source, "Target": f"/volumes/{number}",
         "ReadOnly": True}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    return {
        "network_mode": f"container:{now['Id']}" if has_own_network else "none", "mounts": mounts,
        "cap_drop": ["ALL"], "cap_add": ["NET_ADMIN", "NET_RAW", "DAC_READ_SEARCH"],
    }  # fmt: skip


def _snapshot_of(now: Inspected, more: dict[str, Json]) -> ContainerSnapshot:
    return ContainerSnapshot(str(now["Id"]), name_in_inspection(now), str(now["State"]["StartedAt"]), more)


def _inspection_intent(now: Inspected, binding: Binding, settings: Settings) -> Intent:
    """Return the intent of an inspection: if it is interrupted, its sidecar is a leftover like any other."""
    name = markers.new_marker(markers.new_drill_id(()), time.time())
    return _build_intent(
        "outage",
        {},
        name,
        [_snapshot_of(now, {})],
        binding,
        settings,
        "interrupted inspection of",
        {INSPECTION_KEY: True},
    )


def _leftover_intent(leftovers: Sequence[_Leftover], binding: Binding, settings: Settings) -> Intent:
    """Return an intent of the kind whose revert removes all rules, or all files, of one marker.

    A volume that several containers share is listed once."""
    marker, path = leftovers[0].marker, leftovers[0].path
    if not path:
        snapshots = {leftover.snapshot.id: leftover.snapshot for leftover in leftovers}
        return _build_intent("outage", {}, marker, list(snapshots.values()), binding, settings, "iptables rules of")
    files = {_file_key(leftover.snapshot): leftover.snapshot for leftover in leftovers}
    params: dict[str, Json] = {"path": path, "size": "1MB"}
    return _build_intent("disk-full", params, marker, list(files.values()), binding, settings, f"file in {path} of")


def _file_key(snapshot: ContainerSnapshot) -> tuple[str, str]:
    return str(snapshot.saved_state["source"]), str(snapshot.saved_state["below"])


def _build_intent(
    kind: str,
    params: dict[str, Json],
    marker: str,
    snapshots: Sequence[ContainerSnapshot],
    binding: Binding,
    settings: Settings,
    what: str,
    more: dict[str, Json] | None = None,
) -> Intent:
    names: list[Json] = [snapshot.name for snapshot in snapshots]
    return IntentBuilder("docker", binding).build(
        marker,
        kind,
        address={"engine": settings.engine, "containers": names},
        params=params,
        undo={
            "containers": [snapshot.encode() for snapshot in snapshots],
            "tools": settings.tools,
            "guardian": "",
            "image": settings.tools,
            **(more or {}),
        },
        target_text=f"{what} {describe_containers(snapshots, settings.engine)}",
        revert_text=KINDS[kind].read(params).describe_revert(),
    )
