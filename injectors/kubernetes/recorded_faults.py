"""Faults as the undo records of a cluster have them: each is checked, since others could have written it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gameday.clients.foreign_text import shorten_line
from gameday.injectors.kubernetes.cluster import Cluster, ObjectRef
from gameday.injectors.kubernetes.record_checks import find_record_problem
from gameday.injectors.kubernetes.snapshots import Snapshot
from gameday.injectors.kubernetes.target_objects import format_names, name_of
from gameday.injectors.kubernetes.undo_records import DRILL_LABEL, decode_record
from gameday.model import Json
from gameday.plugins.types import UNREADABLE, Intent, RevertGuarantee
from gameday.printable import single_line

MAX_TEXT_CHARS, MAX_KEY_CHARS = 2000, 40


def read_records(cluster: Cluster, namespace: str) -> list[Intent]:
    """Return the intents of all records in a namespace, by one request. Raises ClusterError.

    Their address is as it is from here: another machine may have another kubeconfig."""
    return [intent for intent in read_all_records(cluster, namespace) if not intent.is_unreadable]


def read_all_records(cluster: Cluster, namespace: str) -> list[Intent]:
    """Return the same, with an unreadable intent in place of each record that must not be used."""
    documents = cluster.list_objects("configmap", namespace, DRILL_LABEL)
    return [with_address_here(cluster, intent) for document in documents for intent in intents_of(document, namespace)]


def with_address_here(cluster: Cluster, intent: Intent) -> Intent:
    """Return the intent of a record with the cluster's address as this machine has it."""
    here = {"kubeconfig": cluster.address.kubeconfig, "context": cluster.address.context}
    return replace(intent, address={**intent.address, **here})


def intents_of(document: Mapping[str, Any], namespace: str) -> Iterator[Intent]:
    """Yield the intents of one record object; an unreadable one in place of each that must not be used."""
    ref = ObjectRef("configmap", namespace, name_of(document))
    for marker, text in sorted((document.get("data") or {}).items()):
        yield checked_intent(str(text), marker, ref, drill=ref.name)


def checked_intent(text: str, marker: str, ref: ObjectRef, drill: str) -> Intent:
    """Return the intent of a record that is stored in an object; an unreadable one if it must not be used."""
    intent = decode_record(text)
    if intent is None:
        return unreadable_intent(ref, marker, drill, "it cannot be decoded")
    try:
        reason = "" if intent.marker == marker else "its key is not its marker"
        if reason := reason or find_record_problem(intent, ref.namespace, drill):
            return unreadable_intent(ref, marker, drill, reason)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return unreadable_intent(ref, marker, drill, f"it is not complete ({type(error).__name__})")
    true_text = f"{format_names([str(each.ref) for each in Snapshot.of(intent).objects])} in namespace {ref.namespace}"
    is_true = intent.target_text.startswith(true_text) and len(intent.target_text) <= MAX_TEXT_CHARS
    return replace(intent, target_text=single_line(intent.target_text) if is_true else true_text)


def unreadable_intent(ref: ObjectRef, marker: str, drill: str, reason: str) -> Intent:
    """Return an unreadable intent for a record that must not be used: it is reported, and nothing is reverted by it."""
    namespace = ref.namespace
    text = f"the undo record {shorten_line(marker, MAX_KEY_CHARS)} of {ref} in namespace {namespace}: {reason}"
    by_hand = f"look at what it names, then: kubectl -n {namespace} delete {ref}"
    address: dict[str, Json] = {"namespace": namespace, "objects": [str(ref)]}
    return Intent(
        marker, drill, "", UNREADABLE, "kubernetes", "", "", address, {}, {"objects": [], "created": [], "extra": {}},
        text, by_hand, RevertGuarantee.NEXT_COMMAND,
    )  # fmt: skip
