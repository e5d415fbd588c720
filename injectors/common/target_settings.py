"""Settings that targets of several engines have: how many objects are drawn, numbers, labels, and unknown keys."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from gameday.model import Json
from gameday.plugins.types import SettingsProblem
from gameday.suggestions import did_you_mean


class Selection(Protocol):
    """Settings that select some of the matching objects. `count`, `percent`: how many, both 0 for all."""

    @property
    def target(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def percent(self) -> float: ...


def draw_count(selection: Selection, of: int) -> int:
    """Return how many of that many objects are selected."""
    if not selection.count and not selection.percent:
        return of
    return min(of, selection.count or math.ceil(of * selection.percent / 100))


def draw_names(selection: Selection, names: Sequence[str], seed: int) -> list[str]:
    """Draw some of the objects by a seed that the log keeps, so that the draw can be repeated."""
    draw = random.Random(f"{seed} {selection.target}")  # noqa: S311 - which object is no secret worth a cipher
    return sorted(draw.sample(sorted(names), draw_count(selection, len(names))))


def format_label(value: Json) -> str:
    """Return the value of a label as the engine has it: YAML's `true` is the text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def unknown_key_problems(
    settings: Mapping[str, Json], known: Sequence[str], injector: str, refused: Mapping[str, str] = MappingProxyType({})
) -> list[SettingsProblem]:
    """Return a problem for each key that the injector does not have. `refused`: why, for those left out on purpose."""
    return [
        SettingsProblem(
            (key,),
            f"unknown key {key!r} for injector {injector}",
            refused.get(key) or did_you_mean(key, known) or f"known keys: {', '.join(known)}",
            key_is_unexpected=True,
        )
        for key in settings
        if key not in known
    ]


def text_problems(settings: Mapping[str, Json], keys: Sequence[str]) -> Iterator[SettingsProblem]:
    """Yield a problem for each of these keys that is no text, or empty."""
    for key in keys:
        if key in settings and not (isinstance(settings[key], str) and settings[key]):
            is_empty = settings[key] in ("", None)
            wrong = f"{key} must not be empty" if is_empty else f"{key} must be text"
            yield SettingsProblem((key,), wrong, "" if is_empty else "put it in quotes")


def number_problems(settings: Mapping[str, Json], ranges: Mapping[str, tuple[int, int]]) -> Iterator[SettingsProblem]:
    """Yield a problem for each number out of its range; only a percentage may have decimals."""
    for key, (low, high) in ranges.items():
        value, is_percentage = settings.get(key, low), "percent" in key
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        if not is_number or not (is_percentage or isinstance(value, int)):
            kind = "a number" if is_percentage else "a whole number"
            yield SettingsProblem((key,), f"{key} must be {kind} from {low} to {high}")
    if "count" in settings and "percent" in settings:
        yield SettingsProblem(
            ("percent",), "'percent' cannot be combined with 'count'", "keep one of them", key_is_unexpected=True
        )


def label_problems(key: str, labels: Json) -> Iterator[SettingsProblem]:
    """Yield a problem for each label that is not text: `1.10` would become 1.1."""
    if not isinstance(labels, dict):
        yield SettingsProblem((key,), f"{key} must be a map", f"such as {{{key}: {{app: shop, tier: db}}}}")
        return
    for name, value in labels.items():
        if not isinstance(value, str | int):
            yield SettingsProblem((key, name), f"the label {name} must be text", "put it in quotes")
