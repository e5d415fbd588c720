"""Quotas of a namespace: they stop the pods of a workload, which a dry run of the workload does not show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from gameday.clients.kubernetes import ApiObject, Forbidden
from gameday.errors import Refused
from gameday.injectors.kubernetes.quantities import format_quantity, parse_quantity
from gameday.injectors.kubernetes.target_objects import Target, name_of

_POD_COUNTS = ("pods", "count/pods")


def require_within_quota(workload: ApiObject, added: int, target: Target) -> None:
    """Raise Refused if a quota would stop some of the added pods. Raises ClusterError."""
    if added <= 0:
        return
    try:
        quotas = target.cluster.list_objects("resourcequota", target.settings.namespace)
    except Forbidden:  # the account cannot see them
        return
    for quota in quotas:
        if not (quota.get("spec") or {}).get("scopes"):  # a scope restricts it to some pods
            _require_quota_left(quota, workload, added, target)


def _require_quota_left(quota: ApiObject, workload: ApiObject, added: int, target: Target) -> None:
    status = quota.get("status") or {}
    hard, used = status.get("hard") or {}, status.get("used") or {}
    for name, per_pod in _needs(workload):
        if name not in hard:
            continue
        left = max(Decimal(0), parse_quantity(str(hard[name])) - parse_quantity(str(used.get(name, "0"))))
        if per_pod * added > left:
            raise Refused(
                f"target {target.settings.target}: quota {name_of(quota)} allows {format_quantity(left)} more of "
                f"{name}, and {format_quantity(per_pod * added)} would be needed",
                "Choose fewer replicas, or raise the quota.",
            )


def _needs(workload: ApiObject) -> Iterator[tuple[str, Decimal]]:
    """Yield what one pod needs, by the names that quotas use."""
    yield from ((name, Decimal(1)) for name in _POD_COUNTS)
    containers = workload["spec"]["template"]["spec"]["containers"]
    for part in ("requests", "limits"):
        for name in ("cpu", "memory"):
            needed = sum((_amount(container, part, name) for container in containers), Decimal(0))
            yield f"{part}.{name}", needed
            if part == "requests":  # the short name of the same
                yield name, needed


def _amount(container: Mapping[str, Any], part: str, name: str) -> Decimal:
    resources = container.get("resources") or {}
    amounts = resources.get(part) or (resources.get("limits") if part == "requests" else None) or {}
    return parse_quantity(str(amounts.get(name, "0")))
