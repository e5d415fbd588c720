"""What a container of ours is let into, and no more than its script needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Room = Mapping[str, Any]
"""Options of the SDK's create_host_config."""


def alone_with(bind: str) -> Room:
    """No network, and one path of the engine's machine (`SOURCE:PATH` or `SOURCE:PATH:rw`), whoever owns it there."""
    return {"network_mode": "none", "binds": [bind], "cap_drop": ["ALL"], "cap_add": ["DAC_OVERRIDE"]}


def in_network(mode: str) -> Room:
    """A network (`none`: one of its own; `container:ID`: that one's), and the right to administer it."""
    return {"network_mode": mode, "cap_drop": ["ALL"], "cap_add": ["NET_ADMIN", "NET_RAW"]}
