"""What our containers say of themselves on the engine: a mark, and the whole intent in a form that tells nobody
anything who only looks in passing."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gameday.contract import Intent

MARK, INTENT = "gameday.mark", "gameday.intent"


def labels_of(intent: Intent) -> dict[str, str]:
    """For a container of ours."""
    packed = zlib.compress(json.dumps(intent.encode(), separators=(",", ":")).encode())
    return {MARK: intent.mark, INTENT: base64.b64encode(packed).decode()}


def ours(listed: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Intent]]:
    """Those of a listing that bear an intent of their own mark, with it. What has only a label or a name like ours is
    somebody's."""
    for one in listed:
        intent = intent_in(one["Labels"])
        if intent is not None and intent.mark == one["Labels"].get(MARK):
            yield one, intent


def intent_in(labels: Mapping[str, str]) -> Intent | None:
    """The reverse; None where somebody else wrote it, or a part of it is gone."""
    try:
        return Intent.decode(json.loads(zlib.decompress(base64.b64decode(labels[INTENT]))))
    except (KeyError, ValueError, TypeError, zlib.error):
        return None
