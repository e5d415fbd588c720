"""Rules for approvals: what an owner approves is theirs and lasts at most 90 days; a fault without one is refused."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, timedelta

from gameday.files import raw_access
from gameday.files.calendar_spans import parse_day
from gameday.files.rules.targets import resource_identity
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import MAX_APPROVAL_DAYS, Environment, Json, OwnedFault, describe_gap, last_approved_day
from gameday.suggestions import did_you_mean, one_of


def check_approvals(document: YamlDocument) -> None:
    """Require of each approval that its targets are its owner's, its kinds allowed here, and its days valid."""
    for environment in raw_access.get_map(document.data, "environments"):
        place: KeyPath = ("environments", environment)
        targets = raw_access.get_map(document.data, *place, "targets")
        _check_owners(document, place, targets)
        for name in raw_access.get_map(document.data, *place, "approvals"):
            path = (*place, "approvals", name)
            approval = raw_access.get_map(document.data, *path)
            _check_targets(document, path, approval, targets)
            _check_kinds(document, path, approval, raw_access.get_path(document.data, *place, "kinds"))
            _check_days(document, path, approval)


def _check_owners(document: YamlDocument, place: KeyPath, targets: dict[str, Json]) -> None:
    """Require one owner of one resource: under another name, it would need no approval."""
    owners: dict[Hashable, tuple[str, str]] = {}
    for name, target in targets.items():
        if isinstance(target, dict) and (owner := raw_access.text_or_empty(target.get("owner"))):
            owners.setdefault(resource_identity(target), (name, owner))
    for name, target in targets.items():
        other = owners.get(resource_identity(target)) if isinstance(target, dict) and owners else None
        if isinstance(target, dict) and other and raw_access.text_or_empty(target.get("owner")) != other[1]:
            wrong = f"same resource as target {other[0]!r}, which {other[1]} owns"
            document.add_problem((*place, "targets", name), wrong, f"set owner: {other[1]}")


def _check_targets(document: YamlDocument, path: KeyPath, approval: dict[str, Json], targets: dict[str, Json]) -> None:
    owner = raw_access.text_or_empty(approval.get("owner"))
    for index, name in enumerate(_texts(approval.get("targets"))):
        target = targets.get(name)
        if name not in targets:
            todo = did_you_mean(name, targets) or one_of(list(targets))
            document.add_problem((*path, "targets", index), f"unknown target {name!r}", todo)
        elif isinstance(target, dict) and target.get("owner") != owner:
            has = raw_access.text_or_empty(target.get("owner"))
            wrong = f"target {name!r} is owned by {has}" if has else f"target {name!r} has no owner"
            document.add_problem((*path, "targets", index), f"{wrong}, so {owner} cannot approve faults on it")


def _check_kinds(document: YamlDocument, path: KeyPath, approval: dict[str, Json], allowed: Json) -> None:
    known = _texts(allowed)
    for index, kind in enumerate(_texts(approval.get("kinds"))):
        if known and kind not in known:
            wrong = f"the environment does not allow kind {kind!r}"
            document.add_problem((*path, "kinds", index), wrong, did_you_mean(kind, known) or one_of(known))


def _check_days(document: YamlDocument, path: KeyPath, approval: dict[str, Json]) -> None:
    try:
        begins, until = (parse_day(raw_access.text_or_empty(approval.get(key))) for key in ("from", "until"))
    except ValueError:  # the schema reports it
        return
    latest = begins + timedelta(days=MAX_APPROVAL_DAYS)
    if until > latest:
        wrong = f"an approval holds for at most {MAX_APPROVAL_DAYS} days"
        document.add_problem((*path, "until"), wrong, f"{latest} at the latest; ask again then")
    if until < begins:
        document.add_problem((*path, "until"), "it ends before it begins")


def check_fault_approvals(document: YamlDocument, environment: Environment, day: date) -> None:
    """Refuse a fault on an owned target that no approval covers on that day."""
    for path, fault in raw_access.iter_maps(document.data, "faults"):
        target = environment.targets.get(raw_access.text_or_empty(fault.get("target")))
        kind = raw_access.text_or_empty(fault.get("kind"))
        if target is None or not target.owner or not kind:
            continue
        owned = OwnedFault(target.owner, target.target, kind)
        if last_approved_day(owned, environment.approvals, day) is None:
            wrong, remedy = describe_gap(owned, environment.name, environment.approvals, day)
            document.add_problem((*path, "target"), wrong, remedy)


def _texts(value: Json) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
