"""The database container: PostgreSQL as a child process, and `GET /cpu`; when one ends, so does the other."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gameday.demo import postgres
from gameday.demo.containers.services import PASSWORD
from gameday.demo.load.cpu import ProcessCpu
from gameday.errors import InternalError

SAMPLE_INTERVAL_S = 0.5
ALLOW_ALL_HOSTS = "\nhost all all all scram-sha-256\n"


def create_app(home: Path) -> Starlette:
    """Return an application that runs PostgreSQL as long as it lives, with its data in `home`."""

    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        await _create_data(home)
        server = await asyncio.create_subprocess_exec(
            *postgres.server_command(home, 5432), "-c", "listen_addresses=*", process_group=0
        )
        application.state.cpu = ProcessCpu(server.pid)
        tasks = [asyncio.create_task(_sample(application.state.cpu)), asyncio.create_task(_end_after(server))]
        yield
        for task in tasks:
            task.cancel()
        with suppress(ProcessLookupError):
            server.send_signal(signal.SIGQUIT)
        await server.wait()

    return Starlette(routes=[Route("/cpu", _cpu)], lifespan=lifespan)


async def _create_data(home: Path) -> None:
    """Run initdb unless a restarted container has its data already; remove the lock of a killed server."""
    (home / postgres.DATA / "postmaster.pid").unlink(missing_ok=True)
    if (home / postgres.DATA / "global" / "pg_control").exists():
        return
    password_file = home / postgres.PASSWORD_FILE
    password_file.write_text(PASSWORD)
    process = await asyncio.create_subprocess_exec(*postgres.initdb_command(home), stdout=asyncio.subprocess.DEVNULL)
    if await process.wait() != 0:
        raise InternalError("initdb failed")
    password_file.unlink()
    with (home / postgres.DATA / "pg_hba.conf").open("a") as rules:
        rules.write(ALLOW_ALL_HOSTS)


async def _sample(cpu: ProcessCpu) -> None:
    while True:
        await cpu.sample(time.monotonic())
        await asyncio.sleep(SAMPLE_INTERVAL_S)


async def _end_after(server: asyncio.subprocess.Process) -> None:
    await server.wait()
    os.kill(os.getpid(), signal.SIGTERM)


async def _cpu(request: Request) -> Response:
    cpu: ProcessCpu = request.app.state.cpu
    return JSONResponse({"cpu": cpu.share()})
