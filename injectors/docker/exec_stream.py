"""Output of a command in a container, until it ends or its time is up; the SDK would wait for ever."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from gameday.plugins.types import Deadline

_HEAD = struct.Struct(">BxxxL")
"""Before each piece, where there is no terminal: which stream, and how many bytes
(https://docs.docker.com/reference/api/engine/, ContainerAttach)."""
_MAX_BYTES = 65_536
"""Bytes that are kept: a person reads them."""


def read_stream(stream: Any, deadline: Deadline) -> str | None:
    """Return the whole output of a connection (`exec_start(socket=True)`), both streams in order.

    None when it did not end in time. The connection is closed."""
    raw, answer = getattr(stream, "_sock", stream), getattr(stream, "_response", None)
    try:
        return _read_until_eof(raw, _reader(raw, answer), deadline)
    finally:
        for connection in (answer, stream, raw):
            if connection is not None:
                connection.close()


def _reader(raw: Any, answer: Any) -> Callable[[int], bytes]:
    """Return a reader of the buffer that the response was read through: it holds bytes the socket no longer has.

    Over ssh there is none."""
    buffered = getattr(getattr(getattr(answer, "raw", None), "_fp", None), "fp", None)
    read: Callable[[int], bytes] = getattr(buffered, "read1", raw.recv)
    return read


def _read_until_eof(raw: Any, read: Callable[[int], bytes], deadline: Deadline) -> str | None:
    came = b""
    while left := deadline.remaining():
        raw.settimeout(left)
        try:
            part = read(_MAX_BYTES)
        except TimeoutError:
            return None
        if not part:
            return _demultiplex(came).decode(errors="replace").strip()
        came = (came + part)[:_MAX_BYTES]
    return None


def _demultiplex(came: bytes) -> bytes:
    output = b""
    while len(came) >= _HEAD.size:
        _, size = _HEAD.unpack_from(came)
        output += came[_HEAD.size : _HEAD.size + size]
        came = came[_HEAD.size + size :]
    return output
