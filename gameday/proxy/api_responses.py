"""HTTP responses with Toxiproxy's headers and formats."""

from __future__ import annotations

import json
import secrets

from starlette.responses import Response


def json_response(value: object, status: int = 200) -> Response:
    """Build a JSON response as Toxiproxy does, but in pure ASCII."""
    return Response(_compact_json(value), status, media_type="application/json")


def text_response(text: str, status: int) -> Response:
    """Build a plain-text response."""
    return Response(text, status, headers={"X-Content-Type-Options": "nosniff"}, media_type="text/plain")


def error_response(text: str, status: int) -> Response:
    """Build an error response: JSON declared as plain text, as Toxiproxy sends it."""
    return text_response(_compact_json({"error": text, "status": status}) + "\n", status)


def with_request_id(response: Response) -> Response:
    """Add the request id header that Toxiproxy sends with every response of a route."""
    response.headers["X-Toxiproxy-Request-Id"] = secrets.token_hex(10)
    return response


def _compact_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
