"""A tracker on this machine: GitHub, GitLab or Jira, with the answers that their documentation shows."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override

TOKEN = "t0k3n-of-the-tracker"
PROJECTS = {"github": "octocat/Hello-World", "gitlab": "my-group/my-project", "jira": "TEST"}
PATHS = {
    "github": "/repos/octocat/Hello-World/issues", "gitlab": "/api/v4/projects/my-group%2Fmy-project/issues",
    "jira": "/rest/api/2/issue",
}  # fmt: skip
SEARCHES = ("/rest/api/2/search/jql", "/rest/api/2/search")


@dataclass
class TrackerServer:
    """One project. `issues`: the bodies as posted, by number; `closed`: numbers of closed issues.

    `fails`: the status of every answer, if not 0; `loses`: the issue is created, and the answer is lost;
    `is_data_center`: a Jira without the search of Jira Cloud."""

    kind: str
    url: str = ""
    issues: dict[int, Any] = field(default_factory=dict[int, Any])
    closed: set[int] = field(default_factory=set[int])
    fails: int = 0
    loses: bool = False
    is_data_center: bool = False
    requests: list[str] = field(default_factory=list[str])

    @property
    def settings(self) -> str:
        """The tracker as gameday.yaml has it."""
        keys = f"kind: {self.kind}, project: {PROJECTS[self.kind]}, url: '{self.url}', {self.credentials}"
        return f"follow_up: {{tracker: {{{keys}}}}}\n"

    @property
    def credentials(self) -> str:
        jira = "basic: {user: ana@shop.example, password: '${TRACKER_TOKEN}'}"
        return jira if self.kind == "jira" else "bearer: '${TRACKER_TOKEN}'"

    def page(self, number: int) -> str:
        pages = {
            "github": "octocat/Hello-World/issues/",
            "gitlab": "my-group/my-project/-/issues/",
            "jira": "browse/TEST-",
        }
        return f"{self.url}/{pages[self.kind]}{number}"

    def answer(self, number: int) -> dict[str, Any]:
        """Return the issue as the kind's API does, with the fields that matter and some that do not."""
        body, closed = self.issues[number], number in self.closed
        if self.kind == "github":
            return {"id": number + 100, "number": number, "html_url": self.page(number), "title": body["title"],
                    "body": body["body"], "state": "closed" if closed else "open", "user": {"login": "octocat"},
                    "state_reason": "completed" if closed else None}  # fmt: skip
        if self.kind == "gitlab":
            return {"id": number + 100, "iid": number, "web_url": self.page(number), "title": body["title"],
                    "description": body["description"], "state": "closed" if closed else "opened",
                    "due_date": body["due_date"], "author": {"username": "root"}}  # fmt: skip
        category = {"key": "done", "name": "Done"} if closed else {"key": "new", "name": "To Do"}
        fields = {"status": {"name": category["name"], "statusCategory": category},
                  "description": body["fields"]["description"]}  # fmt: skip
        return {"id": str(number + 39_000), "key": f"TEST-{number}", "fields": fields}


@contextmanager
def serve_tracker(kind: str) -> Iterator[TrackerServer]:
    server = TrackerServer(kind)
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    server.url = f"http://127.0.0.1:{listening.server_address[1]}"
    threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()


Reply = tuple[int, Any]


def _refusal(server: TrackerServer, authorization: str) -> Reply | None:
    if server.fails:
        return server.fails, {"message": f"no, not with {authorization}"}
    return None if authorization else (401, {"message": "Requires authentication"})


def _create(server: TrackerServer, path: str, content: Any) -> Reply | None:
    """Return the answer to a POST; None if it is lost."""
    assert path == PATHS[server.kind]
    number = len(server.issues) + 1
    server.issues[number] = content
    answer = server.answer(number)
    created = {key: answer[key] for key in ("id", "key")} if server.kind == "jira" else answer
    return None if server.loses else (201, created)


def _get(server: TrackerServer, address: str) -> Reply:
    path, query = urlsplit(address).path, parse_qs(urlsplit(address).query)
    if path == PATHS[server.kind] or path in SEARCHES:
        return _search(server, path, query)
    number = int(path.rpartition("/")[2].rpartition("-")[2])
    return (200, server.answer(number)) if number in server.issues else (404, {"message": "Not Found"})


def _search(server: TrackerServer, path: str, query: dict[str, list[str]]) -> Reply:
    issues = [server.answer(number) for number in sorted(server.issues, reverse=True)]
    if server.kind != "jira":
        assert query["labels"] == ["gameday"] and query["per_page"] == ["50"]
        return 200, issues
    if server.is_data_center and path == SEARCHES[0]:
        return 404, {"errorMessages": ["Issue Does Not Exist"], "errors": {}}
    assert query["jql"] == ['project = "TEST" AND labels = "gameday" ORDER BY created DESC']
    return 200, {"issues": issues, "isLast": True}


def _handler(server: TrackerServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self._send(self._refusal() or _create(server, self.path, content))

        def do_GET(self) -> None:
            self._send(self._refusal() or _get(server, self.path))

        def _refusal(self) -> Reply | None:
            server.requests.append(f"{self.command} {self.path}")
            return _refusal(server, self.headers["authorization"] or "")

        def _send(self, reply: Reply | None) -> None:
            if reply is None:
                self.close_connection = True
                return
            body = json.dumps(reply[1]).encode()
            self.send_response(reply[0])
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None: ...  # the base class's word

    return Handler
