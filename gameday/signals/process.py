"""The process probe: a command that prints a number, and its sample size after it where it knows one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process

from gameday.model import SignalBinding
from gameday.signals import settings
from gameday.signals.measured import Measured, NoValue, Probe
from gameday.signals.web import Web

MOST = 4096
"""Bytes of output that are read."""


def printed(output: bytes) -> Measured:
    """`0.97` or `0.97 120`; raises NoValue."""
    words = output.split()
    try:
        if len(words) in (1, 2):
            return Measured(float(words[0]), int(words[1]) if len(words) == 2 else 1)
    except ValueError:
        pass
    raise NoValue("the command did not print a number (and, if it knows it, the sample size)")


class ProcessProbe:
    """Each question is a process in a group of its own, which ends at the time-out with all it started."""

    def __init__(self, run: tuple[str, ...], timeout: float) -> None:
        self._run, self._timeout = run, timeout

    async def read(self) -> Measured:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._run, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, start_new_session=True
            )
        except (OSError, ValueError) as error:
            raise NoValue(f"the command cannot be run ({type(error).__name__})") from None
        ended = False
        try:
            async with asyncio.timeout(self._timeout):
                output = await _bounded(process)
                code = await process.wait()
            ended = True
        finally:
            if not ended:
                await _end(process)
        if code != 0:
            raise NoValue(f"the command ended with code {code}")
        return printed(output)

    async def close(self) -> None: ...


async def _bounded(process: Process) -> bytes:
    assert process.stdout is not None
    output = b""
    while chunk := await process.stdout.read(MOST):
        output += chunk
        if len(output) > MOST:
            raise NoValue("the command printed more than a number")
    return output


async def _end(process: Process) -> None:
    """The group still has a member here (someone holds the output open), so its number is nobody else's."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def open_process(binding: SignalBinding, web: Web) -> Probe:  # noqa: ARG001  # one shape for all probes
    return ProcessProbe(settings.texts(binding, "run"), settings.timeout(binding))
