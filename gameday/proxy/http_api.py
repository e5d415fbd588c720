"""Toxiproxy's HTTP API: routes, statuses and bodies. What they do is in `proxies`."""

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
from gameday.process_identity import current_process, namespace
from gameday.proxy import metrics, request_fields, responses
from gameday.proxy.api_auth import AccessPolicy, AuthMiddleware
from gameday.proxy.errors import ApiError
from gameday.proxy.proxy_collection import ProxyEntry
from gameday.proxy.responses import answer
from gameday.proxy.state_file import State

EXTENSIONS = ["expires_in", "mark", "tombstones", "connect", "stall", "refuse", "state", "seed", "unix"]
"""What this server has beyond the original; `GET /version` names them."""

ALL_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
LARGEST_BODY = 4 * 1024 * 1024

Handler = Callable[[Request], Awaitable[Response]]


def api(state: State, access: AccessPolicy | None = None, asked: metrics.MetricsSelection = metrics.NONE) -> Starlette:
    """The application. It keeps no state of its own."""
    calls = Endpoints(state, asked)
    app = Starlette(
        routes=[
            *([Route("/metrics", calls.metrics, methods=ALL_METHODS)] if asked.any else []),
            _route("/version", GET=calls.version),
            _route("/proxies", GET=calls.list, POST=calls.create),
            _route("/populate", POST=calls.populate),
            _route("/reset", POST=calls.reset),
            _route("/state", POST=calls.save),
            _route("/proxies/{proxy}", GET=calls.show, POST=calls.update, PATCH=calls.update, DELETE=calls.delete),
            _route("/proxies/{proxy}/toxics", GET=calls.toxics, POST=calls.add),
            _route(
                "/proxies/{proxy}/toxics/{toxic}",
                GET=calls.toxic,
                POST=calls.change,
                PATCH=calls.change,
                DELETE=calls.remove,
            ),
        ],
        exception_handlers={HTTPException: _no_route, ClientDisconnect: _gone},
        middleware=[Middleware(AuthMiddleware, access=access or AccessPolicy())],
    )
    app.router.redirect_slashes = False
    return app


class Endpoints:
    """One method a route and verb."""

    def __init__(self, state: State, asked: metrics.MetricsSelection) -> None:
        self._state = state
        self._proxies = state.proxies
        self._asked = asked

    async def version(self, _request: Request) -> Response:
        process = {**asdict(current_process()), "namespace": namespace()}
        shown = {"version": __version__, "gameday": True, "extensions": EXTENSIONS, "process": process}
        return Response(json.dumps(shown) + "\n", media_type="application/json;charset=utf-8")

    async def metrics(self, _request: Request) -> Response:
        return Response(metrics.text(self._proxies.all(), self._asked), headers={"Content-Type": metrics.CONTENT_TYPE})

    async def list(self, _request: Request) -> Response:
        return answer(self._proxies.shown())

    async def create(self, request: Request) -> Response:
        place = await self._proxies.create(request_fields.body_of(await _json(request)))
        return answer(place.shown(), 201)

    async def populate(self, request: Request) -> Response:
        done: list[ProxyEntry] = []
        try:
            await self._proxies.populate(request_fields.list_of(await _json(request)), done)
        except ApiError as error:
            shown = [place.shown() for place in done] or None
            return answer({"error": error.text, "status": error.status, "proxies": shown}, error.status)
        return answer({"proxies": [place.shown() for place in done] or None}, 201)

    async def reset(self, _request: Request) -> Response:
        self._proxies.reset()
        return Response(status_code=204)

    async def save(self, _request: Request) -> Response:
        return answer(self._state.save())

    async def show(self, request: Request) -> Response:
        return answer(self._place(request).shown())

    async def update(self, request: Request) -> Response:
        self._place(request)
        body = request_fields.body_of(await _json(request))
        return answer((await self._proxies.update(request.path_params["proxy"], body)).shown())

    async def delete(self, request: Request) -> Response:
        self._proxies.delete(request.path_params["proxy"])
        return Response(status_code=204)

    async def toxics(self, request: Request) -> Response:
        return answer([toxic.shown() for toxic in self._place(request).proxy.toxics])

    async def add(self, request: Request) -> Response:
        self._place(request)
        body = request_fields.body_of(await _json(request))
        return answer(self._proxies.add_toxic(request.path_params["proxy"], body).shown())

    async def toxic(self, request: Request) -> Response:
        return answer(self._place(request).proxy.toxic(request.path_params["toxic"]).shown())

    async def change(self, request: Request) -> Response:
        self._place(request).proxy.toxic(request.path_params["toxic"])
        body = request_fields.body_of(await _json(request))
        names = request.path_params
        return answer(self._proxies.update_toxic(names["proxy"], names["toxic"], body).shown())

    async def remove(self, request: Request) -> Response:
        self._proxies.remove_toxic(request.path_params["proxy"], request.path_params["toxic"])
        return Response(status_code=204)

    def _place(self, request: Request) -> ProxyEntry:
        return self._proxies.get(request.path_params["proxy"])


def _route(path: str, **handlers: Handler) -> Route:
    """As in the original, HEAD is no GET, and a verb that is not there is refused with nothing but the status."""

    async def handle(request: Request) -> Response:
        handler = handlers.get(request.method)
        if handler is None:
            return Response(status_code=405)
        try:
            response = await handler(request)
        except ApiError as error:
            response = responses.error(error.text, error.status)
        return responses.numbered(response)

    return Route(path, handle, methods=[*handlers, "HEAD"])


async def _json(request: Request) -> object:
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_BODY:
            raise ApiError(413, f"bad request body: more than {LARGEST_BODY} bytes")
    return request_fields.parse(bytes(raw))


async def _no_route(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return responses.plain("404 page not found\n", 404)
    return Response(status_code=error.status_code)


async def _gone(_request: Request, _error: Exception) -> Response:
    return responses.plain("the client went away\n", 400)
