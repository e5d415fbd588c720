"""Object that the kubernetes probe reads: a workload, or the endpoints of a Service."""

from __future__ import annotations

WORKLOADS = {"deployment": "deployments", "statefulset": "statefulsets"}
"""Kinds of workloads, with the name of each in the API."""


def find_object_problem(workload: str, service: str) -> str:
    """Return what is wrong with the two settings; empty if nothing is."""
    if bool(workload) == bool(service):
        return "set either `workload` or `service`"
    kind, _, name = workload.partition("/")
    if workload and (kind not in WORKLOADS or not name):
        return "`workload` must be deployment/NAME or statefulset/NAME"
    return ""
