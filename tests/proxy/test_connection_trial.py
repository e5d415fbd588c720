"""What a trial of the network reports, with servers of this machine in place of pods."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from gameday.proxy import connection_trial
from gameday.proxy.connection_trial import CONNECTED, CUT, REFUSED, SILENT, separate, try_new


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def test_new_connections_to_a_listener_are_accepted(listener: socket.socket) -> None:
    assert try_new("127.0.0.1", port_of(listener)) == CONNECTED


def test_new_connections_to_a_closed_port_are_refused(listener: socket.socket) -> None:
    listener.close()
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = port_of(other)
    assert try_new("127.0.0.1", port) == REFUSED


def test_new_connections_that_nobody_answers_are_silent() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, closing(socket.socket()) as waiting:
        waiting.connect(full.getsockname())
        assert try_new("127.0.0.1", port_of(full), 0.2) == SILENT


def test_separation_that_ends_the_server_cuts_the_open_connection_and_refuses_new_ones(
    monkeypatch: pytest.MonkeyPatch, listener: socket.socket
) -> None:
    monkeypatch.setattr(connection_trial, "_SEPARATION_TIMEOUT_S", 60.0)

    def serve() -> None:
        connection, _ = listener.accept()
        connection.sendall(connection.recv(1))
        listener.close()
        connection.close()

    server = threading.Thread(target=serve)
    server.start()
    assert separate("127.0.0.1", port_of(listener), 0) == {"new": REFUSED, "open": CUT}
    server.join()
