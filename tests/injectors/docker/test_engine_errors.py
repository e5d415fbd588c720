"""Errors of an engine that cannot be used, from the exceptions of the SDK: each says what to do."""

from __future__ import annotations

import contextlib
import gc
import http.server
import threading
import warnings
from collections.abc import Iterator

import pytest
from typing_extensions import override

from gameday.injectors.docker.engine_api import EngineApi
from gameday.injectors.docker.errors import EngineError
from gameday.plugins.types import Deadline

PODMAN = b'{"ApiVersion": "1.41", "Components": [{"Name": "Podman Engine", "Version": "4.3.1"}, {"Name": "Conmon"}]}'


@contextlib.contextmanager
def answering(status: int, kind: str, body: bytes) -> Iterator[str]:
    """Serve this answer to every request; yield the URL."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_port}"
        server.shutdown()


def trouble(url: str) -> EngineError:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the SDK leaves its sockets
        with pytest.raises(EngineError) as raised:
            EngineApi(url, Deadline.after(10.0))
        found = EngineError(str(raised.value), todo=raised.value.todo)
        del raised
        gc.collect()
    return found


@pytest.mark.parametrize(
    ("status", "kind", "body", "why", "todo"),
    [
        (200, "text/html", b"<html>", "is not a Docker engine", "Correct its address"),
        (404, "text/html", b"<html>", "is not a Docker engine", "Correct its address"),
        (200, "application/json", b"{}", "is not a Docker engine", "Correct its address"),
        (200, "application/json", PODMAN, "is Podman", "Use a Docker engine"),
        (200, "application/json", b'{"ApiVersion": "1.24"}', "has API version 1.24", "Upgrade it"),
        (400, "text/plain", b"Client sent an HTTP request to an HTTPS server.", "requires TLS", "DOCKER_CERT_PATH"),
    ],
)
def test_unusable_engine_answer_is_explained(status: int, kind: str, body: bytes, why: str, todo: str) -> None:
    with answering(status, kind, body) as url:
        found = trouble(url)
    assert why in str(found) and url in str(found) and todo in found.todo


@pytest.mark.parametrize(
    ("url", "why", "todo"),
    [
        ("ftp://127.0.0.1:1", "'ftp://127.0.0.1:1' is not the address of an engine", "unix://, tcp://"),
        ("tcp://127.0.0.1", "is not the address of an engine", "a port"),
        ("unix:///nowhere.sock", "no engine responds at unix:///nowhere.sock", "Start it"),
    ],
)
def test_unreachable_address_is_explained(url: str, why: str, todo: str) -> None:
    found = trouble(url)
    assert why in str(found) and todo in found.todo
