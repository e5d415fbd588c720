"""Settings of a Docker target, as gameday.yaml has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from gameday.injectors.common.refusals import require_valid_settings
from gameday.injectors.common.target_settings import (
    format_label,
    label_problems,
    number_problems,
    text_problems,
    unknown_key_problems,
)
from gameday.injectors.docker.engine_address import SCHEMES, resolve_engine_url
from gameday.model import Binding, Json
from gameday.plugins.types import SettingsProblem
from gameday.suggestions import did_you_mean

EXAMPLE = "{injector: docker, container: shop-db} or {injector: docker, project: shop, service: db}"
KNOWN = ("engine", "container", "project", "service", "labels", "count", "percent", "tools", "guardian", "exec")
COMPOSE_PROJECT, COMPOSE_SERVICE = "com.docker.compose.project", "com.docker.compose.service"
COMPOSE_ONE_OFF = "com.docker.compose.oneoff"
_TEXTS = ("engine", "container", "project", "service", "tools", "guardian")
_NOT_SELECTING = ("tools", "guardian", "exec", "count", "percent")
_RANGES = {"count": (1, 10_000), "percent": (1, 100)}


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a target.

    `labels`: those that a container must have, as `key=value`; or `container`: its name. `count`, `percent`: how many
    of the matches, 0 for all. `tools`: the image of sidecars. `guardian`: the engine's socket, on the engine's own
    machine, for a guardian container; each empty if not set. `exec`: True if a scenario may run commands in the
    container."""

    target: str
    engine: str
    container: str
    labels: tuple[str, ...]
    count: int
    percent: float
    tools: str
    guardian: str
    exec: bool

    def describe(self) -> str:
        """Return what was looked for, for a person."""
        return f"container {self.container}" if self.container else f"container with {', '.join(self.labels)}"


def read_settings(binding: Binding) -> Settings:
    """Read the settings. Raises Refused with the first problem and what to write instead."""
    settings, target = binding.settings, binding.target
    require_valid_settings(target, find_problems(settings))
    text = {key: str(settings.get(key, "")) for key in _TEXTS}
    return Settings(
        target, resolve_engine_url(settings), text["container"], _labels(settings),
        cast("int", settings.get("count", 0)), cast("float", settings.get("percent", 0)),
        text["tools"], text["guardian"], settings.get("exec") is True,
    )  # fmt: skip


def _labels(settings: Mapping[str, Json]) -> tuple[str, ...]:
    labels = cast("Mapping[str, Json]", settings.get("labels", {}))
    compose = (
        {COMPOSE_PROJECT: settings["project"], COMPOSE_SERVICE: settings["service"]} if "project" in settings else {}
    )
    return tuple(f"{key}={format_label(value)}" for key, value in {**compose, **labels}.items())


def find_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield every problem that shows without asking an engine."""
    unknown = unknown_key_problems(settings, KNOWN, "docker")
    yield from unknown
    yield from text_problems(settings, _TEXTS)
    yield from number_problems(settings, _RANGES)
    if not isinstance(settings.get("exec", False), bool):
        yield SettingsProblem(("exec",), "exec must be true or false")
    yield from label_problems("labels", settings.get("labels", {}))
    yield from _wrong_engine(settings.get("engine"))
    if not unknown:  # a misspelt key is told already, and may be the missing one
        yield from _wrong_choice(settings)


def settings_identity(settings: Mapping[str, Json]) -> str:
    """Return the settings that select containers, as text."""
    return repr(sorted((key, value) for key, value in settings.items() if key not in _NOT_SELECTING))


def _wrong_engine(url: Json) -> Iterator[SettingsProblem]:
    if not isinstance(url, str) or not url:
        return
    scheme, address, _ = url.partition("://")
    if not address or scheme not in SCHEMES:
        meant = did_you_mean(scheme, SCHEMES) if address else ""
        listed = [f"{word}://" for word in SCHEMES]
        shown = "(hidden)" if "@" in url else url  # it may contain a password
        todo = meant or f"use {', '.join(listed[:-1])} or {listed[-1]}"
        yield SettingsProblem(("engine",), f"invalid engine address {shown!r}", todo)


def _wrong_choice(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield problems of the selection: by name, or by labels; a service alone may be in many projects."""
    pair = [key for key in ("project", "service") if key in settings]
    if len(pair) == 1:
        lacks = "service" if pair == ["project"] else "project"
        why = "several projects may have a service of that name"
        yield SettingsProblem((pair[0],), f"{pair[0]!r} without {lacks!r}", why, key_is_unexpected=True)
        return
    by_labels = bool(pair or settings.get("labels"))
    if "container" in settings and by_labels:
        what = pair[0] if pair else "labels"
        yield SettingsProblem(
            (what,), f"{what!r} cannot be combined with 'container'", "keep one of them", key_is_unexpected=True
        )
    elif "container" not in settings and not by_labels:
        yield SettingsProblem((), "set container, or project and service, or labels", f"such as {EXAMPLE}")
