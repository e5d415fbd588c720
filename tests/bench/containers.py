"""Faults on many containers of a Docker engine: how fast they are made and taken back, and what a signal leaves."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator

import pytest
from bench import pause_containers, sigkill_recovery, signal_leftovers
from bench.container_fleet import herd
from bench.figure import Figure
from support.docker import docker_here


def figures() -> Iterator[Figure]:
    """None where no engine answers."""
    try:
        docker = docker_here()
    except pytest.skip.Exception as why:
        print(f"containers: not taken: {why}", file=sys.stderr)
        return
    # A shell that starts the bench in the background has it ignore INT, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with herd(docker) as made:
        yield from pause_containers.figures(made)
        yield from sigkill_recovery.figures(made)
        yield from signal_leftovers.figures(made)
