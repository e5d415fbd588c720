"""What the kubernetes probe counts: what is ready, restarts, or events; and of which object."""

from __future__ import annotations

WORKLOADS = {"deployment": "deployments", "statefulset": "statefulsets"}
"""Kinds of workloads, with the name of each in the API."""


READY, RESTARTS, EVENTS = VALUES = ("ready", "restarts", "events")
"""Values of a signal: ready pods or endpoints, restarts of containers, Warning events."""


def find_object_problem(workload: str, service: str, value: str = READY, reason: str = "") -> str:
    """Return what is wrong with the settings; empty if nothing is."""
    if value not in VALUES:
        return "`value` must be ready, restarts or events"
    if reason and value != EVENTS:
        return "`reason` belongs to `value: events`"
    if value == READY and bool(workload) == bool(service):
        return "set either `workload` or `service`"
    if value != READY and service:
        return f"`value: {value}` is counted on a workload, not on a Service"
    if value == RESTARTS and not workload:
        return "`value: restarts` needs `workload`"
    kind, _, name = workload.partition("/")
    if workload and (kind not in WORKLOADS or not name):
        return "`workload` must be deployment/NAME or statefulset/NAME"
    return ""
