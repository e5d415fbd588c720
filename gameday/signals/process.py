"""The process probe: a command that prints a number, and optionally its sample size."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from typing_extensions import override

from gameday.clients.foreign_text import last_line
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
    raise MeasurementError("the command must print a number, optionally followed by the sample size")


class ProcessProbe(Probe):
    """Runs the command in a process group of its own, in the folder of gameday.yaml; the group ends with it."""

    def __init__(self, run: tuple[str, ...], timeout: float, folder: str) -> None:
        self._run, self._timeout, self._folder = run, timeout, folder or None

    @override
    async def read(self) -> Measurement:
        async with _pipe() as (output, writes), _pipe() as (errors, error_writes):
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._run, stdin=DEVNULL, stdout=writes, stderr=error_writes, start_new_session=True,
                    cwd=self._folder,
                )  # fmt: skip
            except (OSError, ValueError) as error:
                raise MeasurementError(f"cannot run the command: {_start_failure(error, self._folder)}") from None
            finally:
                os.close(writes)
                os.close(error_writes)
            text, message, code = await self._finish(process, output, errors)
        if code != 0:
            raise MeasurementError(f"the command failed with exit code {code}{f': {message}' if message else ''}")
        return parse_output(text)

    @override
    async def close(self) -> None: ...

    async def _finish(
        self, process: Process, output: asyncio.StreamReader, errors: asyncio.StreamReader
    ) -> tuple[bytes, str, int]:
        """Return the output, the last line of stderr and the exit code; nothing of the group is left."""
        printed, ended = asyncio.ensure_future(_bounded(output)), asyncio.ensure_future(process.wait())
        tail = asyncio.ensure_future(_tail(errors))
        try:
            async with asyncio.timeout(self._timeout):
                await asyncio.wait([printed, ended], return_when=asyncio.FIRST_COMPLETED)
                if not printed.done():
                    _kill_group(process.pid)  # children may hold the output open
                return await printed, last_line(await tail if await ended else b""), await ended
        finally:
            _kill_group(process.pid)
            for task in (printed, tail):
                task.cancel()
            await ended


def _kill_group(leader: int) -> None:
    """Kill what is left of a group. Its number is reused only after all others, which takes far longer."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _start_failure(error: Exception, folder: str | None) -> str:
    if folder and not Path(folder).is_dir():
        return f"the folder {folder} does not exist"
    if isinstance(error, FileNotFoundError):
        return "not found"
    return "not executable" if isinstance(error, PermissionError) else type(error).__name__


@asynccontextmanager
async def _pipe() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
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
            raise MeasurementError("the command printed more than a number and a sample size")
    return text


async def _tail(errors: asyncio.StreamReader) -> bytes:
    """Read to the end, and return the last part."""
    text = b""
    while chunk := await errors.read(MAX_OUTPUT_BYTES):
        text = (text + chunk)[-MAX_OUTPUT_BYTES:]
    return text


def open_process(binding: SignalBinding, web: HttpClient) -> Probe:  # noqa: ARG001  # one shape for all probes
    return ProcessProbe(settings.required_texts(binding, "run"), settings.read_timeout_s(binding), binding.folder)
