"""A container on a real engine, and a project folder for drills on it.

Its state before and after is read by the `docker` command and by a container of the test, never through `gameday`.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.docker import HTTPD, TOOLS, Containers, Docker, endpoint
from support.drill_endings import BreakableSite, Figures
from support.fake_shop import Shop
from typing_extensions import override

_NUMBERS = itertools.count()
KINDS: dict[str, str] = {
    "pause": "kind: pause", "stop": "kind: stop, grace: 0s", "kill": "kind: kill",
    "restart": "kind: restart, grace: 0s",
    "disconnect": "kind: disconnect", "outage": "kind: outage", "silent": "kind: outage, seen_as: silent",
    "refuse": "kind: refuse, port: 80", "loss": "kind: loss, rate: 30%, peer: 10.0.0.0/8",
    "bandwidth": "kind: bandwidth, rate: 100KB/s", "cpu": "kind: cpu, limit: 20%",
    "memory": "kind: memory, limit: 30MB", "pids": "kind: pids, limit: 20",
    "disk-full": "kind: disk-full, path: /data, size: 3MB",
    "partition": "kind: partition, peer: cache",
    "exec": "kind: exec, run: [touch, /broken], revert: [rm, -f, /broken], check: [test, -e, /broken]",
}  # fmt: skip
"""Every kind that this machine's kernel can do, as a line of the scenario. `latency` needs a queue that it lacks."""
GAMEDAY = """\
gameday: 1
default_env: {name}
environments:
  {name}:
    targets:
      database: {{injector: docker, engine: "{engine}", container: {name}, tools: "{tools}", exec: true{more}}}
      cache: {{injector: docker, engine: "{engine}", container: {name}-peer}}
    signals:
      success: {{kind: ratio, probe: http, url: "{stats}", good_count: good, total_count: total, healthy: at_least 99%,
                every: 100ms, min_samples: 1}}
      wait: {{kind: duration, probe: http, url: "{stats}", value: latency, n: n, healthy: at_most 90ms, every: 100ms}}
"""
_LOOK = """\
iptables -w 5 -S; /bin/tc qdisc show; ls -A /v
for folder in $(find /cg/ -maxdepth 8 -type d -name "*$ID*" | sort); do
  for file in cpu.cfs_quota_us cpu.max memory.limit_in_bytes memory.max pids.max; do
    [ ! -e $folder/$file ] || echo $file $(cat $folder/$file)
  done
done"""
LIMITS = 3
"""The values of its cgroup that a look has to show, or it would call everything clean: cpu, memory, pids."""


class ContainerPlace(BreakableSite):
    """`guarded`: whether the environment allows a guardian container."""

    def __init__(self, docker: Docker, shop: Shop, folder: Path, *, guarded: bool, network: str) -> None:
        super().__init__(folder, f"gdt-{os.getpid()}-{next(_NUMBERS)}")
        self.docker, self.network, self.guarded = docker, network, guarded
        self.figures = shop.clients[self.name] = Figures()  # type: ignore[assignment]  # it has what a client shows
        self._containers = Containers(docker)
        limits: dict[str, Any] = (
            {} if len(self.name) % 2 else {"mem_limit": "64m", "nano_cpus": 500_000_000, "pids_limit": 100}
        )
        self._containers.start(
            HTTPD, self.name, volumes={self.name: "/data"}, restart_policy={"Name": "unless-stopped"},
            **endpoint(network, aliases=(f"db-{self.name}",)), **limits,
        )  # fmt: skip
        more = f", guardian: {docker.socket}" if guarded else ""
        (folder / "gameday.yaml").write_text(
            GAMEDAY.format(name=self.name, engine=docker.url, tools=TOOLS, more=more, stats=f"{shop.stats}/{self.name}")
        )
        self.before = self.shown()
        shown = re.findall(r"^(?:cpu|memory|pids)\.\S+ \S", self.before["inside"], re.MULTILINE)
        assert len(shown) == LIMITS, f"its cgroup is not seen: {self.before}"

    @override
    def break_by(self, kind: str, **more: str) -> None:
        """Write a scenario with this fault, active for `stands`."""
        if kind == "partition":
            self._containers.start(name=f"{self.name}-peer", network=self.network)
        self.write(f"{KINDS[kind]}, target: database", **more)

    def shown(self) -> dict[str, Any]:
        return look(self.docker, self.name)

    @override
    def ours(self) -> list[str]:
        """Containers of ours that are about this one."""
        listed = self.docker("ps", "-a", "--filter", "label=gameday.marker", "--format", "{{.Names}}").split()
        drills = {run.drill for run in self.runs}
        return [name for name in listed if name[:7] in drills]

    def clean(self) -> bool:
        return self.shown() == self.before and not self.ours()

    def close(self) -> None:
        self.end_runs()
        self._containers.remove()
        for name in self.ours():
            self.docker("rm", "-f", name, code=None)


def look(docker: Docker, name: str) -> dict[str, Any]:
    """Return the container's state on the engine, in its network, its cgroup and its volume of the same name.

    Empty if there is no such container.
    """
    told = docker("container", "inspect", name, code=None)
    if not told or told == "[]":
        return {}
    one = json.loads(told)[0]
    state = {key: one["State"][key] for key in ("Running", "Paused")}
    networks = {net: _endpoint(end, one["Id"]) for net, end in one["NetworkSettings"]["Networks"].items()}
    there = state["Running"] and not state["Paused"]
    return {"state": state, "networks": networks, "inside": _inside(docker, name, one["Id"]) if there else ""}


def _inside(docker: Docker, name: str, ident: str) -> str:
    seen = docker(
        "run", "--rm", "--network", f"container:{name}", "--cap-add", "NET_ADMIN", "-e", f"ID={ident}",
        "-v", f"{name}:/v", "-v", "/sys/fs/cgroup:/cg:ro", TOOLS, "sh", "-c", _LOOK, code=None,
    )  # fmt: skip
    seen = re.sub(r"dev eth\d+", "dev eth", seen)  # a device that comes back may get another number
    return f"{seen}\n{docker('exec', name, 'ls', '-A', '/', code=None)}"


def _endpoint(network: Mapping[str, Any], ident: str) -> dict[str, Any]:
    aliases = sorted(alias for alias in network["Aliases"] or [] if alias != ident[:12])
    return {"aliases": aliases, "links": network["Links"], "fixed": network["IPAMConfig"]}
