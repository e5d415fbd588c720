"""Plan a fault on a cluster: read the API server, change nothing."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.errors import Refused
from gameday.injectors.common.intents import IntentBuilder
from gameday.injectors.common.refusals import foreign_marker_refusal
from gameday.injectors.kubernetes.cluster import Cluster, encoded_size
from gameday.injectors.kubernetes.faults import find_class
from gameday.injectors.kubernetes.faults.base import PlanContext, PlannedObjects
from gameday.injectors.kubernetes.guardian_protection import require_no_guardian
from gameday.injectors.kubernetes.namespace_rules import require_allowed_namespace
from gameday.injectors.kubernetes.outside_changes import BOUND, bound_objects
from gameday.injectors.kubernetes.recorded_faults import read_records
from gameday.injectors.kubernetes.snapshots import Snapshot
from gameday.injectors.kubernetes.target_objects import Target, format_names
from gameday.injectors.kubernetes.target_settings import Settings, read_settings
from gameday.injectors.kubernetes.undo_records import MAX_RECORD_BYTES
from gameday.markers import drill_of
from gameday.model import Binding, Fault
from gameday.plugins.types import Deadline, Intent, RevertGuarantee


def plan_fault(fault: Fault, binding: Binding, marker: str, deadline: Deadline) -> Intent:
    """Return the intent of a fault. Raises Refused and ClusterError."""
    settings = read_settings(binding)
    kind = find_class(fault.kind, settings).read(fault.params)
    target = Target(Cluster(settings.address, deadline), settings, binding, fault.kind)
    require_allowed_namespace(target)
    records = read_records(target.cluster, settings.namespace)
    drill = drill_of(marker)
    earlier = [intent for intent in records if intent.drill == drill and intent.marker != marker]
    planned = kind.plan_objects(PlanContext(target, fault.id, marker, earlier, fault.lasts))
    _require_no_foreign_fault(records, drill, planned)
    require_no_guardian(target, planned.snapshot)
    undo = {**planned.snapshot.encode(), BOUND: bound_objects(settings)}
    if encoded_size(undo) > MAX_RECORD_BYTES:
        wrong = f"target {settings.target}: its undo record would be too large for a ConfigMap"
        raise Refused(wrong, "Select fewer objects.")
    return IntentBuilder("kubernetes", binding).build(
        marker,
        fault.kind,
        fault=fault.id,
        address={
            "kubeconfig": settings.address.kubeconfig,
            "context": settings.address.context,
            "namespace": settings.namespace,
            "objects": [str(ref) for ref in planned.refs],
        },
        params=fault.params,
        undo=undo,
        target_text=_describe(planned, settings),
        apply_text=kind.describe_extra(planned.snapshot.extra),
        revert_text=kind.describe_revert(),
        guarantee=RevertGuarantee.GUARDIAN,
    )


def _require_no_foreign_fault(records: Sequence[Intent], drill: str, planned: PlannedObjects) -> None:
    uids = {snapshot.uid for snapshot in planned.snapshot.objects}
    for intent in records:
        shared = [snapshot for snapshot in Snapshot.of(intent).objects if snapshot.uid in uids]
        if intent.drill != drill and shared:
            raise foreign_marker_refusal(intent.marker, ", ".join(str(snapshot.ref) for snapshot in shared))


def _describe(planned: PlannedObjects, settings: Settings) -> str:
    where = f"in namespace {settings.namespace} of context {settings.address.context}"
    names = format_names([str(ref) for ref in planned.refs])
    if planned.to_draw:
        return f"{planned.to_draw} of: {names} {where}, drawn when the drill begins"
    return f"{names} {where}"
