"""What a command in a container prints, until it has ended or its time is up: the SDK's own reading waits for ever."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from gameday.plugins.types import Deadline

_HEAD = struct.Struct(">BxxxL")
"""Before each piece, where there is no terminal: which stream, and how many bytes
(https://docs.docker.com/reference/api/engine/, ContainerAttach)."""
_MOST = 65_536
"""Bytes that are kept: it is read by a person."""


def read_stream(stream: Any, deadline: Deadline) -> str | None:
    """All that came on a connection of the SDK's (`exec_start(socket=True)`), both streams as they came; None when
    there was no end of it in time. The connection is closed."""
    raw, answer = getattr(stream, "_sock", stream), getattr(stream, "_response", None)
    try:
        return _read_until_eof(raw, _reader(raw, answer), deadline)
    finally:
        for one in (answer, stream, raw):
            if one is not None:
                one.close()


def _reader(raw: Any, answer: Any) -> Callable[[int], bytes]:
    """What came together with the head of the answer lies in the buffer that this was read through: the socket itself
    does not give it again. Over ssh there is none."""
    buffered = getattr(getattr(getattr(answer, "raw", None), "_fp", None), "fp", None)
    read: Callable[[int], bytes] = getattr(buffered, "read1", raw.recv)
    return read


def _read_until_eof(raw: Any, read: Callable[[int], bytes], deadline: Deadline) -> str | None:
    came = b""
    while left := deadline.remaining():
        raw.settimeout(left)
        try:
            part = read(_MOST)
        except TimeoutError:
            return None
        if not part:
            return _demultiplex(came).decode(errors="replace").strip()
        came = (came + part)[:_MOST]
    return None


def _demultiplex(came: bytes) -> bytes:
    said = b""
    while len(came) >= _HEAD.size:
        _, size = _HEAD.unpack_from(came)
        said += came[_HEAD.size : _HEAD.size + size]
        came = came[_HEAD.size + size :]
    return said
