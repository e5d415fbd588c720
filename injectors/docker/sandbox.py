"""What a container of ours is let into, and no more than its script needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HostOptions = Mapping[str, Any]
"""Options of the SDK's create_host_config."""


def isolated_with_mount(source: str, path: str) -> HostOptions:
    """No network, and at `path` one path of the engine's machine, whoever owns it there, or one volume by its name. A
    path that is not there is refused: as a `bind` the engine would make it, and leave it."""
    kind = "bind" if source.startswith("/") else "volume"
    mount = {"Type": kind, "Source": source, "Target": path}
    return {"network_mode": "none", "mounts": [mount], "cap_drop": ["ALL"], "cap_add": ["DAC_OVERRIDE"]}


def in_network_namespace(mode: str) -> HostOptions:
    """A network (`none`: one of its own; `container:ID`: that one's), and the right to administer it."""
    return {"network_mode": mode, "cap_drop": ["ALL"], "cap_add": ["NET_ADMIN", "NET_RAW"]}
