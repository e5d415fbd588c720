"""Ownership of fields in `metadata.managedFields`: read it, and hand it back after a patch.

A patch makes us the owner of a field, and then the first owner's own apply or Helm upgrade conflicts with us. So after
each patch the changed paths move to every prior owner, in a request that changes nothing but managedFields.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gameday.clients.kubernetes import ApiObject, Conflict
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef, uid_of

FieldPath = tuple[str, ...]
"""Path as managedFields has it: `f:spec`, `k:{"name":"web"}`."""
_STRIP_ALL: list[ApiObject] = [{}]
"""The API server ignores an empty list, and takes this one for it."""
_ATTEMPTS = 10
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""Annotation with what the last client-side `kubectl apply` set."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Manager of a field, as one entry of managedFields names it."""

    manager: str
    operation: str
    subresource: str
    version: str
    time: str

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Owner:
        keys = ("manager", "operation", "subresource", "apiVersion", "time")
        return cls(*(str(entry.get(key) or "") for key in keys))

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """All but the time, which moves with each write."""
        return (self.manager, self.operation, self.subresource, self.version)

    def encode(self) -> dict[str, Any]:
        return asdict(self)

    def new_entry(self) -> ApiObject:
        """Return an entry without fields, as this owner had it."""
        entry = {
            "manager": self.manager, "operation": self.operation, "apiVersion": self.version, "time": self.time,
            "fieldsType": "FieldsV1", "fieldsV1": {},
        }  # fmt: skip
        return {**entry, **({"subresource": self.subresource} if self.subresource else {})}


def owners_of(document: Mapping[str, Any], path: FieldPath) -> list[Owner]:
    """Return who owns a field now."""
    return [Owner.of(entry) for entry in managed_fields(document) if _subtree(entry["fieldsV1"], path) is not None]


def owners_since(document: Mapping[str, Any], path: FieldPath, prior: Sequence[Owner]) -> list[Owner]:
    """Return who took a field since, beside its prior owners, and which of those applied its present value again."""
    known = {owner.identity: owner.time for owner in prior}
    return [
        owner
        for owner in owners_of(document, path)
        if owner.identity not in known
        or (owner.time != known[owner.identity] and _applies_value(document, path, owner))
    ]


def _applies_value(document: Mapping[str, Any], path: FieldPath, owner: Owner) -> bool:
    """Return True if the owner's last write set the field to its present value, and not only others of the object."""
    if owner.operation == "Apply":  # it sets all that it owns, each time
        return True
    try:
        applied = json.loads(document["metadata"]["annotations"][LAST_APPLIED])
    except (KeyError, TypeError, ValueError):
        return False
    return bool(value_at(applied, path) == value_at(document, path))


def value_at(document: Any, path: FieldPath) -> Any:
    """Return the value of a field; None where it is absent."""
    for part in path:
        kind, _, key = part.partition(":")
        if kind == "k" and isinstance(document, list):
            wanted = json.loads(key)
            document = next((each for each in document if wanted.items() <= each.items()), None)
        else:
            document = document.get(key) if isinstance(document, dict) else None
    return document


def owns_any_field(document: Mapping[str, Any], manager: str) -> bool:
    """Return True if the manager owns any field."""
    return any(entry["manager"] == manager for entry in managed_fields(document))


def managed_fields(document: Mapping[str, Any]) -> Iterator[ApiObject]:
    """Yield the entries that name their fields."""
    for entry in document["metadata"].get("managedFields") or []:
        if "fieldsV1" in entry and "manager" in entry:
            yield entry


def restore_field_ownership(
    cluster: Cluster, ref: ObjectRef, uid: str, manager: str, owners: Mapping[FieldPath, Sequence[Owner]],
    latest: ApiObject | None = None,
) -> None:  # fmt: skip
    """Hand the manager's fields back to their prior owners. Raises ClusterError.

    `owners`: the prior owners of each field; `latest`: the object as the last response had it, which saves reading it
    again. Values stay as they are."""
    for attempt in range(_ATTEMPTS):
        now = latest if latest and attempt == 0 else cluster.find(ref)
        if now is None or uid_of(now) != uid or not owns_any_field(now, manager):
            return
        metadata = now["metadata"]
        entries = entries_with_prior_owners(metadata["managedFields"], manager, owners) or _STRIP_ALL
        changes = {"metadata": {"resourceVersion": metadata["resourceVersion"], "managedFields": entries}}
        try:
            changed = cluster.merge_patch(ref, changes, manager)
        except Conflict:  # somebody wrote at the same moment, as controllers do with each status
            continue
        if not owns_any_field(changed, manager):
            return
    raise Conflict(f"cannot restore the field ownership of {ref}: other writers change it too often")


def entries_with_prior_owners(
    entries: Sequence[ApiObject], manager: str, owners: Mapping[FieldPath, Sequence[Owner]]
) -> list[ApiObject]:
    """Return the entries without the manager's, whose fields are given to their prior owners."""
    own = [entry for entry in entries if entry.get("manager") == manager]
    others = copy.deepcopy([entry for entry in entries if entry.get("manager") != manager])
    for entry in own:
        for path, prior in owners.items():
            fields = _subtree(entry.get("fieldsV1") or {}, path)
            if fields is not None:
                for owner in prior:
                    _insert(_entry_of(others, owner)["fieldsV1"], path, fields)
    return others


def _entry_of(entries: list[ApiObject], owner: Owner) -> ApiObject:
    """Return the owner's entry; a new one, if the old one vanished with its last field."""
    for entry in entries:
        if Owner.of(entry).identity == owner.identity:
            return entry
    entries.append(owner.new_entry())
    return entries[-1]


def _subtree(fields: Mapping[str, Any], path: FieldPath) -> Mapping[str, Any] | None:
    """Return what an entry owns at and below a path; None if nothing."""
    for part in path:
        if part not in fields:
            return None
        fields = fields[part]
    return fields


def _insert(fields: ApiObject, path: FieldPath, subtree: Mapping[str, Any]) -> None:
    for part in path:
        fields = fields.setdefault(part, {})
    for key, below in subtree.items():
        _insert(fields, (key,), below)
