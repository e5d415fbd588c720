"""The database's container: PostgreSQL as a child, and `GET /cpu`. When one of the two ends, so does the other."""

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
from gameday.demo.load.cpu import CpuShare
from gameday.errors import InternalError

LOOK_EVERY = 0.5
ANYWHERE = "\nhost all all all scram-sha-256\n"


def app(home: Path) -> Starlette:
    """PostgreSQL lives as long as the application; its data lie in `home`."""

    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        await _make_data(home)
        server = await asyncio.create_subprocess_exec(
            *postgres.postgres(home, 5432), "-c", "listen_addresses=*", process_group=0
        )
        application.state.cpu = CpuShare(server.pid)
        tasks = [asyncio.create_task(_look(application.state.cpu)), asyncio.create_task(_end_with(server))]
        yield
        for task in tasks:
            task.cancel()
        with suppress(ProcessLookupError):
            server.send_signal(signal.SIGQUIT)
        await server.wait()

    return Starlette(routes=[Route("/cpu", _cpu)], lifespan=lifespan)


async def _make_data(home: Path) -> None:
    """Once: a container that is started again has its data. The lock of a server that was killed is nobody's here."""
    (home / postgres.DATA / "postmaster.pid").unlink(missing_ok=True)
    if (home / postgres.DATA / "global" / "pg_control").exists():
        return
    secret = home / postgres.PASSWORD_FILE
    secret.write_text(PASSWORD)
    made = await asyncio.create_subprocess_exec(*postgres.initdb(home), stdout=asyncio.subprocess.DEVNULL)
    if await made.wait() != 0:
        raise InternalError("initdb failed")
    secret.unlink()
    with (home / postgres.DATA / "pg_hba.conf").open("a") as rules:
        rules.write(ANYWHERE)


async def _look(cpu: CpuShare) -> None:
    while True:
        await cpu.look(time.monotonic())
        await asyncio.sleep(LOOK_EVERY)


async def _end_with(server: asyncio.subprocess.Process) -> None:
    await server.wait()
    os.kill(os.getpid(), signal.SIGTERM)


async def _cpu(request: Request) -> Response:
    cpu: CpuShare = request.app.state.cpu
    return JSONResponse({"cpu": cpu.share()})
