"""GitOps controllers that restore what they wrote: Argo CD, Flux and Fleet, as an object's own metadata shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gameday.injectors.kubernetes.ownership import LAST_APPLIED, FieldPath, Owner, value_at


@dataclass(frozen=True, slots=True)
class GitOpsTool:
    """One tool. `manager`: its field managers; `tracking`: annotations and labels that it sets on its objects."""

    name: str
    when: str
    manager: re.Pattern[str]
    tracking: Sequence[tuple[str, str]]
    exempt: tuple[str, str] = ("", "")
    """Annotation, and its value, by which an owner keeps the tool away from one object."""


GITOPS_TOOLS = (
    GitOpsTool(
        "Argo CD", "within about 3 minutes where self-heal is on", re.compile(r"argocd|argo-cd"),
        (("annotations", "argocd.argoproj.io/tracking-id"), ("labels", "argocd.argoproj.io/instance")),
        ("argocd.argoproj.io/skip-reconcile", "true"),
    ),
    GitOpsTool(
        "Flux", "at its next reconciliation", re.compile(r"kustomize-controller|helm-controller|flux"),
        (("labels", "kustomize.toolkit.fluxcd.io/name"), ("labels", "helm.toolkit.fluxcd.io/name")),
        ("kustomize.toolkit.fluxcd.io/reconcile", "disabled"),
    ),
    GitOpsTool(
        "Fleet", "at its next reconciliation", re.compile(r"fleet|rancher"),
        (("labels", "objectset.rio.cattle.io/hash"),),
    ),
)  # fmt: skip


def gitops_tools_of(document: Mapping[str, Any], owners: Sequence[Owner]) -> Iterator[GitOpsTool]:
    """Yield the controllers that write the object. `owners`: of the fields in question."""
    for tool in GITOPS_TOOLS:
        if _is_exempt(document, tool):
            continue
        if any(tool.manager.search(owner.manager) for owner in owners) or _is_tracked(document, tool):
            yield tool


def overruling_gitops_tool(document: Mapping[str, Any], path: FieldPath, owners: Sequence[Owner]) -> GitOpsTool | None:
    """Return the tool that writes this very field, and so restores it; None where none is known to."""
    for tool in GITOPS_TOOLS:
        if _is_exempt(document, tool):
            continue
        if any(tool.manager.search(owner.manager) for owner in owners):
            return tool
        if _is_tracked(document, tool) and _is_applied(document, path):
            return tool
    return None


def _is_exempt(document: Mapping[str, Any], tool: GitOpsTool) -> bool:
    key, value = tool.exempt
    return bool(key) and (document["metadata"].get("annotations") or {}).get(key) == value


def _is_tracked(document: Mapping[str, Any], tool: GitOpsTool) -> bool:
    return any(key in (document["metadata"].get(place) or {}) for place, key in tool.tracking)


def _is_applied(document: Mapping[str, Any], path: FieldPath) -> bool:
    """Return True if a client-side apply, as Argo CD's, set the field."""
    try:
        applied = json.loads(document["metadata"]["annotations"][LAST_APPLIED])
    except (KeyError, TypeError, ValueError):
        return False
    return value_at(applied, path) is not None
