"""Open incidents, in the formats of the servers that hold them; what cannot be asked is said, without a secret."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from support.incident_server import IncidentServer, serve_incidents

from gameday.errors import InvalidFiles
from gameday.files.project import parse_project
from gameday.incidents.open_incidents import IncidentAnswer, list_open_incidents
from gameday.model import IncidentSource, Json

PAGERDUTY = {
    "incidents": [
        {
            "id": "PT4KHLK", "type": "incident", "incident_number": 1234, "title": "Checkout is slow",
            "created_at": "2026-12-01T10:00:00Z", "status": "triggered",
            "service": {"id": "PIJ90N7", "type": "service_reference", "summary": "shop"},
        }
    ],
    "limit": 100, "offset": 0, "more": False, "total": None,
}  # fmt: skip
JIRA = {"issues": [{"id": "10002", "key": "OPS-7", "fields": {"summary": "Checkout is slow"}}], "isLast": True}
ALERTMANAGER = [
    {
        "annotations": {}, "fingerprint": "1d1a", "receivers": [{"name": "pager"}],
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
        "labels": {"alertname": "CheckoutSlow", "severity": "critical"},
    }
]  # fmt: skip
MATCHERS: list[Json] = ['severity="critical"', 'env=~"prod.*"']


@pytest.fixture
def server() -> Iterator[IncidentServer]:
    with serve_incidents() as server:
        yield server


def ask(source: str, own: tuple[str, ...] = (), timeout: float = 5.0, **settings: Json) -> IncidentAnswer:
    return list_open_incidents([IncidentSource("team", source, settings, timeout, ".")], own)


def test_pagerduty_is_asked_for_open_incidents_of_the_services(
    server: IncidentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PD_TOKEN", "p4g3r-t0k3n")
    server.answer = PAGERDUTY
    headers: Json = {"Authorization": "Token token=${PD_TOKEN}"}
    answer = ask("pagerduty", url=server.url, services=["PIJ90N7", "P2"], headers=headers)
    assert answer.open == ("Checkout is slow (PagerDuty 1234, shop)",) and not answer.failures
    asked = urlsplit(server.paths[0])
    assert asked.path == "/incidents"
    assert parse_qsl(asked.query) == [
        ("statuses[]", "triggered"), ("statuses[]", "acknowledged"), ("service_ids[]", "PIJ90N7"),
        ("service_ids[]", "P2"), ("limit", "100"),
    ]  # fmt: skip
    assert server.headers[0]["authorization"] == "Token token=p4g3r-t0k3n"


def test_jira_is_asked_with_the_query_of_the_team(server: IncidentServer) -> None:
    server.answer = JIRA
    answer = ask("jira", url=server.url, jql="project = OPS AND statusCategory != Done")
    assert answer.open == ("Checkout is slow (Jira OPS-7)",)
    asked = urlsplit(server.paths[0])
    assert asked.path == "/rest/api/3/search/jql"
    assert dict(parse_qsl(asked.query))["jql"] == "project = OPS AND statusCategory != Done"


def test_alertmanager_is_asked_for_alerts_that_page(server: IncidentServer) -> None:
    server.answer = ALERTMANAGER
    assert ask("alertmanager", url=f"{server.url}/", matchers=MATCHERS).open == ("CheckoutSlow (Alertmanager)",)
    asked = parse_qsl(urlsplit(server.paths[0]).query)
    assert asked[:3] == [("active", "true"), ("silenced", "false"), ("inhibited", "false")]
    assert [value for name, value in asked if name == "filter"] == MATCHERS


def test_each_line_of_a_command_is_an_incident(tmp_path: Path) -> None:
    script = tmp_path / "open.py"
    script.write_text("print('INC-1 checkout\\n\\nINC-2 \\x1b[31mlogin')")
    answer = ask("command", run=[sys.executable, str(script)])
    assert [title.split()[0] for title in answer.open] == ["INC-1", "INC-2"]
    assert all(title.isprintable() for title in answer.open)


def test_incidents_of_a_drill_are_left_out(server: IncidentServer) -> None:
    server.answer = PAGERDUTY
    asked: dict[str, Any] = {"url": server.url, "services": ["P1"]}
    assert ask("pagerduty", ("checkout IS slow",), **asked) == IncidentAnswer()
    assert ask("pagerduty", ("login",), **asked) != IncidentAnswer()
    server.answer = {"incidents": []}
    assert ask("pagerduty", **asked) == IncidentAnswer()


@pytest.mark.parametrize(
    ("server_says", "reason"),
    [
        ({"status": 401, "answer": {"error": "invalid p4g3r-t0k3n"}}, "HTTP 401: invalid ***"),
        ({"status": 503, "text": "<html>"}, "HTTP 503"),
        ({"text": "not JSON"}, "the response is not JSON"),
        ({"answer": {"items": []}}, "its answer is not that of pagerduty: check the address"),
        ({"answer": [1]}, "its answer is not that of pagerduty: check the address"),
        ({"hangs": True}, "no "),
    ],
)
def test_a_source_that_does_not_answer_is_not_taken_for_quiet(
    server: IncidentServer, monkeypatch: pytest.MonkeyPatch, server_says: dict[str, Any], reason: str
) -> None:
    monkeypatch.setenv("PD_TOKEN", "p4g3r-t0k3n")
    for key, value in server_says.items():
        setattr(server, key, value)
    answer = ask("pagerduty", timeout=0.3, url=server.url, services=["P1"], bearer="${PD_TOKEN}")
    [(name, why)] = answer.failures
    assert name == "team" and why.startswith(reason) and "p4g3r" not in why, why
    assert answer != IncidentAnswer()


def test_a_command_that_fails_or_a_secret_that_is_not_set_is_a_failure() -> None:
    assert "exit code 3" in ask("command", run=["sh", "-c", "exit 3"]).failures[0][1]
    assert "cannot run" in ask("command", run=["./absent"]).failures[0][1]
    missing = ask("jira", url="http://127.0.0.1:9", jql="x", bearer="${NO_SUCH_TOKEN}").failures[0][1]
    assert "NO_SUCH_TOKEN" in missing


ENVIRONMENT = "gameday: 1\nenvironments:\n  staging:\n    incidents:\n      team: {%s}\n"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("source: pagerduty, services: [P1], bearer: '${T}', timeout: 3s", ""),
        ("source: command, run: [./open.sh]", ""),
        ("source: pagerdutty, services: [P1]", "5:22: unknown source of incidents 'pagerdutty'"),
        ("source: pagerduty", "missing key 'services', required by source pagerduty"),
        ("source: pagerduty, services: P1", "services must be a list of texts"),
        ("source: jira, url: 'jira.example', jql: x", "does not begin with http"),
        ("source: jira, url: 'https://j', jql: x, querry: y", "unknown key 'querry' for source jira"),
        ("source: alertmanager, url: 'https://a', matchers: []", "matchers must be a list of texts"),
        ("source: jira, url: 'https://j', jql: x, bearer: s3cret", "bearer holds a secret in the file"),
        ("url: 'https://j'", "missing key 'source'"),
    ],
)
def test_settings_are_checked_with_their_place(source: str, problem: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T", "secret")
    if not problem:
        parsed = parse_project(ENVIRONMENT % source, "gameday.yaml").environments["staging"].incidents["team"]
        assert parsed.source in source
        return
    with pytest.raises(InvalidFiles) as invalid:
        parse_project(ENVIRONMENT % source, "gameday.yaml")
    assert problem in "\n".join(str(each) for each in invalid.value.problems)
    assert "5:" in str(invalid.value.problems[0])
