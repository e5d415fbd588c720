"""Sessions of browsers: a cookie with the link's token, a form token against forged requests, notices for one page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import Response

from gameday.web.links import Links, links_state, read_links
from gameday.web.rights import PageRole

MAX_NOTICES = 1024


class Sessions:
    """Sessions of one drill. The cookie is the link's token, so that a new server process knows every browser."""

    def __init__(self, drill: str, links: Links, *, secure: bool) -> None:
        """`secure`: browsers send the cookie over TLS only."""
        self._drill, self._links, self._secure = drill, links, secure
        self._links_state: tuple[int, ...] = ()
        self._cookie = f"__Host-{drill}" if secure else drill
        self._notices: OrderedDict[str, str] = OrderedDict()

    def role_of(self, token: str) -> PageRole | None:
        """Return the role that a token opens now; None for an unknown, revoked or expired one.

        The file is looked at each time: another command may have revoked a link. It is gone once the drill is closed,
        and the last known links then open its last page."""
        state = links_state(self._drill)
        if state != self._links_state:
            self._links, self._links_state = read_links(self._drill) or self._links, state
        return self._links.role_of(token)

    def token(self, request: Request) -> str:
        """Return the token of the browser's cookie; empty without one."""
        return request.cookies.get(self._cookie, "")

    def open(self, response: Response, token: str) -> None:
        """Give the browser the session of a link."""
        response.set_cookie(self._cookie, token, httponly=True, samesite="strict", secure=self._secure, path="/")

    def close(self, response: Response) -> None:
        """Take the session from the browser."""
        response.delete_cookie(self._cookie, httponly=True, samesite="strict", secure=self._secure, path="/")

    def chosen_role(self, request: Request) -> str:
        """Return the role that this browser's statements have; empty for none."""
        return request.cookies.get(f"{self._cookie}-role", "")

    def choose_role(self, response: Response, role: str) -> None:
        """Let the browser keep the role for its next statements."""
        name = f"{self._cookie}-role"
        response.set_cookie(name, role, httponly=True, samesite="strict", secure=self._secure, path="/")

    def add_notice(self, text: str) -> str:
        """Keep a sentence for the next page; return the id that shows it once."""
        number = secrets.token_urlsafe(6)
        self._notices[number] = text
        if len(self._notices) > MAX_NOTICES:
            self._notices.popitem(last=False)
        return number

    def take_notice(self, number: str) -> str:
        """Return the sentence with this id, and forget it; empty if there is none."""
        return self._notices.pop(number, "")


def form_token(token: str) -> str:
    """Return what a form must contain: other sites cannot know it, since they cannot read the cookie."""
    return hashlib.sha256(b"form:" + token.encode("utf-8", "replace")).hexdigest()[:32]


def is_same_site(request: Request) -> bool:
    """Return False if a browser says that another site sent the request (Fetch Metadata, Origin)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin", "")
    return not origin or origin.partition("://")[2] == request.headers.get("host", "")


def is_forged(request: Request, form_value: str, token: str) -> bool:
    """Return True if the form was not sent from a page of this session."""
    return not is_same_site(request) or not hmac.compare_digest(form_value.encode(), form_token(token).encode())
