"""`python -m gameday.demo.payments HOME`: the payment provider, a service of somebody else's that takes its time."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gameday.demo.serve import serve

ANNOUNCED = "payments.port"
TAKES = 0.3
"""Seconds for a payment. It is outside, and does not care about our database."""


def app() -> Starlette:
    """POST /pay: paid, after a while."""
    return Starlette(routes=[Route("/pay", _pay, methods=["POST"])])


async def _pay(_: Request) -> Response:
    await asyncio.sleep(TAKES)
    return JSONResponse({"paid": True})


if __name__ == "__main__":
    serve(app(), Path(sys.argv[1]) / ANNOUNCED)
