"""What is ours on an engine, found from the engine alone: each of our containers bears its whole intent."""

from __future__ import annotations

from gameday.contract import Deadline, Intent
from gameday.injectors.docker.engine import Engine
from gameday.injectors.docker.labels import MARK, ours
from gameday.injectors.docker.settings import read_settings
from gameday.model import Binding


def strays(binding: Binding, deadline: Deadline) -> list[Intent]:
    """Those on this target, once each. Raises EngineTrouble."""
    found: dict[str, Intent] = {}
    with Engine(read_settings(binding).engine, deadline) as engine:
        listed = engine.containers([MARK])
    for _, intent in ours(listed):
        if (intent.environment, intent.target) == (binding.environment, binding.target):
            found[intent.mark] = intent
    return list(found.values())
