"""Which containers a target's words mean now, all of them: two targets may name one container in other words."""

from __future__ import annotations

from gameday.contract import Deadline
from gameday.errors import Refused
from gameday.injectors.docker.engine import EngineApi
from gameday.injectors.docker.found import match_container_ids
from gameday.injectors.docker.settings import read_settings
from gameday.injectors.docker.trouble import EngineError
from gameday.model import Binding


def containers(binding: Binding, deadline: Deadline) -> frozenset[str]:
    """Their ids, which no two engines share; empty where nobody can say: then nothing is planned there either."""
    try:
        settings = read_settings(binding)
        with EngineApi(settings.engine, deadline) as engine:
            return frozenset(match_container_ids(engine, settings).values())
    except (Refused, EngineError):
        return frozenset()
