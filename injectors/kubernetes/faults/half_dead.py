"""A Service with one dead address beside its live ones: some connections work, and some get no answer."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from typing_extensions import override

from gameday.clients.kubernetes import ApiObject, Forbidden
from gameday.errors import Refused
from gameday.injectors.kubernetes.cluster import ObjectRef, Permission, uid_of
from gameday.injectors.kubernetes.faults.base import MARKER_LABEL, CreatedObjectKind, PlanContext
from gameday.injectors.kubernetes.snapshots import CreatedObject, ObjectSnapshot
from gameday.injectors.kubernetes.target_objects import Target, name_of
from gameday.plugins.parameters import Parameter

SERVICE_LABEL = "kubernetes.io/service-name"


@dataclass(frozen=True, slots=True)
class HalfDead(CreatedObjectKind):
    """EndpointSlice with an address that nobody has."""

    kind = "half-dead"
    effect = "About one in n + 1 new connections times out, if n pods serve it."
    note = "The EndpointSlice with the dead address is deleted."
    acts_on = ("service",)
    created_kinds = ("endpointslice",)
    parameters: ClassVar[Mapping[str, Parameter]] = {}

    @override
    def permissions(self, kinds: Collection[str]) -> list[Permission]:
        return [Permission("get", "service"), *CreatedObjectKind.permissions(self, kinds)]

    @override
    def created_objects(self, context: PlanContext) -> tuple[Sequence[ObjectSnapshot], Sequence[CreatedObject]]:
        target, service = context.target, context.target.service()
        name, namespace = name_of(service), target.settings.namespace
        slices = target.cluster.list_objects("endpointslice", namespace, f"{SERVICE_LABEL}={name}")
        live = [address for each in slices if each["addressType"] == "IPv4" for address in _addresses(each)]
        if not live:
            wrong = f"target {target.settings.target}: service/{name} has no IPv4 endpoint"
            raise Refused(wrong, "Start its pods first.")
        manifest = self._manifest(service, slices, _dead_address(target), context.marker)
        ref = ObjectRef("endpointslice", namespace, context.marker)
        affected = ObjectSnapshot(ObjectRef("service", namespace, name), uid_of(service))
        return [affected], [CreatedObject(ref, manifest)]

    @staticmethod
    def _manifest(service: ApiObject, slices: Sequence[ApiObject], dead: str, marker: str) -> ApiObject:
        """Return the slice. It belongs to the Service, so that it goes with it."""
        ports = next(each["ports"] for each in slices if _addresses(each))
        owner = {"apiVersion": "v1", "kind": "Service", "name": name_of(service), "uid": uid_of(service)}
        labels = {SERVICE_LABEL: name_of(service), MARKER_LABEL: marker}
        return {
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4", "ports": ports,
            "metadata": {"name": marker, "labels": labels, "ownerReferences": [owner]},
            "endpoints": [{"addresses": [dead], "conditions": {"ready": True}}],
        }  # fmt: skip

    @override
    def effect_warnings(self, document: ApiObject, extra: Mapping[str, Any]) -> Iterator[str]:
        yield "only new connections can reach the dead address, and how many do is a matter of chance"
        if document["spec"].get("sessionAffinity") == "ClientIP":
            yield "the Service sends each client to one address, so most clients notice nothing"


def _addresses(endpoint_slice: Mapping[str, Any]) -> list[str]:
    """Return the ready addresses of a slice."""
    return [
        str(address)
        for endpoint in endpoint_slice.get("endpoints") or []
        if (endpoint.get("conditions") or {}).get("ready", True)
        for address in endpoint["addresses"]
    ]


def _dead_address(target: Target) -> str:
    """Return an address among the pods' that no pod ever gets: the network address of a node's range."""
    settings = target.settings
    if settings.dead_address:
        return settings.dead_address
    try:
        nodes = target.cluster.list_objects("node", "")
    except Forbidden:
        nodes = []
    for node in nodes:
        for text in node["spec"].get("podCIDRs") or []:
            network = ipaddress.ip_network(text, strict=False)
            if network.version == 4 and network.num_addresses > 2:
                return str(network.network_address)
    raise Refused(
        f"target {settings.target}: cannot find an unused address",
        "Set dead_address of the target in gameday.yaml to an IPv4 address that nobody uses.",
    )
