"""What a peer has not taken yet."""

from __future__ import annotations

import socket
from collections import deque
from itertools import islice

MAX_CHUNKS_PER_SEND = 64
"""Pieces that one call sends: chunks that were held may be small and many."""


class SendBuffer:
    """Bytes in order, and how many."""

    __slots__ = ("_pieces", "size")

    def __init__(self) -> None:
        self._pieces: deque[memoryview | bytes] = deque()
        self.size = 0

    def add(self, data: memoryview | bytes) -> None:
        self._pieces.append(data)
        self.size += len(data)

    def send(self, sock: socket.socket) -> None:
        """As much as the socket takes in one call. OSError as from a write."""
        sent = sock.sendmsg(list(islice(self._pieces, MAX_CHUNKS_PER_SEND)))
        self.size -= sent
        while sent:
            first = self._pieces.popleft()
            if sent < len(first):
                self._pieces.appendleft(memoryview(first)[sent:])
                return
            sent -= len(first)

    def clear(self) -> None:
        self._pieces.clear()
        self.size = 0
