"""A chat on this machine: it keeps what is posted to it, and answers as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override


@dataclass(frozen=True)
class Reply:
    """An answer; `hangs`: none at all, until the test is over; `breaks`: the connection is closed instead."""

    status: int = 200
    body: str = "ok"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    hangs: bool = False
    breaks: bool = False


@dataclass
class Chat:
    """`url` to post to. `replies` come first, in order, then `usual`."""

    url: str
    usual: Reply = field(default_factory=Reply)
    replies: list[Reply] = field(default_factory=list[Reply])
    bodies: list[Any] = field(default_factory=list[Any])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def texts(self) -> list[str]:
        """The texts of all requests, in order; a message that was tried twice is there twice."""
        return [body["text"] for body in self.bodies]


@contextmanager
def serve_chat() -> Iterator[Chat]:
    chat = Chat("")
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _handler(chat))
    chat.url = f"http://127.0.0.1:{listening.server_address[1]}/hooks/t0k3n-in-the-path"
    threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield chat
    finally:
        chat.over.set()
        listening.shutdown()
        listening.server_close()


def _handler(chat: Chat) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            chat.headers.append({name.lower(): value for name, value in self.headers.items()} | {"path": self.path})
            chat.bodies.append(json.loads(content))
            reply = chat.replies.pop(0) if chat.replies else chat.usual
            if reply.hangs:
                chat.over.wait()
            if reply.hangs or reply.breaks:
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(reply.body.encode())))
            self.end_headers()
            self.wfile.write(reply.body.encode())

        @override
        def log_message(self, format: str, *args: object) -> None: ...  # the base class's word

    return Handler
