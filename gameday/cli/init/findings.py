"""Findings of `gameday init`, and the result of each probe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy of a Toxiproxy server; `listen` and `upstream` as the server reports them."""

    name: str
    listen: str
    upstream: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """Result of one probe. `say`: what was found, or why nothing was; `todo` may be empty."""

    is_found: bool
    say: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class ClusterWorkload:
    """A workload as KIND/NAME, the Service in front of it (may be empty), and its number of replicas."""

    ref: str
    service: str
    replicas: int


@dataclass(frozen=True, slots=True)
class ClusterNamespace:
    """The workloads of one namespace, and the kubeconfig and context that reach it."""

    kubeconfig: str
    context: str
    namespace: str
    workloads: Sequence[ClusterWorkload]


@dataclass(frozen=True, slots=True)
class InitFindings:
    """Everything found. `alerts`: names, True if firing now. `services`: those of the Compose `project`.

    `roster` is the file's name; empty if there is none.
    """

    toxiproxy: str = ""
    proxies: Sequence[Proxy] = ()
    prometheus: str = ""
    alerts: Mapping[str, bool] = field(default_factory=dict[str, bool])
    compose: str = ""
    project: str = ""
    services: Sequence[str] = ()
    roster: str = ""
    cluster: ClusterNamespace | None = None


def join_names(names: Sequence[str], limit: int = 8) -> str:
    """Format as `a, b, c and 4 more`, without control characters."""
    shown = [name if name.isprintable() and len(name) <= 64 else repr(name)[:64] for name in names[:limit]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
