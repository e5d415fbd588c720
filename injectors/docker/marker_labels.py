"""What our containers say of themselves on the engine: a mark, and the whole intent in a form that tells nobody
anything who only looks in passing."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gameday.plugins.types import Intent

MARK, INTENT = "gameday.mark", "gameday.intent"
_OF_EACH = {"id", "name", "started", "more"}
_OF_ALL = {"tools", "guardian", "image"}


def intent_labels(intent: Intent) -> dict[str, str]:
    """For a container of ours."""
    packed = zlib.compress(json.dumps(intent.encode(), separators=(",", ":")).encode())
    return {MARK: intent.marker, INTENT: base64.b64encode(packed).decode()}


def own_containers(listed: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Intent]]:
    """Those of a listing that bear an intent of their own mark and are called by it, with it. What has only a label or
    a name like ours is somebody's."""
    for one in listed:
        intent = decode_labels(one["Labels"])
        if intent is not None and intent.marker == one["Labels"].get(MARK) and _has_marker_name(one, intent.marker):
            yield one, intent


def _has_marker_name(one: Mapping[str, Any], marker: str) -> bool:
    """A container made of an image of ours has inherited our labels, and another name."""
    return any(re.fullmatch(rf"/{marker}(?:-[0-9a-f]+)?", str(name)) for name in one["Names"] or [])


def decode_labels(labels: Mapping[str, str]) -> Intent | None:
    """The reverse; None where somebody else wrote it, or a part of it is gone."""
    try:
        intent = Intent.decode(json.loads(zlib.decompress(base64.b64decode(labels[INTENT]))))
    except (KeyError, ValueError, TypeError, AttributeError, zlib.error):
        return None
    return intent if intent.injector == "docker" and _can_be_undone(intent.undo) else None


def _can_be_undone(undo: Mapping[str, Any]) -> bool:
    """Whether it has the parts that a revert goes by."""
    there = undo.get("containers")
    listed = isinstance(there, list) and all(isinstance(one, dict) and one.keys() >= _OF_EACH for one in there)
    return listed and bool(there) and undo.keys() >= _OF_ALL
