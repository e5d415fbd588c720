"""Address of the Docker engine: the binding's, else DOCKER_HOST, else the current context's.

This is the order of the `docker` command. Certificates are read from DOCKER_CERT_PATH, not from a context."""

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
    """Return the URL of the current context. Raises Refused if it is named but does not exist."""
    from docker.context import ContextAPI

    named = os.environ.get("DOCKER_CONTEXT") or None
    try:
        context = ContextAPI.get_context(named)
    except Exception:  # a config file of another tool's that cannot be read names no engine
        context = None
    if named and context is None:
        raise Refused(f"Docker context {named!r} not found", "Run `docker context ls` and correct DOCKER_CONTEXT.")
    return str(context.Host or "") if context else ""
