"""How the API answers: headers and forms as the original writes them."""

from __future__ import annotations

import json
import secrets

from starlette.responses import Response


def answer(value: object, status: int = 200) -> Response:
    """JSON as the original writes it, but in pure ASCII, so that no name can break it."""
    return Response(_json(value), status, media_type="application/json")


def plain(text: str, status: int) -> Response:
    return Response(text, status, headers={"X-Content-Type-Options": "nosniff"}, media_type="text/plain")


def error(text: str, status: int) -> Response:
    """As the original writes errors: JSON, called plain text."""
    return plain(_json({"error": text, "status": status}) + "\n", status)


def numbered(response: Response) -> Response:
    """With the header that the original gives to every answer of a route."""
    response.headers["X-Toxiproxy-Request-Id"] = secrets.token_hex(10)
    return response


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
