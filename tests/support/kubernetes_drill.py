"""A place to break on a cluster: one namespace with a small shop, and all that `gameday` needs there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest
from support.api_relay import ApiRelay
from support.api_server import ApiServer
from support.api_server_shop import StandInNamespace
from support.drill_endings import BreakableSite, Figures
from support.fake_shop import Shop
from typing_extensions import override

KINDS: dict[str, str] = {
    "scale": "kind: scale, replicas: 0", "config": "kind: config, key: rate, value: '1'", "outage": "kind: outage",
    "kill": "kind: kill", "evict": "kind: evict", "crash-loop": "kind: crash-loop, signal: INT",
    "half-dead": "kind: half-dead", "partition": "kind: partition, peer: cache", "cordon": "kind: cordon",
    "drain": "kind: drain", "bad-rollout": "kind: bad-rollout, image: 'shop:none'",
    "latency": "kind: latency, delay: 300ms", "jitter": "kind: jitter, delay: 300ms",
    "bandwidth": "kind: bandwidth, rate: 20KB/s", "reset": "kind: reset", "timeout": "kind: timeout",
}  # fmt: skip
"""Every kind, as a line of the scenario."""
PROXY_KINDS = ("latency", "jitter", "bandwidth", "reset", "timeout")
"""Kinds by a proxy, which must reach the pods of the Service."""
REAL_PODS = (*PROXY_KINDS, "crash-loop")
"""Kinds that need pods with processes in them."""
IDENTITY = re.compile(r'uid|creationTimestamp|clusterIPs?|k:{"uid":')
GENERATED_SUFFIX = re.compile(r"-[a-z0-9]{5}$")
"""End of the names that a controller gives, such as those of EndpointSlices."""
GAMEDAY = """\
gameday: 1
default_env: {name}
environments:
  {name}:
    targets:
      database: {{injector: kubernetes, kubeconfig: "{kubeconfig}", context: {context}, namespace: {name},
                 workload: deployment/{service}, service: {service}, configmap: web, node: {node}, count: 1,
                 dead_address: 10.88.0.0{image}}}
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
    def recreate_shop(self) -> None: ...
    def write_as_another(self, path: str) -> None: ...
    def break_webhook(self) -> Callable[[], None]: ...
    def pause_rollout(self, workload: str) -> Callable[[], None]: ...
    def begin_deletion(self) -> None: ...
    def wait_deleted(self, before: dict[str, Any]) -> dict[str, Any]: ...
    def remove(self) -> None: ...


class ClusterPlace(BreakableSite):
    """`kubeconfig`, `context`: those that gameday uses; `service`: the target's, and its workload's name.

    `image`: of a proxy and of trials, if any; `api`: in which requests can fail, where there is one."""

    ignores_identity = False

    def __init__(
        self, namespace: DrillNamespace, shop: Shop, folder: Path, kubeconfig: Path, context: str,
        service: str = "web", image: str = "proxy:1", *, api: ApiServer | ApiRelay | None = None,
    ) -> None:  # fmt: skip
        super().__init__(folder, namespace.name)
        self.namespace, self._api, self.workload = namespace, api, service
        self.figures = shop.clients[self.name] = Figures()  # type: ignore[assignment]  # it has what a client shows
        (folder / "gameday.yaml").write_text(
            GAMEDAY.format(
                name=self.name,
                kubeconfig=kubeconfig,
                context=context,
                node=namespace.node,
                service=service,
                image=f', proxy_image: "{image}"' if image else "",
                stats=f"{shop.stats}/{self.name}",
            )
        )
        self.before = self.shown()

    @property
    def api(self) -> ApiServer | ApiRelay:
        assert self._api is not None, "this place calls its API server directly"
        return self._api

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
        return self.differences() == ([], []) and not self.ours()

    def differences(self) -> tuple[Any, Any]:
        """Return what was before and what is now, where they differ; two empty lists where nothing does."""
        before, now = self.before, self.shown()
        if self.ignores_identity:
            before, now = without_identity(before), without_identity(now)
        return ([], []) if before == now else (before, now)

    def close(self) -> None:
        self.end_runs()
        self.namespace.remove()


def without_identity(state: Any) -> Any:
    """Return a state without what differs between an object and its successor of the same name."""
    if isinstance(state, dict):
        return {key: without_identity(value) for key, value in state.items() if not IDENTITY.match(key)}
    if isinstance(state, list):
        return [without_identity(each) for each in state]
    return GENERATED_SUFFIX.sub("", state) if isinstance(state, str) else state


@pytest.fixture
def api_server() -> Iterator[ApiServer]:
    server = ApiServer()
    yield server
    server.close()


@pytest.fixture
def stand_in(api_server: ApiServer, shop: Shop, tmp_path: Path) -> Iterator[ClusterPlace]:
    kubeconfig = api_server.write_kubeconfig(tmp_path)
    place = ClusterPlace(StandInNamespace(api_server), shop, tmp_path, kubeconfig, "test", api=api_server)
    yield place
    place.close()
