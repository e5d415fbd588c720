"""Toxiproxy's HTTP API: routes, handlers, and this server's extensions."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from gameday import __version__
from gameday.process_identity import current_process, pid_namespace
from gameday.proxy import api_responses, request_fields
from gameday.proxy.api_auth import AccessPolicy, AuthMiddleware
from gameday.proxy.api_responses import json_response
from gameday.proxy.errors import ApiError
from gameday.proxy.metrics import CONTENT_TYPE, NO_METRICS, MetricsSelection, render_metrics
from gameday.proxy.proxy_collection import ProxyEntry
from gameday.proxy.request_fields import Body
from gameday.proxy.state_file import StateFile

EXTENSIONS = ["expires_in", "mark", "tombstones", "connect", "stall", "refuse", "state", "seed", "unix"]
"""Features beyond Toxiproxy's, as `GET /version` names them."""

ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
MAX_BODY_BYTES = 4 * 1024 * 1024

Handler = Callable[[Request], Awaitable[Response]]


def create_app(
    state: StateFile, policy: AccessPolicy | None = None, metrics: MetricsSelection = NO_METRICS
) -> Starlette:
    """Create the application. It keeps no state of its own."""
    handlers = ApiHandlers(state, metrics)
    app = Starlette(
        routes=_routes(handlers, metrics),
        exception_handlers={HTTPException: _handle_http_error, ClientDisconnect: _handle_disconnect},
        middleware=[Middleware(AuthMiddleware, policy=policy or AccessPolicy())],
    )
    app.router.redirect_slashes = False
    return app


class ApiHandlers:
    """One method for each route and HTTP method."""

    def __init__(self, state: StateFile, metrics: MetricsSelection) -> None:
        self._state = state
        self._proxies = state.proxies
        self._metrics = metrics

    async def get_version(self, _request: Request) -> Response:
        process = {**asdict(current_process()), "namespace": pid_namespace()}
        version = {"version": __version__, "gameday": True, "extensions": EXTENSIONS, "process": process}
        return Response(json.dumps(version) + "\n", media_type="application/json;charset=utf-8")

    async def get_metrics(self, _request: Request) -> Response:
        text = render_metrics(self._proxies.proxies(), self._metrics)
        return Response(text, headers={"Content-Type": CONTENT_TYPE})

    async def list_proxies(self, _request: Request) -> Response:
        return json_response(self._proxies.as_json())

    async def create_proxy(self, request: Request) -> Response:
        entry = await self._proxies.create(await _read_body(request))
        return json_response(entry.as_json(), 201)

    async def populate(self, request: Request) -> Response:
        completed: list[ProxyEntry] = []
        try:
            await self._proxies.populate(request_fields.require_objects(await _read_json(request)), completed)
        except ApiError as error:
            proxies = [entry.as_json() for entry in completed] or None
            return json_response({"error": error.text, "status": error.status, "proxies": proxies}, error.status)
        return json_response({"proxies": [entry.as_json() for entry in completed] or None}, 201)

    async def reset(self, _request: Request) -> Response:
        self._proxies.reset()
        return Response(status_code=204)

    async def save_state(self, _request: Request) -> Response:
        return json_response(self._state.save())

    async def get_proxy(self, request: Request) -> Response:
        return json_response(self._entry(request).as_json())

    async def update_proxy(self, request: Request) -> Response:
        self._entry(request)
        body = await _read_body(request)
        return json_response((await self._proxies.update(request.path_params["proxy"], body)).as_json())

    async def delete_proxy(self, request: Request) -> Response:
        self._proxies.delete(request.path_params["proxy"])
        return Response(status_code=204)

    async def list_toxics(self, request: Request) -> Response:
        return json_response([toxic.as_json() for toxic in self._entry(request).proxy.toxics])

    async def add_toxic(self, request: Request) -> Response:
        self._entry(request)
        body = await _read_body(request)
        return json_response(self._proxies.add_toxic(request.path_params["proxy"], body).as_json())

    async def get_toxic(self, request: Request) -> Response:
        return json_response(self._entry(request).proxy.find_toxic(request.path_params["toxic"]).as_json())

    async def update_toxic(self, request: Request) -> Response:
        self._entry(request).proxy.find_toxic(request.path_params["toxic"])
        body = await _read_body(request)
        names = request.path_params
        return json_response(self._proxies.update_toxic(names["proxy"], names["toxic"], body).as_json())

    async def remove_toxic(self, request: Request) -> Response:
        self._proxies.remove_toxic(request.path_params["proxy"], request.path_params["toxic"])
        return Response(status_code=204)

    def _entry(self, request: Request) -> ProxyEntry:
        return self._proxies.get(request.path_params["proxy"])


def _routes(api: ApiHandlers, metrics: MetricsSelection) -> list[Route]:
    proxy, toxic = "/proxies/{proxy}", "/proxies/{proxy}/toxics/{toxic}"
    update_proxy, update_toxic = api.update_proxy, api.update_toxic
    return [
        *([Route("/metrics", api.get_metrics, methods=ALL_METHODS)] if metrics.any else []),
        _route("/version", GET=api.get_version),
        _route("/proxies", GET=api.list_proxies, POST=api.create_proxy),
        _route("/populate", POST=api.populate),
        _route("/reset", POST=api.reset),
        _route("/state", POST=api.save_state),
        _route(proxy, GET=api.get_proxy, POST=update_proxy, PATCH=update_proxy, DELETE=api.delete_proxy),
        _route(f"{proxy}/toxics", GET=api.list_toxics, POST=api.add_toxic),
        _route(toxic, GET=api.get_toxic, POST=update_toxic, PATCH=update_toxic, DELETE=api.remove_toxic),
    ]


def _route(path: str, **handlers: Handler) -> Route:
    """Create a route that answers other methods by a bare 405, as Toxiproxy does."""

    async def handle(request: Request) -> Response:
        handler = handlers.get(request.method)
        if handler is None:
            return Response(status_code=405)
        try:
            response = await handler(request)
        except ApiError as error:
            response = api_responses.error_response(error.text, error.status)
        return api_responses.with_request_id(response)

    return Route(path, handle, methods=[*handlers, "HEAD"])


async def _read_body(request: Request) -> Body:
    return request_fields.require_object(await _read_json(request))


async def _read_json(request: Request) -> object:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY_BYTES:
            raise ApiError(413, f"bad request body: more than {MAX_BODY_BYTES} bytes")
    return request_fields.parse_json(bytes(raw))


async def _handle_http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return api_responses.text_response("404 page not found\n", 404)
    return Response(status_code=error.status_code)


async def _handle_disconnect(_request: Request, _error: Exception) -> Response:
    return api_responses.text_response("the client disconnected\n", 400)
