"""The web application of one drill: join by a link, the page, its live part, and its forms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from gameday.drill.control.client import DrillClient
from gameday.web.form_actions import Forbidden, Form, is_rejection, perform
from gameday.web.live_drill import LiveDrill
from gameday.web.pages import Pages
from gameday.web.rate_limit import RateLimit
from gameday.web.request_guard import RequestGuard
from gameday.web.rights import CLAIMABLE, Action, PageRole
from gameday.web.sessions import Sessions, is_forged, is_same_site

Endpoint = Callable[[Request], Awaitable[Response]]
MAX_FORM_BYTES = 16 * 1024
HEARTBEAT_S = 3.0
"""Time between two messages of a stream without a change, so that the browser knows that it is connected."""
UNLIMITED = frozenset({Action.STOP, Action.END})
"""STOP must work for a browser that has used up its requests, too."""
SHOWN_WITHIN_S = 0.5
MAX_STOPS_AT_ONCE = 8
"""STOP has threads of its own, and never waits for other requests to a drill that does not respond."""
_NOT_JOINED = ("Not joined", "Open the link that you were sent, and press Join. It may have expired or been revoked.")


class DrillApplication:
    """Endpoints of one drill's pages."""

    def __init__(self, live: LiveDrill, client: DrillClient, sessions: Sessions) -> None:
        self._live, self._client, self._sessions = live, client, sessions
        self.pages = Pages(live)
        self._statements = RateLimit(live.clock, burst=20, per_second=1.0)
        self._wrong_links = RateLimit(live.clock, burst=30, per_second=0.5)
        self._stops = ThreadPoolExecutor(MAX_STOPS_AT_ONCE, thread_name_prefix="stop")

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
        return HTMLResponse(self.pages.drill_page(role, token, self._sessions.chosen_role(request), notice))

    async def _join(self, request: Request) -> Response:
        token = request.path_params["token"]
        role = self._sessions.role_of(token)
        if role is None and not self._wrong_links.admits(_peer(request)):
            raise HTTPException(429, "Too many attempts. Wait a minute.")
        if role is None:
            raise HTTPException(404, "This link is not valid: it may have expired, or been revoked or renewed.")
        if request.method != "POST":
            return HTMLResponse(self.pages.join_page(role))
        if not is_same_site(request):
            raise HTTPException(403, "Press Join on the page that the link opens.")
        response = RedirectResponse("/", 303)
        self._sessions.open(response, token)
        return response

    async def _leave(self, request: Request) -> Response:
        await self._read_form(request)
        response = HTMLResponse(
            self.pages.message_page("You left the page", "The drill continues. Open your link to join again.")
        )
        self._sessions.close(response)
        return response

    async def _state(self, request: Request) -> Response:
        role, token = self._identify(request)
        return Response(self.pages.update(role, token, self._live.version), media_type="application/json")

    async def _stream(self, request: Request) -> Response:
        self._identify(request)
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return StreamingResponse(self._updates(request), media_type="text/event-stream")

    async def _updates(self, request: Request) -> AsyncIterator[str]:
        """Yield the live part after every change; a slow browser gets the latest only, so nothing piles up."""
        seen = -1
        yield "retry: 1000\n\n"
        token = self._sessions.token(request)
        while not self._live.is_shutting_down and (role := self._sessions.role_of(token)) is not None:
            version = self._live.version if seen < 0 else await self._live.wait_for_change(seen, HEARTBEAT_S)
            has_ended = self._live.is_closed
            is_news = version != seen
            text = self.pages.update(role, token, version, seen) if is_news else self.pages.heartbeat()
            yield f"data: {text}\n\n"
            if has_ended:
                return
            seen = version

    def _form_endpoint(self, action: Action) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            role, token = self._identify(request)
            form = await self._read_form(request)
            if action not in UNLIMITED and not self._statements.admits(f"{token} {_peer(request)}"):
                raise HTTPException(429, "Too many requests. Wait a few seconds; STOP works at any time.")
            version = self._live.version
            try:
                text = await self._perform(action, role, form)
            except Forbidden as error:
                raise HTTPException(403, f"{error}.") from error
            if not is_rejection(text):  # without JavaScript too, the page that follows shows it
                await self._live.wait_for_change(version, SHOWN_WITHIN_S)
            response = RedirectResponse(f"/?notice={self._sessions.add_notice(text)}", 303)
            self._keep_role(request, response, action, "" if is_rejection(text) else form.get("role", ""))
            return response

        return endpoint

    async def _perform(self, action: Action, role: PageRole, form: Form) -> str:
        if action not in UNLIMITED:
            return await run_in_threadpool(perform, action, role, form, self._client)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._stops, perform, action, role, form, self._client)

    def _keep_role(self, request: Request, response: Response, action: Action, role: str) -> None:
        """Let the browser keep the role that its person speaks with, until it is handed over."""
        if role in CLAIMABLE and action in (Action.STATEMENT, Action.CLAIM):
            self._sessions.choose_role(response, role)
        elif action is Action.HANDOVER and role == self._sessions.chosen_role(request):
            self._sessions.choose_role(response, "")

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
        try:
            form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=16))
        except ValueError:
            form = {}
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
        page = self.pages.message_page(heading, text, back=back)
        return HTMLResponse(page, error.status_code, headers=error.headers)

    async def show_failure(self, _request: Request, _error: Exception) -> Response:
        """Return a page for a fault of this program, which says how STOP works without it."""
        text = "The page could not be shown. Reload it. To stop the drill meanwhile, tell the facilitator."
        return HTMLResponse(self.pages.message_page("Not possible now", text, back=True), 500)


def create_application(live: LiveDrill, client: DrillClient, sessions: Sessions, hosts: frozenset[str]) -> ASGIApp:
    """Return the application; it answers only requests to one of `hosts` (`name:port`)."""
    endpoints = DrillApplication(live, client, sessions)
    application = Starlette(
        routes=endpoints.routes(), exception_handlers={HTTPException: endpoints.show_error, 500: endpoints.show_failure}
    )
    return RequestGuard(application, hosts)  # outside of Starlette, which answers failures itself


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC_TYPES:
        raise HTTPException(404)
    content = files("gameday.web").joinpath("static", name).read_bytes()
    return Response(content, media_type=_STATIC_TYPES[name], headers={"cache-control": "max-age=300"})


_STATIC_TYPES = {"style.css": "text/css", "live.js": "text/javascript"}


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""
