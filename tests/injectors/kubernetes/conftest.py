"""A namespace with a small shop on a real cluster, for each file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support import available_engines
from support.kubernetes import Kubectl, Namespace, cluster_here, eventually
from support.kubernetes_target import KubernetesTarget


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> Kubectl:
    return cluster_here()


@pytest.fixture(scope="module")
def shop() -> Iterator[Namespace]:
    available_engines.requested |= {"kubernetes"}
    namespace = Namespace(cluster_here())
    yield namespace
    namespace.remove()


@pytest.fixture
def target(shop: Namespace) -> KubernetesTarget:
    """The shop as it was at first, with nothing of an earlier test in it."""
    eventually(lambda: not shop.records())
    return KubernetesTarget(shop)
