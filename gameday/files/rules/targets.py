"""Rules for the targets of a gameday.yaml: valid settings, production marked as such."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from gameday.clients.connection import CONNECTION_KEYS
from gameday.files import raw_access
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json
from gameday.plugins.registry import load_settings_checker
from gameday.plugins.types import SettingsProblem


def check_target_settings(document: YamlDocument) -> None:
    """Require valid settings for each target, and no password in an address."""
    for path, target in _targets(document.data):
        settings = {**_settings(target), **_written_credentials(document, path)}
        injector = load_settings_checker(raw_access.text_or_empty(target.get("injector")))
        problems = list(injector.settings_problems(settings)) if injector else []
        for problem in [*problems, *_secret_problems(settings, problems)]:
            document.add_problem((*path, *problem.keys), problem.wrong, problem.todo, key=problem.key_is_unexpected)


def _written_credentials(document: YamlDocument, path: KeyPath) -> dict[str, Json]:
    """Return the credentials of a target with their variables: their values are no business of a check."""
    written = raw_access.get_map(document.written, *path)
    return {key: value for key, value in written.items() if key in CONNECTION_KEYS}


def _secret_problems(settings: dict[str, Json], problems: list[SettingsProblem]) -> Iterator[SettingsProblem]:
    url = settings.get("url")
    has_secret = isinstance(url, str) and "@" in url.partition("://")[2].partition("/")[0]
    if has_secret and not any(problem.keys == ("url",) and not problem.key_is_unexpected for problem in problems):
        yield SettingsProblem(("url",), "the URL contains a user name or password, which would appear in the log")


def check_production_targets(document: YamlDocument) -> None:
    """Refuse a production resource in an environment that is not marked as production."""
    marked: dict[Hashable, KeyPath] = {}
    for path, target in _targets(document.data):
        if _is_production(document.data, path):
            marked.setdefault(resource_identity(target), path)
    for path, target in _targets(document.data):
        if not _is_production(document.data, path) and (production_path := marked.get(resource_identity(target))):
            wrong = f"same resource as target {production_path[3]!r} of production environment {production_path[1]}"
            document.add_problem(path, wrong, f"set production: true for {path[1]}, or use another resource")


def _targets(data: Json) -> Iterator[tuple[KeyPath, dict[str, Json]]]:
    for environment in raw_access.get_map(data, "environments"):
        place = ("environments", environment, "targets")
        for name in raw_access.get_map(data, *place):
            if isinstance(target := raw_access.get_path(data, *place, name), dict):
                yield (*place, name), target


def _is_production(data: Json, path: KeyPath) -> bool:
    return raw_access.get_path(data, *path[:2], "production") is True


def _settings(target: dict[str, Json]) -> dict[str, Json]:
    return {key: value for key, value in target.items() if key not in ("injector", "owner")}


def resource_identity(target: dict[str, Json]) -> Hashable:
    """Return a key that is equal for two targets which are the same resource, as far as the file tells."""
    name, settings = raw_access.text_or_empty(target.get("injector")), _settings(target)
    injector = load_settings_checker(name)
    return name, injector.settings_identity(settings) if injector else repr(sorted(settings.items()))
