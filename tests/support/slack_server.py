"""A Slack on this machine, with its wire format: the Web API over HTTP, and Socket Mode over a WebSocket."""

from __future__ import annotations

import json
import queue
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

BOT_TOKEN, APP_TOKEN = "xoxb-1-planted-bot", "xapp-1-planted-app"
CONVERSATION = "C0DRILL01"
SCOPES = "chat:write,channels:manage,channels:history,reactions:read"
_BREAK = object()
"""Makes the server drop the connection, without a closing handshake."""


@dataclass
class Call:
    method: str
    token: str
    arguments: Mapping[str, Any]


@dataclass
class Slack:
    """`errors`: answers of a method instead of success, in order; a number is an HTTP status.

    `acknowledged`: the envelope ids that the client has confirmed. `connections`: those that were opened."""

    api_url: str = ""
    socket_url: str = ""
    calls: list[Call] = field(default_factory=list[Call])
    errors: dict[str, list[str | int]] = field(default_factory=dict[str, list[str | int]])
    retry_after: str = "0"
    scopes: str = SCOPES
    acknowledged: queue.Queue[str] = field(default_factory=queue.Queue[str])
    connections: queue.Queue[str] = field(default_factory=queue.Queue[str])
    _outgoing: queue.Queue[Any] = field(default_factory=queue.Queue[Any])

    def arguments(self, method: str) -> list[Mapping[str, Any]]:
        """Return the arguments of all calls of a method, in order."""
        return [call.arguments for call in self.calls if call.method == method]

    @property
    def texts(self) -> list[str]:
        return [str(arguments["text"]) for arguments in self.arguments("chat.postMessage")]

    def send(self, envelope: Mapping[str, Any]) -> None:
        self._outgoing.put(envelope)

    def drop_connection(self) -> None:
        self._outgoing.put(_BREAK)

    def say(self, text: str, user: str = "U0ANA0001", number: int = 1, envelope: str = "", **fields: Any) -> None:
        """Send a message of a person, as the Events API has it."""
        event = {"type": "message", "channel": CONVERSATION, "user": user, "text": text, "ts": "", **fields}
        self.send(event_envelope(event, number, envelope))

    def react(self, emoji: str, user: str = "U0ANA0001", number: int = 1) -> None:
        item = {"type": "message", "channel": CONVERSATION, "ts": "1360782400.498405"}
        event = {"type": "reaction_added", "user": user, "reaction": emoji, "item_user": "U0BOT0001", "item": item,
                 "event_ts": ""}  # fmt: skip
        self.send(event_envelope(event, number))


def event_envelope(event: Mapping[str, Any], number: int, envelope: str = "") -> Mapping[str, Any]:
    payload = {
        "token": "verification", "team_id": "T0TEAM001", "api_app_id": "A0APP0001", "event": event,
        "type": "event_callback", "event_id": f"Ev{number:08d}", "event_time": 1360782804,
    }  # fmt: skip
    return {
        "envelope_id": envelope or f"envelope-{number}", "type": "events_api", "payload": payload,
        "accepts_response_payload": False, "retry_attempt": 0, "retry_reason": "",
    }  # fmt: skip


@contextmanager
def serve_slack(context: ssl.SSLContext | None = None) -> Iterator[Slack]:
    """Serve it; `context`: Socket Mode with TLS."""
    slack = Slack()
    api = ThreadingHTTPServer(("127.0.0.1", 0), _handler(slack))
    slack.api_url = f"http://127.0.0.1:{api.server_address[1]}/api"
    with serve(lambda connection: _serve_socket(slack, connection), "127.0.0.1", 0, ssl=context) as sockets:
        server = f"{'wss' if context else 'ws'}://127.0.0.1:{sockets.socket.getsockname()[1]}"
        slack.socket_url = f"{server}/link/?ticket=planted-ticket"
        for target in (lambda: api.serve_forever(0.01), sockets.serve_forever):
            threading.Thread(target=target, daemon=True).start()
        try:
            yield slack
        finally:
            slack.send({"type": "disconnect", "reason": "the test is over"})
            api.shutdown()
            api.server_close()


def _serve_socket(slack: Slack, connection: ServerConnection) -> None:
    assert connection.request is not None
    slack.connections.put(connection.request.path)
    connection.send(json.dumps({
        "type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0APP0001"},
        "debug_info": {"host": "applink-1", "approximate_connection_time": 18060},
    }))  # fmt: skip
    threading.Thread(target=_read_acknowledgements, args=(slack, connection), daemon=True).start()
    while True:
        message = slack._outgoing.get()
        if message is _BREAK:
            connection.socket.shutdown(2)
            return
        connection.send(json.dumps(message))
        if message.get("type") == "disconnect":
            return


def _read_acknowledgements(slack: Slack, connection: ServerConnection) -> None:
    try:
        for text in connection:
            slack.acknowledged.put(json.loads(text)["envelope_id"])
    except ConnectionClosed:
        pass


def _handler(slack: Slack) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            method = self.path.rsplit("/", 1)[1]
            arguments = json.loads(self.rfile.read(int(self.headers["content-length"])))
            token = str(self.headers.get("authorization", "")).removeprefix("Bearer ")
            slack.calls.append(Call(method, token, arguments))
            errors = slack.errors.get(method)
            error = errors.pop(0) if errors else self._token_error(method, token)
            body = {"ok": False, "error": error} if error else {"ok": True, **self._answer(method)}
            self._send(error if isinstance(error, int) else 429 if error == "ratelimited" else 200, body)

        def _token_error(self, method: str, token: str) -> str:
            expected = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
            return "" if token == expected else "invalid_auth"

        def _answer(self, method: str) -> Mapping[str, Any]:
            answers: Mapping[str, Mapping[str, Any]] = {
                "apps.connections.open": {"url": slack.socket_url},
                "conversations.create": {"channel": {"id": CONVERSATION, "name": "drill"}},
                "chat.postMessage": {"channel": CONVERSATION, "ts": "1503435956.000247"},
            }
            return answers.get(method, {})

        def _send(self, status: int, body: Mapping[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            if status == 429:
                self.send_header("retry-after", slack.retry_after)
            self.send_header("x-oauth-scopes", slack.scopes)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        @override
        def log_message(self, format: str, *args: object) -> None: ...  # the base class's word

    return Handler
