"""Sources of incidents and the keys that each has in gameday.yaml; loads nothing heavy: every check reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from gameday.clients.connection import CONNECTION_KEYS, connection_problems
from gameday.clients.server_address import UrlProblem, url_problem
from gameday.model import Json
from gameday.plugins.types import SettingsProblem
from gameday.suggestions import did_you_mean, one_of


@dataclass(frozen=True, slots=True)
class SourceKeys:
    """Keys of one source; one that is asked over HTTP has `url` and CONNECTION_KEYS too.

    `usual_url`: the address that holds where the file names none; `lists`: the keys whose value is a list of texts."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    is_http: bool = True
    usual_url: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All keys, the required ones first."""
        return (*self.required, *self.optional, *(CONNECTION_KEYS if self.is_http else ()))


SOURCE_KEYS: Final[Mapping[str, SourceKeys]] = {
    "pagerduty": SourceKeys(("services",), ("url",), ("services",), usual_url="https://api.pagerduty.com"),
    "jira": SourceKeys(("url", "jql")),
    "alertmanager": SourceKeys(("url", "matchers"), lists=("matchers",)),
    "command": SourceKeys(("run",), lists=("run",), is_http=False),
}
"""The one table of sources: the rules of `check`, the schema and the reference page come from it."""


def find_problems(source: str, settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield what is wrong with the settings of a source, as written in gameday.yaml."""
    keys = SOURCE_KEYS.get(source)
    if keys is None:
        todo = did_you_mean(source, SOURCE_KEYS) or one_of(list(SOURCE_KEYS))
        yield SettingsProblem(("source",), f"unknown source of incidents {source!r}", todo)
        return
    for key in settings:
        if key not in keys.names:
            wrong = f"unknown key {key!r} for source {source}"
            yield SettingsProblem((key,), wrong, did_you_mean(key, keys.names), key_is_unexpected=True)
    for key in keys.required:
        if key not in settings:
            yield SettingsProblem((), f"missing key {key!r}, required by source {source}")
    yield from _value_problems(keys, settings)


def _value_problems(keys: SourceKeys, settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    for key in (*keys.required, *keys.optional):
        value = settings.get(key, "-")
        if key in keys.lists and not (isinstance(value, list) and value and all(isinstance(v, str) for v in value)):
            if key in settings:
                yield SettingsProblem((key,), f"{key} must be a list of texts", f"such as {key}: [...]")
        elif key not in keys.lists and not (isinstance(value, str) and value):
            yield SettingsProblem((key,), f"{key} must be text")
    if isinstance(url := settings.get("url"), str) and (problem := url_problem(url)):
        todo = "use basic: {user: ..., password: '${NAME}'}" if problem is UrlProblem.CREDENTIALS else ""
        yield SettingsProblem(("url",), problem, todo)
    if keys.is_http:
        for path, wrong, todo in connection_problems(settings):
            yield SettingsProblem(path, wrong, todo)
