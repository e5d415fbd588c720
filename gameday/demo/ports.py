"""Ports of 127.0.0.1: find a free port, announce it, and check which process listens on it."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import psutil

from gameday.atomic_file import write_atomically


def free_port() -> int:
    """Return a port that is free at this moment; another process may take it, so the caller must retry."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bind_free_port() -> socket.socket:
    """Return a socket bound to a free port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    return listener


def is_listening(pid: int, port: int) -> bool:
    """Return True if that very process listens on the port; another process that took the port does not count."""
    try:
        sockets = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return False
    return any(sock.status == psutil.CONN_LISTEN and sock.laddr.port == port for sock in sockets)


def announce_port(file: Path, port: int) -> None:
    """Write the port to the file at once, so that a reader finds all of it or nothing."""
    write_atomically(file, f"{port}\n")


def read_announced_port(file: Path) -> int | None:
    """Return the announced port, or None if there is none yet."""
    try:
        numbers = re.findall(r"\d+", file.read_text())
    except OSError:
        return None
    return int(numbers[-1]) if numbers else None
