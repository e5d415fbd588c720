"""Settings of a tracker in gameday.yaml; loads nothing heavy: every check reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from gameday.clients.connection import CONNECTION_KEYS, connection_problems
from gameday.clients.server_address import UrlProblem, url_problem
from gameday.model import Json
from gameday.plugins.types import SettingsProblem
from gameday.suggestions import did_you_mean

TYPED_KEYS = ("kind", "project", "url", "labels", "issue_type", "timeout")
"""Keys beside those of the connection."""
USUAL_URLS: Final[Mapping[str, str]] = {"github": "https://api.github.com", "gitlab": "https://gitlab.com"}
"""The address of a tracker where the file names none."""
_PROJECTS: Final[Mapping[str, tuple[str, str]]] = {
    "github": (r"[\w.-]+/[\w.-]+", "shop/api"), "gitlab": (r"[\w.-]+(/[\w.-]+)*", "shop/backend/api"),
    "jira": (r"[A-Z][A-Z0-9_]*", "SHOP"),
}  # fmt: skip


def find_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield what the schema does not see in the settings as written."""
    keys = (*TYPED_KEYS, *CONNECTION_KEYS)
    for key in settings:
        if key not in keys:
            wrong = f"unknown key {key!r} for a tracker"
            yield SettingsProblem((key,), wrong, did_you_mean(key, keys), key_is_unexpected=True)
    kind, project, url = (str(settings.get(key, "")) for key in ("kind", "project", "url"))
    if kind == "jira" and not url:
        yield SettingsProblem((), "missing key 'url', required by tracker jira", "such as https://team.atlassian.net")
    pattern, example = _PROJECTS.get(kind, (".*", ""))
    if project and "$" not in project and not re.fullmatch(pattern, project):
        yield SettingsProblem(("project",), f"{project!r} is no project of {kind}", f"such as {example}")
    if url and "$" not in url and (problem := url_problem(url)):
        todo = "use basic: {user: ..., password: '${NAME}'}" if problem is UrlProblem.CREDENTIALS else ""
        yield SettingsProblem(("url",), problem, todo)
    for path, wrong, todo in connection_problems(settings):
        yield SettingsProblem(path, wrong, todo)
