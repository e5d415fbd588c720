"""Pages of a drill without a server: the application in this process, and a browser that keeps its cookies."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import httpx
from starlette.types import ASGIApp
from support.desk import Noted
from support.drill_factory import DRILL, MONO, Row, event
from support.shipped_drill import plan

from gameday.app.attach import AttachedDrill
from gameday.clock import JumpClock
from gameday.drill.control.drill_registry import RunningDrill
from gameday.drill.state import DrillState, fold_event
from gameday.model import Mode, Role, Source
from gameday.store.paths import DataFolder
from gameday.store.protocols import DrillStore
from gameday.web.application import DrillApplication, create_application
from gameday.web.links import Links, create_links
from gameday.web.live_drill import LiveDrill
from gameday.web.rights import PageRole
from gameday.web.sessions import Sessions, form_token

HOST = "127.0.0.1:8480"
BASE = f"http://{HOST}"
BEGUN: tuple[Row, ...] = (
    (8.0, "go-ahead", {"roles": ["ic", "ops"]}, Source.HUMAN, Role.FACILITATOR),
    (9.0, "phase", {"before": "preflight", "after": "running"}, Source.RUNNER, None),
    (10.0, "start", {}, Source.RUNNER, None),
)
"""Events of a drill that has just started."""
STOPPED: tuple[Row, ...] = (
    (20.0, "stop", {"resumable": True}, Source.HUMAN, None),
    (21.0, "stop-reverted", {}, Source.RUNNER, None),
)
"""STOP, and everything is reverted."""


@dataclass
class WebDrill:
    """One drill's application; `client` only notes the requests that the drill would get."""

    links: Links
    mode: Mode = Mode.FACILITATED
    secure: bool = False
    clock: JumpClock = field(default_factory=lambda: JumpClock(MONO + 60.0))

    def __post_init__(self) -> None:
        self._shown = 0
        running = RunningDrill(DRILL, "demo", DataFolder(Path("/nowhere")))
        self.live = LiveDrill(AttachedDrill(running, cast("DrillStore", None), plan(self.mode), "", None), self.clock)
        self.live.actions = ("read-from-cache", "restart-database")
        self.client = Noted(DRILL, Path("/nowhere"), "")
        self.sessions = Sessions(DRILL, self.links, secure=self.secure)
        self.endpoints = DrillApplication(self.live, self.client, self.sessions)
        self.app: ASGIApp = create_application(self.live, self.client, self.sessions, frozenset({HOST}))
        self.state = DrillState()

    def show(self, *rows: Row) -> WebDrill:
        """Let these events happen."""
        for row in rows:
            self._shown += 1
            happened = replace(event(row), seq=self._shown)
            self.state = fold_event(self.state, happened)
            self.live.event(happened, self.state)
        self.live.tick(self.clock.monotonic(), self.state)
        return self

    def browser(self, role: PageRole | None = None) -> Browser:
        """Return a browser that has joined as the role; without one, it has no cookie."""
        browser = Browser(self.app)
        if role is not None:
            browser.token = self.links.tokens[role]
            browser.post(f"/join/{browser.token}")
        return browser


def open_drill(mode: Mode = Mode.FACILITATED, *, secure: bool = False) -> WebDrill:
    """Return the pages of a drill that has just started; its links are in the runtime folder."""
    return WebDrill(create_links(DRILL, BASE), mode, secure).show(*BEGUN)


class Browser:
    """Requests of one browser, without redirects; `token`: of the link that it joined with."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.cookies = httpx.Cookies()
        self.token = ""

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.request("GET", path, headers=headers)

    def post(self, path: str, form: Mapping[str, str] | None = None, **headers: str) -> httpx.Response:
        """Send a form with the token that its page has."""
        return self.request("POST", path, form={"form_token": form_token(self.token), **(form or {})}, headers=headers)

    def request(
        self, method: str, path: str, *, form: Mapping[str, str] | None = None, body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:  # fmt: skip
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=BASE, cookies=self.cookies) as client:
                named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
                response = await client.request(method, path, data=form, content=body, headers=named)
                self.cookies = client.cookies
                return response

        return asyncio.run(send())


def words_of(html: str) -> str:
    """Return the text of a page, without its elements."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())
