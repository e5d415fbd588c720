"""Which engine: the binding's own word, else DOCKER_HOST, else the current context, as the `docker` command does."""

from __future__ import annotations

import os
from collections.abc import Mapping

from gameday.model import Json

USUAL = "unix:///var/run/docker.sock"


def engine_url(settings: Mapping[str, Json]) -> str:
    """As a URL: unix://, tcp:// or ssh://."""
    return str(settings.get("engine") or os.environ.get("DOCKER_HOST") or _of_context() or USUAL)


def _of_context() -> str:
    from docker.context import ContextAPI

    try:
        context = ContextAPI.get_context(os.environ.get("DOCKER_CONTEXT") or None) or ContextAPI.get_current_context()
    except Exception:  # a config file of another tool's that cannot be read names no engine
        return ""
    return str(context.Host or "") if context else ""
