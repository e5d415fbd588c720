"""Requests to GitHub, GitLab and Jira, and how their answers read: the parts that differ between trackers.

GitHub: https://docs.github.com/rest/issues/issues (create, get and list repository issues).
GitLab: https://docs.gitlab.com/api/issues/ (new issue, single project issue, list project issues).
Jira: https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-issues/ (create and get), and
api-group-issue-search; version 2, in which a description is text, is that of Jira Data Center too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from gameday.model import Json, Tracker

MAX_LISTED = 50
"""Issues that are searched for one that an interrupted export has created: the latest ones."""


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """An issue to create. `text`: its description."""

    title: str
    text: str
    due: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue that exists. `url`: its page; `label`: its short name; `text`: its description, may be empty."""

    url: str
    label: str
    is_done: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class IssueFormat:
    """Requests to one kind of tracker, and its answers.

    `create_path`, `body`: the POST of a new issue. `read_path`: the GET of the issue with this page, or None for the
    page of another project. `list_paths`: GETs of the latest exported issues; the next one is tried where the
    server does not know the first. `read`: an issue from an answer; `listed`: the issues of a list's answer."""

    create_path: Callable[[Tracker], str]
    body: Callable[[Tracker, IssueDraft], Json]
    read_path: Callable[[Tracker, str], str | None]
    list_paths: Callable[[Tracker], tuple[str, ...]]
    read: Callable[[Tracker, Any], Issue]
    listed: Callable[[Any], Iterator[Any]] = iter


def _number(link: str, marker: str) -> str | None:
    """Return the number after the last `marker` of an address; None if there is none."""
    before, separator, number = link.split("#")[0].rstrip("/").rpartition(marker)
    return number if before and separator and number.isdecimal() else None


def _github_read_path(tracker: Tracker, link: str) -> str | None:
    number = _number(link, f"/{tracker.project}/issues/")
    return f"{_github_path(tracker)}/{number}" if number else None


def _github_path(tracker: Tracker) -> str:
    return f"/repos/{tracker.project}/issues"


def _github_body(tracker: Tracker, draft: IssueDraft) -> Json:
    return {"title": draft.title, "body": draft.text, "labels": list(tracker.labels)}


def _github_issue(tracker: Tracker, answer: Any) -> Issue:
    label = f"{tracker.project}#{answer['number']}"
    return Issue(str(answer["html_url"]), label, answer["state"] == "closed", str(answer.get("body") or ""))


def _gitlab_path(tracker: Tracker) -> str:
    return f"/api/v4/projects/{quote(tracker.project, safe='')}/issues"


def _gitlab_read_path(tracker: Tracker, link: str) -> str | None:
    number = _number(link, f"/{tracker.project}/-/issues/") or _number(link, f"/{tracker.project}/issues/")
    return f"{_gitlab_path(tracker)}/{number}" if number else None


def _gitlab_body(tracker: Tracker, draft: IssueDraft) -> Json:
    labels = ",".join(tracker.labels)
    return {"title": draft.title, "description": draft.text, "labels": labels, "due_date": draft.due}


def _gitlab_issue(tracker: Tracker, answer: Any) -> Issue:
    label = f"{tracker.project}#{answer['iid']}"
    return Issue(str(answer["web_url"]), label, answer["state"] == "closed", str(answer.get("description") or ""))


def _jira_read_path(tracker: Tracker, link: str) -> str | None:
    key = urlsplit(link).path.rstrip("/").rpartition("/browse/")[2]
    project, _, number = key.rpartition("-")
    is_ours = project == tracker.project and number.isdecimal() and link.startswith(tracker.url)
    return f"/rest/api/2/issue/{key}?fields=status,description" if is_ours else None


def _jira_body(tracker: Tracker, draft: IssueDraft) -> Json:
    """Return the body without the due date as a field: many projects do not have it on their screen, and refuse it."""
    fields: dict[str, Json] = {
        "project": {"key": tracker.project}, "issuetype": {"name": tracker.issue_type}, "summary": draft.title,
        "description": draft.text, "labels": list(tracker.labels),
    }  # fmt: skip
    return {"fields": fields}


def _jira_list_paths(tracker: Tracker) -> tuple[str, ...]:
    labels = " AND ".join(f'labels = "{label}"' for label in tracker.labels)
    jql = f'project = "{tracker.project}" AND {labels} ORDER BY created DESC'
    query = urlencode({"jql": jql, "fields": "status,description", "maxResults": str(MAX_LISTED)})
    return f"/rest/api/2/search/jql?{query}", f"/rest/api/2/search?{query}"


def _jira_issue(tracker: Tracker, answer: Any) -> Issue:
    """Return the issue; the answer to its creation has only the key."""
    fields = answer.get("fields", {})
    category = fields.get("status", {}).get("statusCategory", {}).get("key", "")
    key = str(answer["key"])
    return Issue(f"{tracker.url}/browse/{key}", key, category == "done", str(fields.get("description") or ""))


def _listing(path: Callable[[Tracker], str], **query: str) -> Callable[[Tracker], tuple[str, ...]]:
    def list_paths(tracker: Tracker) -> tuple[str, ...]:
        labels = {"labels": ",".join(tracker.labels), "per_page": str(MAX_LISTED)}
        return (f"{path(tracker)}?{urlencode({**labels, **query})}",)

    return list_paths


ISSUE_FORMATS: Final[Mapping[str, IssueFormat]] = {
    "github": IssueFormat(
        _github_path, _github_body, _github_read_path, _listing(_github_path, state="all"), _github_issue
    ),
    "gitlab": IssueFormat(_gitlab_path, _gitlab_body, _gitlab_read_path, _listing(_gitlab_path), _gitlab_issue),
    "jira": IssueFormat(
        lambda _: "/rest/api/2/issue", _jira_body, _jira_read_path, _jira_list_paths, _jira_issue,
        lambda answer: iter(answer["issues"]),
    ),
}  # fmt: skip
