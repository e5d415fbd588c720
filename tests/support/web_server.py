"""A drill with people at a real terminal, its pages served by `gameday web`, and browsers without a screen."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import psutil
from support.drill_folder import eventually
from support.facilitated_drill import kinds
from support.proxy_drill import Place
from support.pty_terminal import Terminal

HEADINGS = {
    "Responders": "responders", "Incident commander": "ic", "Mentor": "mentor", "Observer": "observer",
    "Wall screen": "wall",
}  # fmt: skip


@contextmanager
def open_desk(place: Place) -> Iterator[Terminal]:
    """Start the drill and its desk, up to the briefing."""
    desk = Terminal(["run", "late.yaml", "--roster", "roster.yaml"], place.folder, {**place.env, "LANG": "C.UTF-8"})
    try:
        desk.until("7 facilitator")
        yield desk
    finally:
        desk.end()


def start_drill(desk: Terminal, place: Place) -> None:
    """Start the drill, and wait until its fault has an effect."""
    desk.until("Press b to start")
    desk.asked("b", "Start the drill?", "y")
    desk.until("since the start")
    eventually(lambda: "effect" in kinds(place), "the fault's effect")


class PageProcess:
    """`gameday web` as a process; `urls`: the link of each page."""

    def __init__(self, place: Place, *options: str) -> None:
        command = [sys.executable, "-m", "gameday", "web", "--listen", "127.0.0.1:0", *options]
        self._output = place.folder / "web.txt"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=place.folder, env=place.env, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        eventually(lambda: "Ctrl-C ends the pages" in self.output, "the links")
        self.urls = {
            HEADINGS[name]: url for name, url in re.findall(r"^(\w[\w ]*?) {2,}(http\S+)$", self.output, re.MULTILINE)
        }
        eventually(lambda: self.serving, "the serving process")

    @property
    def address(self) -> str:
        """Where it listens, whatever its links say."""
        [connection] = [
            each for each in psutil.Process(self.process.pid).net_connections("tcp") if each.status == "LISTEN"
        ]
        return f"http://127.0.0.1:{connection.laddr.port}"

    @property
    def output(self) -> str:
        return self._output.read_text()

    @property
    def serving(self) -> set[int]:
        """The process that serves now; empty between two of them."""
        return {child.pid for child in psutil.Process(self.process.pid).children() if child.status() != "zombie"}

    def kill_child(self) -> None:
        """Kill the serving process, and wait for the next one."""
        [killed] = self.serving
        psutil.Process(killed).kill()
        eventually(lambda: self.serving - {killed}, "the next serving process")

    def end(self) -> None:
        if self.process.poll() is not None:
            return
        serving = self.serving
        self.process.terminate()
        self.process.wait(20.0)
        eventually(lambda: not any(map(psutil.pid_exists, serving)), "the end of the serving process")
        assert "Traceback" not in self.output and "Cancel" not in self.output, self.output


class HttpBrowser:
    """Somebody who joined by a link, over HTTP alone. `received`: everything that came, headers too."""

    def __init__(self, url: str) -> None:
        self.received = ""
        self.base = url.partition("/join/")[0]
        self._client = httpx.Client(trust_env=False, follow_redirects=True, timeout=20.0)
        self._keep(self._client.get(url))
        self._keep(self._client.post(url))
        self._stream: threading.Thread | None = None
        self.has_ended = False

    def _keep(self, response: httpx.Response) -> str:
        self.received += f"{response.headers}{response.text}"
        assert response.status_code == 200, response.text
        return response.text

    def page(self) -> str:
        return self._keep(self._client.get(f"{self.base}/"))

    def send(self, action: str, /, **form: str) -> str:
        """Send a form of the page; return the page that follows."""
        match = re.search(r'name="form_token" value="(\w+)"', self.page())
        assert match is not None
        return self._keep(self._client.post(f"{self.base}/{action}", data={"form_token": match[1], **form}))

    def close(self) -> None:
        self.has_ended = True
        if self._stream is not None:
            self._stream.join(20.0)
        self._client.close()

    def follow(self) -> None:
        """Receive the stream in a thread, as a page with JavaScript does; connect again when it breaks."""
        self._stream = threading.Thread(target=self._read_stream, daemon=True)
        self._stream.start()

    def _read_stream(self) -> None:
        pause = threading.Event()
        while not self.has_ended:
            with suppress(httpx.HTTPError), self._client.stream("GET", f"{self.base}/events") as response:
                if response.status_code == 401:
                    self.has_ended = True
                for line in response.iter_lines():
                    self.received += line
                    if self.has_ended:
                        return
                    if line.startswith("data: ") and json.loads(line[6:]).get("ended"):
                        self.has_ended = True
            pause.wait(0.2)


class Served:
    """Page servers and browsers of a test, all of which are closed after it."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._processes: list[PageProcess] = []
        self._browsers: list[HttpBrowser] = []

    def start(self, *options: str) -> PageProcess:
        """Serve the pages of the running drill."""
        self._processes.append(PageProcess(self._place, *options))
        return self._processes[-1]

    def join(self, url: str) -> HttpBrowser:
        """Join by a link."""
        self._browsers.append(HttpBrowser(url))
        return self._browsers[-1]

    def close(self) -> None:
        for process in self._processes:
            process.end()
        for started in psutil.process_iter():  # by `gameday run --link`: it outlives its terminal
            with suppress(psutil.Error):
                is_own = started.environ().get("GAMEDAY_RUNTIME") == self._place.env["GAMEDAY_RUNTIME"]
                if is_own and started.cmdline()[3:4] == ["web"]:
                    started.terminate()
        for browser in self._browsers:
            browser.close()
