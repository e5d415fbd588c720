"""What a gameday.yaml says of containers, as far as it can be judged without asking an engine: keys, their types, and
that it says which containers are meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gameday.files.shape import suggest
from gameday.injectors.docker.settings import EXAMPLE, KNOWN
from gameday.injectors.docker.where import SCHEMES
from gameday.model import Json

Wrong = tuple[tuple[str, ...], str, str, bool]
"""The keys that lead there (none for the whole target), what is wrong, what would do, and whether the key itself is."""

_TEXTS = ("engine", "container", "project", "service", "tools", "guardian")
_RANGES = {"count": (1, 10_000), "percent": (1, 100)}


def wrongs(target: Mapping[str, Json]) -> Iterator[Wrong]:
    """What the injector docker would refuse."""
    unknown = [key for key in target if key not in KNOWN and key != "injector"]
    for key in unknown:
        todo = suggest(key, KNOWN) or f"known are: {', '.join(KNOWN)}"
        yield (key,), f"the injector docker does not know {key!r}", todo, True
    for key in _TEXTS:
        if key in target and not (isinstance(target[key], str) and target[key]):
            yield (key,), f"{key} takes text", "put it in quotes", False
    yield from _numbers(target)
    if not isinstance(target.get("exec", False), bool):
        yield ("exec",), "exec is true or false", "", False
    yield from _labels(target.get("labels", {}))
    yield from _engine(target.get("engine"))
    if not unknown:  # a misspelt key is told already, and may be the missing one
        yield from _which(target)


def _numbers(target: Mapping[str, Json]) -> Iterator[Wrong]:
    for key, (low, high) in _RANGES.items():
        value = target.get(key, low)
        number = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        if not number or (key == "count" and not isinstance(value, int)):
            whole = "a whole number" if key == "count" else "a number"
            yield (key,), f"{key} is {whole}, {low} to {high}: nothing picked is no fault", "", False
    if "count" in target and "percent" in target:
        yield ("percent",), "'percent' beside 'count'", "write one of them", True


def _labels(labels: Json) -> Iterator[Wrong]:
    """A number is written in more than one way, and a label in one: `1.10` would be looked for as 1.1."""
    if not isinstance(labels, dict):
        yield ("labels",), "labels are a map", "write it as in {labels: {app: shop, tier: db}}", False
        return
    for key, value in labels.items():
        if not isinstance(value, str | int):
            yield ("labels", key), f"the label {key} is no text", "put it in quotes", False


def _engine(url: Json) -> Iterator[Wrong]:
    if not isinstance(url, str) or not url:
        return
    scheme, there, _ = url.partition("://")
    if not there or scheme not in SCHEMES:
        meant = suggest(scheme, SCHEMES) if there else ""
        yield ("engine",), f"{url!r} is no engine's address", meant or f"write it with {_or(SCHEMES)}", False


def _which(target: Mapping[str, Json]) -> Iterator[Wrong]:
    """By its name, or by what it bears; a service's name alone may be in many projects."""
    pair = [key for key in ("project", "service") if key in target]
    if len(pair) == 1:
        lacks = "service" if pair == ["project"] else "project"
        yield (pair[0],), f"{pair[0]!r} without {lacks!r}", "a service of that name may be in many projects", True
        return
    by_labels = bool(pair or target.get("labels"))
    if "container" in target and by_labels:
        what = pair[0] if pair else "labels"
        yield (what,), f"{what!r} beside 'container'", "a name is enough: leave the rest out", True
    elif "container" not in target and not by_labels:
        yield (), "it needs a container, or project and service, or labels", f"as in {EXAMPLE}", False


def _or(words: tuple[str, ...]) -> str:
    listed = [f"{word}://" for word in words]
    return f"{', '.join(listed[:-1])} or {listed[-1]}"
