"""Ownership that is handed back: our paths move to every prior owner, and nothing else changes."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gameday.injectors.kubernetes.ownership import Owner, entries_with_prior_owners, owners_of, owns_any_field

MARKER = "gd-abcd01234567"
REPLICAS = ("f:spec", "f:replicas")


def entry(manager: str, fields: dict[str, Any], operation: str = "Update", **more: str) -> dict[str, Any]:
    return {
        "manager": manager, "operation": operation, "apiVersion": "apps/v1", "time": "2026-01-01T00:00:00Z",
        "fieldsType": "FieldsV1", "fieldsV1": fields, **more,
    }  # fmt: skip


def document(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"managedFields": list(entries)}}


def test_fields_go_back_to_each_prior_owner() -> None:
    helm = entry("helm", {"f:spec": {"f:replicas": {}, "f:paused": {}}}, "Apply")
    kubectl = entry("kubectl", {"f:spec": {"f:replicas": {}}})
    owners = owners_of(document(helm, kubectl), REPLICAS)
    taken = [entry("helm", {"f:spec": {"f:paused": {}}}, "Apply"), entry(MARKER, {"f:spec": {"f:replicas": {}}})]
    returned = entries_with_prior_owners(taken, MARKER, {REPLICAS: owners})
    assert returned == [entry("helm", {"f:spec": {"f:paused": {}, "f:replicas": {}}}, "Apply"), kubectl]


def test_a_field_that_nobody_owned_is_owned_by_nobody() -> None:
    returned = entries_with_prior_owners([entry(MARKER, {"f:spec": {"f:unschedulable": {}}})], MARKER, {REPLICAS: []})
    assert returned == []


def test_owners_that_differ_only_in_subresource_are_told_apart() -> None:
    scaled = entry("hpa", {"f:spec": {"f:replicas": {}}}, subresource="scale")
    [owner] = owners_of(document(scaled), REPLICAS)
    others = [entry("hpa", {"f:spec": {"f:paused": {}}}), entry(MARKER, {"f:spec": {"f:replicas": {}}})]
    assert entries_with_prior_owners(others, MARKER, {REPLICAS: [owner]}) == [others[0], scaled]


TREES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.builds(dict),
    lambda below: st.dictionaries(st.sampled_from(["f:a", "f:b", 'k:{"name":"x"}']), below, max_size=3),
    max_leaves=6,
)


@given(trees=st.lists(TREES, max_size=3), field=st.sampled_from(["f:a", "f:b"]))
def test_owners_are_as_before_whatever_they_own(trees: list[dict[str, Any]], field: str) -> None:
    """As the API server does it: the field moves to us, and an entry that has nothing left vanishes."""
    path = ("f:spec", field)
    before = [entry(f"m{n}", {"f:spec": {**tree, field: {}}}) for n, tree in enumerate(trees)]
    taken = copy.deepcopy(before)
    for each in taken:
        del each["fieldsV1"]["f:spec"][field]
    taken = [each for each in taken if each["fieldsV1"]["f:spec"]]
    taken.append(entry(MARKER, {"f:spec": {field: {}}}))
    returned = entries_with_prior_owners(taken, MARKER, {path: owners_of(document(*before), path)})
    assert sorted(returned, key=str) == sorted(before, key=str)
    assert not owns_any_field(document(*returned), MARKER)


def test_an_owner_is_stored_whole() -> None:
    owner = Owner.of(entry("hpa", {}, subresource="scale"))
    assert Owner(**owner.encode()) == owner
