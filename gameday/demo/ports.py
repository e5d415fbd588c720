"""Ports of 127.0.0.1: free ones, announced ones, and whose they are."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import psutil


def free_port() -> int:
    """A port that nobody holds at this moment; whoever uses it must be ready to lose it and try again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bound() -> socket.socket:
    """A socket that holds a free port of its own."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return held


def listens(pid: int, port: int) -> bool:
    """Does that process itself listen there? A stranger who took the port in between does not count."""
    try:
        sockets = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return False
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in sockets)


def announce(file: Path, port: int) -> None:
    """Write the port so that a reader finds all of it or nothing."""
    draft = file.with_suffix(".new")
    draft.write_text(f"{port}\n")
    draft.replace(file)


def announced(file: Path) -> int | None:
    """The port that was announced, None as long as there is none."""
    try:
        numbers = re.findall(r"\d+", file.read_text())
    except OSError:
        return None
    return int(numbers[-1]) if numbers else None
