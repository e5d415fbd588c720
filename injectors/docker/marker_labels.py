"""Labels of the drill's containers: the marker, and the whole intent, encoded so that nobody reads it in passing."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gameday.plugins.types import Intent

MARKER_LABEL, INTENT_LABEL = "gameday.marker", "gameday.intent"
_SNAPSHOT_KEYS = {"id", "name", "started", "saved_state"}
_UNDO_KEYS = {"tools", "guardian", "image"}


def encode_labels(intent: Intent) -> dict[str, str]:
    """Return the labels of a container of this fault."""
    packed = zlib.compress(json.dumps(intent.encode(), separators=(",", ":")).encode())
    return {MARKER_LABEL: intent.marker, INTENT_LABEL: base64.b64encode(packed).decode()}


def marked_containers(listed: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Intent]]:
    """Yield the containers that have a marker as label, in their name and in their intent, with the intent.

    A container with only a label or a name like that belongs to somebody else."""
    for container in listed:
        intent = decode_labels(container["Labels"])
        has_label = intent is not None and intent.marker == container["Labels"].get(MARKER_LABEL)
        if intent is not None and has_label and _has_marker_name(container, intent.marker):
            yield container, intent


def _has_marker_name(container: Mapping[str, Any], marker: str) -> bool:
    """Return True if a name is the marker's; a container of an image committed from a sidecar inherits only labels."""
    return any(re.fullmatch(rf"/{marker}(?:-[0-9a-f]+)?", str(name)) for name in container["Names"] or [])


def decode_labels(labels: Mapping[str, str]) -> Intent | None:
    """Read the intent; None where the label is incomplete or was written by somebody else."""
    try:
        intent = Intent.decode(json.loads(zlib.decompress(base64.b64decode(labels[INTENT_LABEL]))))
    except (KeyError, ValueError, TypeError, AttributeError, zlib.error):
        return None
    return intent if intent.injector == "docker" and _is_complete(intent.undo) else None


def _is_complete(undo: Mapping[str, Any]) -> bool:
    """Return True if the intent has all that a revert needs."""
    snapshots = undo.get("containers")
    complete = isinstance(snapshots, list) and all(
        isinstance(snapshot, dict) and snapshot.keys() >= _SNAPSHOT_KEYS for snapshot in snapshots
    )
    return complete and bool(snapshots) and undo.keys() >= _UNDO_KEYS
