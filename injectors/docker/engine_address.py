"""Address of the engine: from the binding, else DOCKER_HOST, else the current context of the `docker` command.

Certificates come from DOCKER_CERT_PATH; those of a context are not read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from gameday.errors import Refused
from gameday.model import Json

SCHEMES = ("unix", "tcp", "http", "https", "ssh")
DEFAULT_URL = "unix:///var/run/docker.sock"


def resolve_engine_url(settings: Mapping[str, Json]) -> str:
    """Return the engine's URL, with one of SCHEMES."""
    return str(settings.get("engine") or os.environ.get("DOCKER_HOST") or _docker_context_url() or DEFAULT_URL)


def _docker_context_url() -> str:
    """Raise Refused for one that is named and not there: another engine is not meant."""
    from docker.context import ContextAPI

    named = os.environ.get("DOCKER_CONTEXT") or None
    try:
        context = ContextAPI.get_context(named)
    except Exception:  # a config file of another tool's that cannot be read names no engine
        context = None
    if named and context is None:
        raise Refused(f"there is no Docker context {named!r}", "See `docker context ls`, and correct DOCKER_CONTEXT.")
    return str(context.Host or "") if context else ""
