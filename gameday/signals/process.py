"""The process probe: a command that prints a number, and optionally its sample size."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from typing_extensions import override

from gameday.clients.http_client import HttpClient
from gameday.model import SignalBinding
from gameday.plugins.probe import Measurement, MeasurementError, Probe
from gameday.signals import settings

MAX_OUTPUT_BYTES = 4096
"""Bytes of output that are read."""


def parse_output(output: bytes) -> Measurement:
    """Parse `0.97` or `0.97 120`. Raises MeasurementError."""
    words = output.split()
    try:
        if len(words) in (1, 2):
            return Measurement(float(words[0]), int(words[1]) if len(words) == 2 else 1)
    except ValueError:
        pass
    raise MeasurementError("the command did not print a number (and, if it knows it, the sample size)")


class ProcessProbe(Probe):
    """Runs the command in a process group of its own, which is killed as a whole at the timeout."""

    def __init__(self, run: tuple[str, ...], timeout: float) -> None:
        self._run, self._timeout = run, timeout

    @override
    async def read(self) -> Measurement:
        async with _output() as (output, writes):
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._run, stdin=DEVNULL, stdout=writes, stderr=DEVNULL, start_new_session=True
                )
            except (OSError, ValueError) as error:
                raise MeasurementError(f"the command cannot be run ({type(error).__name__})") from None
            finally:
                os.close(writes)
            text, code = await self._finish(process, output)
        if code != 0:
            raise MeasurementError(f"the command ended with code {code}")
        return parse_output(text)

    @override
    async def close(self) -> None: ...

    async def _finish(self, process: Process, output: asyncio.StreamReader) -> tuple[bytes, int]:
        """Return the output and exit code, and kill a group that has not finished.

        Until the output ends, the group has a member (someone holds it open), so its number cannot be reused."""
        ended = False
        try:
            async with asyncio.timeout(self._timeout):
                result = await _bounded(output), await process.wait()
            ended = True
            return result
        finally:
            if not ended:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()


@asynccontextmanager
async def _output() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
    """Open a pipe to read from and to write to.

    With asyncio's own, `wait` would wait for the end of the output: a command may print forever."""
    reads, writes = os.pipe()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reads, "rb", 0))
    try:
        yield reader, writes
    finally:
        transport.close()


async def _bounded(output: asyncio.StreamReader) -> bytes:
    text = b""
    while chunk := await output.read(MAX_OUTPUT_BYTES):
        text += chunk
        if len(text) > MAX_OUTPUT_BYTES:
            raise MeasurementError("the command printed more than a number")
    return text


def open_process(binding: SignalBinding, web: HttpClient) -> Probe:  # noqa: ARG001  # one shape for all probes
    return ProcessProbe(settings.required_texts(binding, "run"), settings.read_timeout_s(binding))
