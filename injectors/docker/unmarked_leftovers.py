"""What a fault left on a target whose container of ours somebody removed: nothing bears its intent any more, and it is
known by its mark alone. Rules (chains are named by the mark) and files (they are too) can be found so; a queue has a
number, which anybody's may have, and a value in a cgroup has no name at all."""

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
from gameday.injectors.docker.discovery import ContainerSnapshot, describe_containers, name_in_inspection
from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError, NotFound
from gameday.injectors.docker.faults import KINDS
from gameday.injectors.docker.faults.base import Inspected
from gameday.injectors.docker.faults.disk_fill import DEEP
from gameday.injectors.docker.sandbox import HostOptions
from gameday.injectors.docker.sidecar_script import Script
from gameday.injectors.docker.sidecars import INSPECTION_KEY, Sidecars
from gameday.injectors.docker.target_settings import Settings
from gameday.model import Binding, Json
from gameday.plugins.types import Intent

_CHAIN = re.compile(rf"({markers.MARK})-(?:in|out)")
_FILE = re.compile(rf"/there/(\d+)(?:/(.+))?/\.({markers.MARK})(?:\.part)?")
# iptables ends with 3 where the kernel has none: then there are no rules of anybody's
_SCAN_SCRIPT = f"""\
rules=$(iptables -w 2 -S)
case $? in 0|3) ;; *) return 2 ;; esac
{{
  echo looking
  echo "$rules" | sed -n 's/^-N //p'
  for one in /there/*; do
    [ -d "$one" ] && find "$one" -xdev -maxdepth {DEEP + 1} -type f -name '.gd-????????????*' 2>/dev/null
  done
  echo looked
}} | base64 | tr -d '\\n'"""


@dataclass(frozen=True, slots=True)
class _Leftover:
    """What one container has of one mark: rules in its network, or a file at `path` there."""

    marker: str
    was: ContainerSnapshot
    path: str = ""


def find_unmarked_leftovers(
    engine: EngineApi, binding: Binding, settings: Settings, containers: Iterable[str]
) -> list[Intent]:
    """An intent for each mark found on these containers, whether or not a container of ours bears it: of a kind that
    takes back what is there. Empty without a tools image. Raises EngineTrouble."""
    ids = sorted(containers)
    if not ids or not settings.tools:
        return []
    looks = map_concurrently(lambda one: _scan_container(one, engine, binding, settings), ids)
    left = [one for found in looks for one in found]
    groups: dict[tuple[str, bool], list[_Leftover]] = {}
    for one in left:
        groups.setdefault((one.marker, bool(one.path)), []).append(one)
    return [_leftover_intent(group, binding, settings) for group in groups.values()]


def is_inspection(intent: Intent) -> bool:
    """Whether it is nothing but a look of ours at a container."""
    return INSPECTION_KEY in intent.undo


def _scan_container(container: str, engine: EngineApi, binding: Binding, settings: Settings) -> list[_Leftover]:
    """What is there is seen by a fresh side container, which may change nothing on a volume."""
    try:
        now = engine.inspect(container)
    except NotFound:
        return []
    mounts = _mounts(now)
    sides = Sidecars(engine, _inspection_intent(now, binding, settings))
    done = sides.run_once(
        "shows", settings.tools, Script(_SCAN_SCRIPT, ":"), _scan_sandbox(now, [source for source, _ in mounts])
    )
    lines = _decode_scan(done.said)
    if done.code != 0 or lines[:1] != ["looking"] or lines[-1] != "looked":
        raise EngineError(f"nobody can look for what is ours on {name_in_inspection(now)}: {done.said or done.code}")
    return list(_parse_scan(lines, now, mounts))


def _decode_scan(said: str) -> list[str]:
    """Packed into one line: what a program says beside it is never taken for a part of it."""
    try:
        return base64.b64decode(said.splitlines()[-1], validate=True).decode(errors="replace").splitlines()
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
    """What `disk-full` could have filled, by source, and where it is mounted. A socket holds no file, and is lent to
    nobody."""
    kept = [one for one in now["Mounts"] if one["Type"] in ("volume", "bind") and one["RW"]]
    named = [(str(one["Name" if one["Type"] == "volume" else "Source"]), str(one["Destination"])) for one in kept]
    return [(source, mounted) for source, mounted in named if not source.endswith(".sock")]


def _scan_sandbox(now: Inspected, sources: Sequence[str]) -> HostOptions:
    """The container's network, where it runs in one of its own, and its volumes, to read."""
    state, mode = now["State"], str(now["HostConfig"]["NetworkMode"])
    in_its_own = state["Running"] and not state["Restarting"] and not mode.startswith(("host", "none", "container:"))
    mounts = [
        {"Type": "bind" if source.startswith("/") else "volume", "Source": source, "Target": f"/there/{number}",
         "ReadOnly": True}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    return {
        "network_mode": f"container:{now['Id']}" if in_its_own else "none", "mounts": mounts,
        "cap_drop": ["ALL"], "cap_add": ["NET_ADMIN", "NET_RAW", "DAC_READ_SEARCH"],
    }  # fmt: skip


def _snapshot_of(now: Inspected, more: dict[str, Json]) -> ContainerSnapshot:
    return ContainerSnapshot(str(now["Id"]), name_in_inspection(now), str(now["State"]["StartedAt"]), more)


def _inspection_intent(now: Inspected, binding: Binding, settings: Settings) -> Intent:
    """What the side container of a look bears: one that was cut short is a stray like any other."""
    name = markers.new_marker(markers.new_drill_id(()), time.time())
    return _build_intent(
        "outage", {}, name, [_snapshot_of(now, {})], binding, settings, "a look, cut short, at", {INSPECTION_KEY: True}
    )


def _leftover_intent(left: Sequence[_Leftover], binding: Binding, settings: Settings) -> Intent:
    """Of the kind whose revert removes it: all rules of a mark are removed alike, and so are all of its files. A volume
    that several containers share is cleared once."""
    marker, path = left[0].marker, left[0].path
    if not path:
        once = {one.was.id: one.was for one in left}
        return _build_intent("outage", {}, marker, list(once.values()), binding, settings, "rules in the network of")
    files = {(str(one.was.saved_state["source"]), str(one.was.saved_state["below"])): one.was for one in left}
    params: dict[str, Json] = {"path": path, "size": "1MB"}
    return _build_intent("disk-full", params, marker, list(files.values()), binding, settings, f"a file in {path} of")


def _build_intent(
    kind: str,
    params: dict[str, Json],
    marker: str,
    weres: Sequence[ContainerSnapshot],
    binding: Binding,
    settings: Settings,
    what: str,
    more: dict[str, Json] | None = None,
) -> Intent:
    names: list[Json] = [was.name for was in weres]
    return IntentBuilder("docker", binding).build(
        marker,
        kind,
        address={"engine": settings.engine, "containers": names},
        params=params,
        undo={
            "containers": [was.encode() for was in weres],
            "tools": settings.tools,
            "guardian": "",
            "image": settings.tools,
            **(more or {}),
        },
        target_text=f"{what} {describe_containers(weres, settings.engine)}",
        revert_text=KINDS[kind].read(params).describe_revert(),
    )
