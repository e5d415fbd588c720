"""Settings of a Docker target, as gameday.yaml has them."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from gameday.injectors.common.refusals import require_valid_settings
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

    def draw_count(self, of: int) -> int:
        """Return how many of that many containers are selected."""
        if not self.count and not self.percent:
            return of
        return min(of, self.count or math.ceil(of * self.percent / 100))

    def draw_names(self, names: Sequence[str], seed: int) -> list[str]:
        """Draw some of the containers by a seed that the log keeps, so that the draw can be repeated."""
        draw = random.Random(f"{seed} {self.target}")  # noqa: S311 - which container is no secret worth a cipher
        return sorted(draw.sample(sorted(names), self.draw_count(len(names))))

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
    return tuple(f"{key}={_plain(value)}" for key, value in {**compose, **labels}.items())


def _plain(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def find_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield every problem that shows without asking an engine."""
    unknown = [key for key in settings if key not in KNOWN]
    for key in unknown:
        todo = did_you_mean(key, KNOWN) or f"known keys: {', '.join(KNOWN)}"
        yield SettingsProblem((key,), f"unknown key {key!r} for injector docker", todo, key_is_unexpected=True)
    for key in _TEXTS:
        if key in settings and not (isinstance(settings[key], str) and settings[key]):
            yield SettingsProblem((key,), f"{key} must be text", "put it in quotes")
    yield from _wrong_numbers(settings)
    if not isinstance(settings.get("exec", False), bool):
        yield SettingsProblem(("exec",), "exec must be true or false")
    yield from _wrong_labels(settings.get("labels", {}))
    yield from _wrong_engine(settings.get("engine"))
    if not unknown:  # a misspelt key is told already, and may be the missing one
        yield from _wrong_choice(settings)


def settings_identity(settings: Mapping[str, Json]) -> str:
    """Return the settings that select containers, as text."""
    return repr(sorted((key, value) for key, value in settings.items() if key not in _NOT_SELECTING))


def _wrong_numbers(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    for key, (low, high) in _RANGES.items():
        value = settings.get(key, low)
        number = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        if not number or (key == "count" and not isinstance(value, int)):
            whole = "a whole number" if key == "count" else "a number"
            yield SettingsProblem((key,), f"{key} must be {whole} from {low} to {high}")
    if "count" in settings and "percent" in settings:
        yield SettingsProblem(
            ("percent",), "'percent' cannot be combined with 'count'", "keep one of them", key_is_unexpected=True
        )


def _wrong_labels(labels: Json) -> Iterator[SettingsProblem]:
    """Yield a problem for each label that is not text: `1.10` would become 1.1."""
    if not isinstance(labels, dict):
        yield SettingsProblem(("labels",), "labels must be a map", "such as {labels: {app: shop, tier: db}}")
        return
    for key, value in labels.items():
        if not isinstance(value, str | int):
            yield SettingsProblem(("labels", key), f"the label {key} must be text", "put it in quotes")


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
