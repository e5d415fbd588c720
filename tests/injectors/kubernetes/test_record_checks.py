"""Undo records that somebody wrote or changed: they are reported, and nothing is written by them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from support.api_server_shop import StandInNamespace
from support.kubernetes_target import INJECTOR, KubernetesTarget, soon

from gameday.clock import SystemClock
from gameday.drill.injector_registry import InjectorRegistry
from gameday.drill.revert.revert import revert_all
from gameday.events import NewEvent, RevertPending
from gameday.injectors.kubernetes.undo_records import DRILL_LABEL, encode_record
from gameday.plugins.types import ApplyOutcome, Intent
from gameday.timing import Timing

Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def shop(stand_in: KubernetesTarget) -> StandInNamespace:
    assert isinstance(stand_in.namespace, StandInNamespace)
    return stand_in.namespace


def plant(shop: StandInNamespace, intent: Intent, change: Change, marker: str = "") -> None:
    """Write a record as somebody with rights on ConfigMaps could."""
    document = copy.deepcopy(intent.encode())
    change(document)
    manifest = {
        "metadata": {"name": intent.drill, "labels": {DRILL_LABEL: intent.drill}},
        "data": {marker or intent.marker: encode_record(Intent.decode(document))},
    }
    shop.server.create(f"/api/v1/namespaces/{shop.name}/configmaps", manifest)


def on_first(**values: Any) -> Change:
    """Change the first object of a record."""
    return lambda document: document["undo"]["objects"][0].update(values)


def with_created(kind: str, name: str, **more: str) -> Change:
    ref = {"kind": kind, "namespace": "", "name": name, "manifest": {}, **more}
    return lambda document: document["undo"]["created"].append(ref)


def with_path(*path: Any) -> Change:
    return lambda document: document["undo"]["objects"][0]["changes"][0].update(path=list(path))


PLANTED: dict[str, tuple[str, Change]] = {
    "other-namespace": ("is in another namespace", on_first(namespace="kube-system")),
    "path-to-a-secret": ("is not the name of an object", on_first(name="../secrets/db")),
    "secret": ("does not act on secret/web", on_first(kind="secret")),
    "node": ("does not act on node/web", on_first(kind="node")),
    "other-field": ("does not change metadata.labels of", with_path("metadata", "labels")),
    "privileges": (
        "does not change spec.template.spec.containers[main].securityContext of",
        with_path("spec", "template", "spec", "containers", {"name": "main"}, "securityContext"),
    ),
    "deletion": ("scale does not create deployment/cache", with_created("deployment", "cache")),
    "address": ("it names another namespace", lambda document: document["address"].update(namespace="default")),
    "no-namespace": ("it is not complete (KeyError)", lambda document: document["address"].pop("namespace")),
    "no-created": ("it cannot be decoded", lambda document: document["undo"].pop("created")),
    "objects-text": ("it cannot be decoded", lambda document: document["undo"].update(objects="web")),
    "unknown-kind": ("does not know the kind 'melt'", lambda document: document.update(kind="melt")),
    "params": ("it is not complete (ParamProblem)", lambda document: document["params"].update(replicas="many")),
    "drill": ("its marker is not one of gd-abcd", lambda document: document.update(drill="gd-0000")),
}


@pytest.mark.parametrize("name", PLANTED)
def test_record_beyond_what_its_kind_does_is_reported_and_not_used(
    stand_in: KubernetesTarget, shop: StandInNamespace, name: str
) -> None:
    reason, change = PLANTED[name]
    plant(shop, stand_in.plan("scale", replicas=0), change)
    before, [intent] = shop.shown(), stand_in.leftovers()
    assert intent.is_unreadable and reason in intent.target_text, intent.target_text
    shop.server.requests.clear()
    pending: list[NewEvent] = []
    assert revert_all([intent], InjectorRegistry(), pending.append, SystemClock(), Timing()) == [intent]
    assert not shop.server.requests and shop.shown() == before
    assert [type(draft.body) for draft in pending] == [RevertPending], "it is not tried again and again"
    assert INJECTOR.reason_to_leave(intent) == intent.target_text


def test_record_under_another_key_is_not_used(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    plant(shop, stand_in.plan("scale", replicas=0), lambda document: None, marker="gd-abcd00000000")
    [intent] = stand_in.leftovers()
    assert intent.is_unreadable and "its key is not its marker" in intent.target_text


def test_node_that_the_target_does_not_name_is_left_alone(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    stand_in.more["node"] = shop.node
    intent = stand_in.plan("cordon")
    plant(shop, intent, on_first(name="another"))
    [leftover] = stand_in.leftovers()
    assert leftover.is_unreadable and "it names node another, which target web does not" in leftover.target_text


def test_bad_record_hides_no_other_fault(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    good = stand_in.plan("config", key="rate", value="1")
    assert INJECTOR.apply(good, soon()).outcome is ApplyOutcome.APPLIED
    shop.server.objects[f"/api/v1/namespaces/{shop.name}/configmaps/{good.drill}"]["data"]["gd-abcdffffffff"] = "junk"
    bad, leftover = sorted(stand_in.leftovers(), key=lambda intent: not intent.is_unreadable)
    assert bad.is_unreadable and leftover == good


def test_text_of_a_record_cannot_name_another_object(stand_in: KubernetesTarget, shop: StandInNamespace) -> None:
    plant(shop, stand_in.plan("scale", replicas=0), lambda document: document.update(target_text="a harmless thing"))
    [intent] = stand_in.leftovers()
    assert intent.target_text == f"deployment/web in namespace {shop.name}" and not intent.is_unreadable
