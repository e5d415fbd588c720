"""A place to break on a cluster: one namespace with a small shop, and all that `gameday` needs there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from support.api_server import ApiServer
from support.api_server_shop import StandInNamespace
from support.drill_endings import BreakableSite, Figures
from support.fake_shop import Shop
from typing_extensions import override

KINDS: dict[str, str] = {
    "scale": "kind: scale, replicas: 0", "config": "kind: config, key: rate, value: '1'", "outage": "kind: outage",
    "kill": "kind: kill", "evict": "kind: evict", "half-dead": "kind: half-dead",
    "partition": "kind: partition, peer: cache", "cordon": "kind: cordon", "drain": "kind: drain",
    "bad-rollout": "kind: bad-rollout, image: 'shop:none'", "latency": "kind: latency, delay: 300ms",
    "jitter": "kind: jitter, delay: 300ms", "bandwidth": "kind: bandwidth, rate: 20KB/s", "reset": "kind: reset",
    "timeout": "kind: timeout",
}  # fmt: skip
"""Every kind, as a line of the scenario."""
PROXY_KINDS = ("latency", "jitter", "bandwidth", "reset", "timeout")
"""Kinds by a proxy, which must reach the pods of the Service."""
GAMEDAY = """\
gameday: 1
default_env: {name}
environments:
  {name}:
    targets:
      database: {{injector: kubernetes, kubeconfig: "{kubeconfig}", context: {context}, namespace: {name},
                 workload: deployment/web, service: {service}, configmap: web, node: {node}, count: 1,
                 dead_address: 10.88.0.0, proxy_image: "{image}"}}
      cache: {{injector: kubernetes, kubeconfig: "{kubeconfig}", context: {context}, namespace: {name},
              workload: deployment/cache}}
    signals:
      success: {{kind: ratio, probe: http, url: "{stats}", good_count: good, total_count: total, healthy: at_least 99%,
                every: 100ms, min_samples: 1}}
      wait: {{kind: duration, probe: http, url: "{stats}", value: latency, n: n, healthy: at_most 90ms, every: 100ms}}
"""


class DrillNamespace(Protocol):
    """A namespace with the shop in it, on a real cluster or on the stand-in, and a node that a drill may cordon."""

    name: str
    node: str

    def shown(self) -> dict[str, Any]: ...
    def pods(self) -> dict[str, str]: ...
    def records(self) -> list[str]: ...
    def apply_shop(self) -> None: ...
    def remove(self) -> None: ...


class ClusterPlace(BreakableSite):
    """`kubeconfig`, `context`: those that gameday uses; `service`: the target's; `image`: of a proxy in its path."""

    def __init__(
        self, namespace: DrillNamespace, shop: Shop, folder: Path, kubeconfig: Path, context: str,
        service: str = "web", image: str = "proxy:1",
    ) -> None:  # fmt: skip
        super().__init__(folder, namespace.name)
        self.namespace = namespace
        self.figures = shop.clients[self.name] = Figures()  # type: ignore[assignment]  # it has what a client shows
        (folder / "gameday.yaml").write_text(
            GAMEDAY.format(
                name=self.name,
                kubeconfig=kubeconfig,
                context=context,
                node=namespace.node,
                service=service,
                image=image,
                stats=f"{shop.stats}/{self.name}",
            )
        )
        self.before = self.shown()

    @override
    def break_by(self, kind: str, **more: str) -> None:
        self.write(f"{KINDS[kind]}, target: database", **more)

    def shown(self) -> dict[str, Any]:
        """Return values and owners of all that a fault could touch."""
        return {**self.namespace.shown(), "pod count": len(self.namespace.pods())}

    @override
    def ours(self) -> list[str]:
        return self.namespace.records()

    @contextmanager
    def guardian(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """Run a guardian of the environment; it is killed if it has not ended by itself."""
        command = [sys.executable, "-m", "gameday", "guardian", "--env", self.name, *options]
        with subprocess.Popen(command, cwd=self.folder, env=self.env, stderr=subprocess.PIPE, text=True) as process:
            yield process
            process.kill()

    def is_clean(self) -> bool:
        return self.shown() == self.before and not self.ours()

    def close(self) -> None:
        self.end_runs()
        self.namespace.remove()


@pytest.fixture
def api_server() -> Iterator[ApiServer]:
    server = ApiServer()
    yield server
    server.close()


@pytest.fixture
def stand_in(api_server: ApiServer, shop: Shop, tmp_path: Path) -> Iterator[ClusterPlace]:
    place = ClusterPlace(StandInNamespace(api_server), shop, tmp_path, api_server.write_kubeconfig(tmp_path), "test")
    yield place
    place.close()
