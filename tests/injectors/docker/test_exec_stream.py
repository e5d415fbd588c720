"""Output of a command in a container, in two forms that a real engine sends rarely.

The first is in one piece with the response head, the second has no end."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import docker
import pytest

from gameday.injectors.docker.exec_stream import read_stream
from gameday.plugins.types import Deadline

HEAD = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"


def frame(stream: int, text: bytes) -> bytes:
    return struct.pack(">BxxxL", stream, len(text)) + text


@contextmanager
def answering(*pieces: bytes, ends: bool = True) -> Iterator[str]:
    """Serve one answer in these pieces; yield the engine's address."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def answer() -> None:
        there, _ = listening.accept()
        with there:
            for piece in pieces:
                there.sendall(piece)
            if ends:
                there.shutdown(socket.SHUT_WR)
            over.wait()
            while there.recv(65536):  # what was asked: unread, it would be a reset
                continue

    thread = threading.Thread(target=answer)
    thread.start()
    yield f"tcp://127.0.0.1:{listening.getsockname()[1]}"
    over.set()
    thread.join()
    listening.close()


def printed(url: str, deadline: Deadline) -> str | None:
    api = docker.APIClient(url, version="1.41")
    try:
        return read_stream(api.exec_start("any", socket=True), deadline)
    finally:
        api.close()


@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize(
    "pieces",
    [
        [HEAD + frame(1, b"one ") + frame(2, b"two")],
        [HEAD + frame(1, b"one ")[:5], frame(1, b"one ")[5:] + frame(2, b"two")],
        [HEAD, frame(1, b"one "), frame(2, b"two")],
    ],
    ids=["in one breath", "cut in a piece's head", "one after the other"],
)
def test_output_is_complete_however_it_is_chunked(pieces: list[bytes], ends: bool) -> None:
    with answering(*pieces, ends=ends) as url:
        output = printed(url, Deadline.after(30.0 if ends else 0.5))
    assert output == ("one two" if ends else None)
