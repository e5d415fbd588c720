"""A place to break on a cluster: one namespace with a small shop, and all that `gameday` needs there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.drill_endings import BreakableSite, Figures
from support.fake_shop import Shop
from support.kubernetes import Kubectl, Namespace
from typing_extensions import override

KINDS: dict[str, str] = {
    "scale": "kind: scale, replicas: 0", "config": "kind: config, key: rate, value: '1'", "outage": "kind: outage",
    "kill": "kind: kill", "evict": "kind: evict", "half-dead": "kind: half-dead",
    "partition": "kind: partition, peer: cache", "cordon": "kind: cordon",
    "bad-rollout": "kind: bad-rollout, image: 'shop:none'",
}  # fmt: skip
"""Every kind, as a line of the scenario."""
GAMEDAY = """\
gameday: 1
default_env: {name}
environments:
  {name}:
    targets:
      database: {{injector: kubernetes, kubeconfig: "{kubeconfig}", context: {context}, namespace: {namespace},
                 workload: deployment/web, service: web, configmap: web, node: {node}, count: 1,
                 dead_address: 10.88.0.0}}
      cache: {{injector: kubernetes, kubeconfig: "{kubeconfig}", context: {context}, namespace: {namespace},
              workload: deployment/cache}}
    signals:
      success: {{kind: ratio, probe: http, url: "{stats}", good_count: good, total_count: total, healthy: at_least 99%,
                every: 100ms, min_samples: 1}}
      wait: {{kind: duration, probe: http, url: "{stats}", value: latency, n: n, healthy: at_most 90ms, every: 100ms}}
"""


class ClusterPlace(BreakableSite):
    """`kubeconfig`: the one that gameday uses, which may lead through a relay; `node`: one that it may cordon."""

    def __init__(self, kubectl: Kubectl, shop: Shop, folder: Path, node: str, kubeconfig: Path | None = None) -> None:
        self.namespace = Namespace(kubectl)
        super().__init__(folder, self.namespace.name)
        self.kubectl, self.node = kubectl, node
        self.figures = shop.clients[self.name] = Figures()  # type: ignore[assignment]  # it has what a client shows
        (folder / "gameday.yaml").write_text(
            GAMEDAY.format(
                name=self.name,
                kubeconfig=kubeconfig or kubectl.kubeconfig,
                context=kubectl.context,
                node=node,
                namespace=self.name,
                stats=f"{shop.stats}/{self.name}",
            )
        )
        self.before = self.shown()

    @override
    def break_by(self, kind: str, **more: str) -> None:
        self.write(f"{KINDS[kind]}, target: database", **more)

    def shown(self) -> dict[str, Any]:
        """Return values and owners of all that a fault could touch."""
        node = self.kubectl.get("node", self.node)
        return {
            **self.namespace.shown(), "unschedulable": node["spec"].get("unschedulable", False),
            "pods": len(self.namespace.pods()),
        }  # fmt: skip

    @override
    def ours(self) -> list[str]:
        return self.namespace.records()

    def is_clean(self) -> bool:
        return self.shown() == self.before and not self.ours()

    def close(self) -> None:
        self.end_runs()
        self.kubectl("uncordon", self.node, code=None)
        self.namespace.remove()
