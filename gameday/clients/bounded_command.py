"""A command of the team whose output is read within a limit of bytes and time; nothing of it is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from gameday.clients.foreign_text import last_line
from gameday.clients.output_tail import MAX_OUTPUT_BYTES, whole_lines

CHUNK_BYTES = 4096


class CommandError(Exception):
    """A command that could not be run, failed, or printed too much. The text is for people."""


class OutputTooLong(CommandError):
    """A command that printed more than was allowed."""


async def read_command(run: Sequence[str], timeout: float, folder: str, max_bytes: int) -> bytes:
    """Run the command in a process group of its own, in `folder`, and return what it prints; the group ends with it.

    `timeout`: seconds; `max_bytes`: of output. Raises CommandError, also for an exit code other than 0, and
    TimeoutError."""
    async with _pipe() as (output, writes), _pipe() as (errors, error_writes):
        try:
            process = await asyncio.create_subprocess_exec(
                *run, stdin=DEVNULL, stdout=writes, stderr=error_writes, start_new_session=True, cwd=folder or None
            )
        except (OSError, ValueError) as error:
            raise CommandError(f"cannot run the command: {_start_failure(error, folder)}") from None
        finally:
            os.close(writes)
            os.close(error_writes)
        text, message, code = await _finish(process, output, errors, timeout, max_bytes)
    if code != 0:
        raise CommandError(f"the command failed with exit code {code}{f': {message}' if message else ''}")
    return text


async def _finish(
    process: Process, output: asyncio.StreamReader, errors: asyncio.StreamReader, timeout: float, max_bytes: int
) -> tuple[bytes, str, int]:
    """Return the output, the last line of stderr and the exit code; nothing of the group is left."""
    printed = asyncio.ensure_future(_bounded(output, max_bytes))
    ended, tail = asyncio.ensure_future(process.wait()), asyncio.ensure_future(_tail(errors))
    try:
        async with asyncio.timeout(timeout):
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


def _start_failure(error: Exception, folder: str) -> str:
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


async def _bounded(output: asyncio.StreamReader, max_bytes: int) -> bytes:
    text = b""
    while chunk := await output.read(CHUNK_BYTES):
        text += chunk
        if len(text) > max_bytes:
            raise OutputTooLong(f"the command printed more than {max_bytes} bytes")
    return text


async def _tail(errors: asyncio.StreamReader) -> bytes:
    """Read to the end, and return the last part."""
    text = b""
    while chunk := await errors.read(CHUNK_BYTES):
        text = (text + chunk)[-MAX_OUTPUT_BYTES:]
    return whole_lines(text, MAX_OUTPUT_BYTES)
