"""A hosted drill as a process, and guests who join it with the link that it prints."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from support.drill_folder import Site, eventually

WEB = 'web: {listen: "127.0.0.1:0"}\n'
_LINK = re.compile(r"Join: (http://\S+/join/\S+)")


class Hosted:
    """`gameday` with these words, which hosts a drill; its output grows in a file."""

    def __init__(self, place: Site, *words: str) -> None:
        self._file = Path(place.folder) / "hosted"
        with self._file.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gameday", *words], cwd=place.folder, env=place.env,
                stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    @property
    def out(self) -> str:
        return self._file.read_text()

    @property
    def link(self) -> str:
        """The responders' link, once it is printed."""
        eventually(lambda: _LINK.search(self.out) or self.process.poll() is not None, "the link")
        found = _LINK.search(self.out)
        assert found, self.out
        return found[1]

    def code(self) -> int:
        """Return the exit code, at the end."""
        return self.process.wait(120)


class Guest:
    """A browser that has joined. `via`: where it is answered, if a proxy in front of that has the link's address."""

    def __init__(self, link: str, via: str = "") -> None:
        self._base = link.rsplit("/join", 1)[0]
        self._via = via or self._base
        self._cookies: dict[str, str] = {}
        assert self._ask("GET", link).status_code == 200
        self._token = re.findall(r'form_token" value="(\w+)', self._ask("POST", link).text)[0]

    def page(self) -> str:
        return self._ask("GET", f"{self._base}/").text

    def post(self, path: str, **fields: str) -> str:
        """Send a form; return the page that follows."""
        return self._ask("POST", f"{self._base}/{path}", {"form_token": self._token, **fields}).text

    def _ask(self, method: str, url: str, form: dict[str, str] | None = None) -> httpx.Response:
        """Send a request with the cookies, also those for TLS alone, and follow its redirect."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"origin": self._base, "host": urlsplit(self._base).netloc, "cookie": cookies}
        with httpx.Client(headers=headers, trust_env=False, timeout=20.0) as browser:
            answer = browser.request(method, url.replace(self._base, self._via, 1), data=form)
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return self._ask("GET", self._base + answer.headers["location"]) if answer.is_redirect else answer
