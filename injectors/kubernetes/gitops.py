"""GitOps controllers that restore what they wrote: Argo CD, Flux and Fleet, as an object's own metadata shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gameday.injectors.kubernetes.ownership import LAST_APPLIED, FieldPath, Owner, value_at


@dataclass(frozen=True, slots=True)
class Controller:
    """One controller. `manager`: its field managers; `tracking`: annotations and labels that it sets on its objects."""

    name: str
    when: str
    manager: re.Pattern[str]
    tracking: Sequence[tuple[str, str]]
    exempt: tuple[str, str] = ("", "")
    """Annotation, and its value, by which an owner keeps the controller away from one object."""


CONTROLLERS = (
    Controller(
        "Argo CD", "within about 3 minutes where self-heal is on", re.compile(r"argocd|argo-cd"),
        (("annotations", "argocd.argoproj.io/tracking-id"), ("labels", "argocd.argoproj.io/instance")),
        ("argocd.argoproj.io/skip-reconcile", "true"),
    ),
    Controller(
        "Flux", "at its next reconciliation", re.compile(r"kustomize-controller|helm-controller|flux"),
        (("labels", "kustomize.toolkit.fluxcd.io/name"), ("labels", "helm.toolkit.fluxcd.io/name")),
        ("kustomize.toolkit.fluxcd.io/reconcile", "disabled"),
    ),
    Controller(
        "Fleet", "at its next reconciliation", re.compile(r"fleet|rancher"),
        (("labels", "objectset.rio.cattle.io/hash"),),
    ),
)  # fmt: skip


def controllers_of_object(document: Mapping[str, Any], owners: Sequence[Owner]) -> Iterator[Controller]:
    """Yield the controllers that write the object. `owners`: of the fields in question."""
    for controller in CONTROLLERS:
        if _is_exempt(document, controller):
            continue
        if any(controller.manager.search(owner.manager) for owner in owners) or _is_tracked(document, controller):
            yield controller


def overruling_controller(document: Mapping[str, Any], path: FieldPath, owners: Sequence[Owner]) -> Controller | None:
    """Return the controller that writes this very field, and so restores it; None where none is known to."""
    for controller in CONTROLLERS:
        if _is_exempt(document, controller):
            continue
        if any(controller.manager.search(owner.manager) for owner in owners):
            return controller
        if _is_tracked(document, controller) and _is_applied(document, path):
            return controller
    return None


def _is_exempt(document: Mapping[str, Any], controller: Controller) -> bool:
    key, value = controller.exempt
    return bool(key) and (document["metadata"].get("annotations") or {}).get(key) == value


def _is_tracked(document: Mapping[str, Any], controller: Controller) -> bool:
    return any(key in (document["metadata"].get(place) or {}) for place, key in controller.tracking)


def _is_applied(document: Mapping[str, Any], path: FieldPath) -> bool:
    """Return True if a client-side apply, as Argo CD's, set the field."""
    try:
        applied = json.loads(document["metadata"]["annotations"][LAST_APPLIED])
    except (KeyError, TypeError, ValueError):
        return False
    return value_at(applied, path) is not None
