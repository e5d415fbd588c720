"""Requests to the servers that hold a team's incidents, and how their answers read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from gameday.model import Json

MAX_INCIDENTS = 100
"""Incidents that one answer may hold. One is enough to stop a drill; the others are named too."""

Settings = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class HttpSource:
    """`path`: the path and query of the request, from the settings; `titles`: each open incident of the answer."""

    path: Callable[[Settings], str]
    titles: Callable[[Any], Iterator[str]]


def _pagerduty_path(settings: Settings) -> str:
    """List incidents: https://developer.pagerduty.com/api-reference/9d0b4b12e36f9-list-incidents."""
    statuses = [("statuses[]", "triggered"), ("statuses[]", "acknowledged")]
    services = [("service_ids[]", service) for service in _texts(settings, "services")]
    return f"/incidents?{urlencode([*statuses, *services, ('limit', str(MAX_INCIDENTS))])}"


def _pagerduty_titles(answer: Any) -> Iterator[str]:
    for incident in answer["incidents"]:
        yield f"{incident['title']} (PagerDuty {incident['incident_number']}, {incident['service']['summary']})"


def _jira_path(settings: Settings) -> str:
    """Search with JQL: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/."""
    query = {"jql": str(settings["jql"]), "fields": "summary", "maxResults": str(MAX_INCIDENTS)}
    return f"/rest/api/3/search/jql?{urlencode(query)}"


def _jira_titles(answer: Any) -> Iterator[str]:
    for issue in answer["issues"]:
        yield f"{issue['fields']['summary']} (Jira {issue['key']})"


def _alertmanager_path(settings: Settings) -> str:
    """Get alerts: the OpenAPI of Alertmanager's API v2."""
    filters = [("filter", matcher) for matcher in _texts(settings, "matchers")]
    return f"/api/v2/alerts?{urlencode([('active', 'true'), ('silenced', 'false'), ('inhibited', 'false'), *filters])}"


def _alertmanager_titles(answer: Any) -> Iterator[str]:
    for alert in answer:
        yield f"{alert['labels']['alertname']} (Alertmanager)"


def _texts(settings: Settings, key: str) -> list[str]:
    value = settings[key]
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


HTTP_SOURCES: Final[Mapping[str, HttpSource]] = {
    "pagerduty": HttpSource(_pagerduty_path, _pagerduty_titles),
    "jira": HttpSource(_jira_path, _jira_titles),
    "alertmanager": HttpSource(_alertmanager_path, _alertmanager_titles),
}
