"""The web application of one drill: join by a link, the page, its live part, and its forms."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from gameday.drill.control.client import DrillClient
from gameday.web.form_actions import Forbidden, Form, perform
from gameday.web.live_drill import LiveDrill
from gameday.web.pages import Pages
from gameday.web.rate_limit import RateLimit
from gameday.web.request_guard import RequestGuard
from gameday.web.rights import Action, PageRole
from gameday.web.sessions import Sessions, is_forged, is_same_site

Endpoint = Callable[[Request], Awaitable[Response]]
MAX_FORM_BYTES = 16 * 1024
HEARTBEAT_S = 3.0
"""Time between two messages of a stream without a change, so that the browser knows that it is connected."""
UNLIMITED = frozenset({Action.STOP, Action.END})
"""STOP must work for a browser that has used up its requests, too."""
ROLE_COOKIE = "gameday-role"
_NOT_JOINED = ("Not joined", "Open the link that you were sent, and press Join. It may have expired or been revoked.")


class DrillApplication:
    """Endpoints of one drill's pages."""

    def __init__(self, live: LiveDrill, client: DrillClient, sessions: Sessions) -> None:
        self._live, self._client, self._sessions = live, client, sessions
        self._pages = Pages(client.list_actions())
        self._statements = RateLimit(live.clock, burst=20, per_second=1.0)
        self._joins = RateLimit(live.clock, burst=30, per_second=0.5)

    def routes(self) -> list[Route]:
        """Return every route: a test asks each of them in each role."""
        forms = [Route(f"/{action}", self._form_endpoint(action), methods=["POST"]) for action in Action]
        return [
            Route("/", self._show),
            Route("/join/{token}", self._join, methods=["GET", "POST"]),
            Route("/leave", self._leave, methods=["POST"]),
            Route("/state", self._state),
            Route("/events", self._stream),
            Route("/static/{name}", _static),
            *forms,
        ]

    async def _show(self, request: Request) -> Response:
        role, token = self._identify(request)
        notice = self._sessions.take_notice(request.query_params.get("notice", ""))
        chosen = request.cookies.get(ROLE_COOKIE, "")
        page = self._live.read(lambda board, now: self._pages.drill_page(board, now, role, token, chosen, notice))
        return HTMLResponse(page)

    async def _join(self, request: Request) -> Response:
        token = request.path_params["token"]
        if not self._joins.admits(_peer(request)):
            raise HTTPException(429, "Too many attempts. Wait a minute.")
        role = self._sessions.role_of(token)
        if role is None:
            raise HTTPException(404, "This link is not valid: it may have expired, or been revoked or renewed.")
        if request.method != "POST":
            return HTMLResponse(self._live.read(lambda board, _now: self._pages.join_page(board, role)))
        if not is_same_site(request):
            raise HTTPException(403, "Press Join on the page that the link opens.")
        response = RedirectResponse("/", 303)
        self._sessions.open(response, token)
        return response

    async def _leave(self, request: Request) -> Response:
        await self._read_form(request)
        response = HTMLResponse(self._pages.message_page("You left the drill", "Open your link to join again."))
        self._sessions.close(response)
        return response

    async def _state(self, request: Request) -> Response:
        role, token = self._identify(request)
        return JSONResponse(self._update(role, token))

    async def _stream(self, request: Request) -> Response:
        self._identify(request)
        return StreamingResponse(self._updates(request), media_type="text/event-stream")

    async def _updates(self, request: Request) -> AsyncIterator[str]:
        """Yield the live part after every change; a slow browser gets the latest only, so nothing piles up."""
        seen = -1
        yield "retry: 1000\n\n"
        while (role := self._sessions.role_of(token := self._sessions.token(request))) is not None:
            version = self._live.version if seen < 0 else await self._live.wait_for_change(seen, HEARTBEAT_S)
            update = {"now": self._live.clock.monotonic()} if version == seen else self._update(role, token)
            yield f"data: {json.dumps(update)}\n\n"
            if update.get("ended"):
                return
            seen = version

    def _update(self, role: PageRole, token: str) -> dict[str, object]:
        parts = self._live.read(lambda board, now: self._pages.live_parts(board, now, role, token))
        return {"now": self._live.clock.monotonic(), "parts": parts, "ended": self._live.is_closed}

    def _form_endpoint(self, action: Action) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            role, token = self._identify(request)
            form = await self._read_form(request)
            if action not in UNLIMITED and not self._statements.admits(token):
                raise HTTPException(429, "Too many requests. Wait a few seconds; STOP works at any time.")
            try:
                text = await run_in_threadpool(perform, action, role, form, self._client)
            except Forbidden as error:
                raise HTTPException(403, f"{error}.") from error
            return self._answer(text, form)

        return endpoint

    def _answer(self, text: str, form: Form) -> Response:
        response = RedirectResponse(f"/?notice={self._sessions.add_notice(text)}", 303)
        if "role" in form:
            response.set_cookie(ROLE_COOKIE, form["role"][:20], httponly=True, samesite="strict", path="/")
        return response

    def _identify(self, request: Request) -> tuple[PageRole, str]:
        """Return the role and the token of the browser. Raises HTTPException 401."""
        token = self._sessions.token(request)
        role = self._sessions.role_of(token)
        if role is None:
            raise HTTPException(401, _NOT_JOINED[1])
        return role, token

    async def _read_form(self, request: Request) -> Form:
        """Return the fields of a form that a page of this session sent. Raises HTTPException."""
        _role, token = self._identify(request)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MAX_FORM_BYTES:
                raise HTTPException(413, "The text is too long: at most 2000 characters.")
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=16))
        if is_forged(request, form.get("form_token", ""), token):
            raise HTTPException(403, "The form is not from a page of this drill. Reload the page, and try again.")
        return form

    async def show_error(self, request: Request, error: Exception) -> Response:
        """Return a page that says what is wrong and what to do."""
        assert isinstance(error, HTTPException)
        heading = {401: _NOT_JOINED[0], 403: "Not allowed", 404: "Not found", 405: "Not found"}.get(
            error.status_code, "Not possible now"
        )
        text = error.detail if error.status_code not in (404, 405) or "link" in error.detail else "No such page."
        back = self._sessions.role_of(self._sessions.token(request)) is not None
        page = self._pages.message_page(heading, text, back=back)
        return HTMLResponse(page, error.status_code, headers=error.headers)


def create_application(live: LiveDrill, client: DrillClient, sessions: Sessions, hosts: frozenset[str]) -> Starlette:
    """Return the application; it answers only requests to one of `hosts` (`name:port`)."""
    endpoints = DrillApplication(live, client, sessions)
    return Starlette(
        routes=endpoints.routes(),
        middleware=[Middleware(RequestGuard, hosts=hosts)],
        exception_handlers={HTTPException: endpoints.show_error},
    )


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC_TYPES:
        raise HTTPException(404)
    content = files("gameday.web").joinpath("static", name).read_bytes()
    return Response(content, media_type=_STATIC_TYPES[name], headers={"cache-control": "max-age=300"})


_STATIC_TYPES = {"style.css": "text/css", "live.js": "text/javascript"}


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""
