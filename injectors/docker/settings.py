"""What gameday.yaml says of a Docker target, read and checked."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gameday.errors import Refused
from gameday.injectors.docker.where import engine_url
from gameday.injectors.parameters import near
from gameday.model import Binding, Json

EXAMPLE = "{injector: docker, container: shop-db} or {injector: docker, project: shop, service: db}"
KNOWN = ("engine", "container", "project", "service", "labels", "count", "percent", "tools", "guardian", "exec")
COMPOSE_PROJECT, COMPOSE_SERVICE = "com.docker.compose.project", "com.docker.compose.service"
COMPOSE_ONE_OFF = "com.docker.compose.oneoff"


@dataclass(frozen=True, slots=True)
class Settings:
    """`labels`: what a container must bear, as `key=value`; `container`: or its name. `count`, `percent`: how many of
    those that match, 0 for all. `tools`: the image of our side containers. `guardian`: the engine's socket, on the
    engine's own machine, that a guardian container may use; each empty where there is none. `exec`: whether a scenario
    may have commands run in the container."""

    target: str
    engine: str
    container: str
    labels: tuple[str, ...]
    count: int
    percent: float
    tools: str
    guardian: str
    exec: bool

    def pick(self, names: Sequence[str], drill: str) -> list[str]:
        """Which of these it shall be: drawn by the drill's code name, so that plan, drill and log agree."""
        if not self.count and not self.percent:
            return sorted(names)
        many = self.count or math.ceil(len(names) * self.percent / 100)
        draw = random.Random(f"{drill} {self.target}")  # noqa: S311 - which container is no secret worth a cipher
        return sorted(draw.sample(sorted(names), min(many, len(names))))

    def said(self) -> str:
        """What was looked for, for a person."""
        return f"container {self.container}" if self.container else f"container with {', '.join(self.labels)}"


def read_settings(binding: Binding) -> Settings:
    """Raises Refused, with the key and what would do."""
    given, target = binding.settings, binding.target
    for key in given:
        if key not in KNOWN:
            meant = near(key, KNOWN)
            raise _wrong(target, f"does not know {key!r}{'; ' if meant else ''}{meant}")
    if given.get("count") is not None and given.get("percent") is not None:
        raise _wrong(target, "takes count or percent, not both")
    container = _text(given, "container", target)
    labels = _labels(given, target)
    if bool(container) == bool(labels):
        raise _wrong(target, f"needs a container, or project and service, or labels: {EXAMPLE}")
    return Settings(
        target, engine_url(given), container, labels,
        int(_number(given, "count", 1, 10_000, target)), _number(given, "percent", 1, 100, target),
        _text(given, "tools", target), _text(given, "guardian", target), given.get("exec") is True,
    )  # fmt: skip


def _labels(given: Mapping[str, Json], target: str) -> tuple[str, ...]:
    labels = given.get("labels") or {}
    if not isinstance(labels, dict):
        raise _wrong(target, "takes labels as a table: {labels: {app: shop, tier: db}}")
    project, service = _text(given, "project", target), _text(given, "service", target)
    if bool(project) != bool(service):
        raise _wrong(target, "needs project and service together: a service of that name may be in many projects")
    compose = [f"{COMPOSE_PROJECT}={project}", f"{COMPOSE_SERVICE}={service}"] if project else []
    return (*compose, *(f"{key}={_plain(value)}" for key, value in labels.items()))


def _plain(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(given: Mapping[str, Json], key: str, target: str) -> str:
    value = given.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or not value:
        raise _wrong(target, f"takes text for {key}, not {value!r}")
    return value


def _number(given: Mapping[str, Json], key: str, low: int, high: int, target: str) -> float:
    value = given.get(key)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise _wrong(target, f"takes {low} to {high} for {key}, not {value!r}: nothing picked is no fault")
    return value


def _wrong(target: str, what: str) -> Refused:
    return Refused(f"target {target}: the injector docker {what}", "Correct it in gameday.yaml.")
