"""Fixtures of the tests of signals."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
from support.faulty_http_server import Lies, Server, handler


@pytest.fixture
def server() -> Iterator[Server]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler(lambda: found))
    found = Server(f"http://127.0.0.1:{listening.server_address[1]}", Lies())
    thread = threading.Thread(target=lambda: listening.serve_forever(poll_interval=0.01))
    thread.start()
    yield found
    found.go_on.set()
    listening.shutdown()
    thread.join()
    listening.server_close()
