"""A namespace with a small shop: on a real cluster, for each file, and on the stand-in for an API server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import available_engines
from support.api_server import ApiServer
from support.api_server_shop import StandInNamespace
from support.kubernetes import Namespace, cluster_here, eventually
from support.kubernetes_target import KubernetesTarget


@pytest.fixture
def server() -> Iterator[ApiServer]:
    server = ApiServer()
    yield server
    server.close()


@pytest.fixture
def stand_in(server: ApiServer, tmp_path: Path) -> KubernetesTarget:
    """Return the shop on the stand-in."""
    namespace = StandInNamespace(server)
    return KubernetesTarget(
        namespace, server.write_kubeconfig(tmp_path), "test", {"node": namespace.node, "proxy_image": "proxy:1"}
    )


@pytest.fixture(scope="module")
def shop() -> Iterator[Namespace]:
    available_engines.requested |= {"kubernetes"}
    namespace = Namespace(cluster_here())
    yield namespace
    namespace.remove()


@pytest.fixture
def target(shop: Namespace) -> KubernetesTarget:
    """Return the shop on the real cluster, without remains of earlier tests."""
    eventually(lambda: not shop.records())
    return KubernetesTarget(shop, shop.kubectl.kubeconfig, shop.kubectl.context, {"node": shop.node})
