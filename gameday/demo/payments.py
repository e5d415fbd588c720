"""`python -m gameday.demo.payments HOME`: the payment provider, an external service that takes its time."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gameday.demo.serve import serve

PORT_FILE = "payments.port"
PAYMENT_S = 0.3
"""Seconds for a payment. The provider is external, so a slow shop database does not change it."""


def create_app(settings: Path | None = None) -> Starlette:
    """Return the provider's web application: POST /pay. `settings`: file with other seconds, read each time."""

    async def pay(_: Request) -> Response:
        await asyncio.sleep(_read_seconds(settings))
        return JSONResponse({"paid": True})

    return Starlette(routes=[Route("/pay", pay, methods=["POST"])])


def _read_seconds(settings: Path | None) -> float:
    try:
        return float(settings.read_text()) if settings else PAYMENT_S
    except (OSError, ValueError):
        return PAYMENT_S


if __name__ == "__main__":
    serve(create_app(), Path(sys.argv[1]) / PORT_FILE)
