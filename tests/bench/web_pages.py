"""The pages for browsers: how soon 200 of them see an event, what each costs; STOP and first paint in Chromium."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import psutil
from bench.figure import Figure, median_and_worst, ms, percentile
from bench.people import Running, solo_drill
from bench.stack import PATIENCE, stack, until
from support.chromium import PHONE, Chromium, Person, running_chromium

from gameday.store.sqlite import Store

CLIENTS, NOTES, STOPS = 200, 20, 30
PAINTS = 10
SEEN_WITHIN_S, STOPPED_WITHIN_S, PAINTED_WITHIN_S = 0.3, 1.0, 0.2
RESUME = "Resume: apply the faults again"
FIRST_PAINT = "(performance.getEntriesByName('first-contentful-paint')[0] || {startTime: null}).startTime"
MAX_KIB, MAX_PAGE_KB = 200.0, 60.0
WARM_UP_S = 1.0


@dataclass
class Pages:
    """`gameday web` beside a running drill, and one browser that joined as a responder."""

    drill: Running
    process: subprocess.Popen[str]
    browser: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=PATIENCE))

    link: str = ""

    def join(self, url: str) -> None:
        self.link = url
        self.browser.base_url = url.partition("/join/")[0]
        self.browser.post(url)

    @property
    def name(self) -> str:
        return self.drill.door.stem

    @property
    def kib(self) -> float:
        """Memory of the serving process."""
        return float(psutil.Process(self.process.pid).children()[0].memory_info().rss) / 1024

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())

    def send(self, action: str, **form: str) -> None:
        """Send a form of the page; its token is read before, as by somebody who sees the page."""
        match = re.search(r'name="form_token" value="(\w+)"', self.browser.get("/").text)
        assert match is not None
        answer = self.browser.post(f"/{action}", data={"form_token": match[1], **form})
        if answer.status_code != 303:
            raise RuntimeError(f"{action}: {answer.status_code}")

    def recorded_at(self, kind: str, text: str = "") -> list[float]:
        """Return when such events were appended (CLOCK_MONOTONIC)."""
        store = Store(self.drill.place.folder / "store" / "gameday.db")
        with contextlib.closing(store):
            return [
                event.at for event in store.events(self.name)
                if event.kind == kind and text in str(event.body)
            ]  # fmt: skip


def figures() -> Iterator[Figure]:
    """Measure everything on one drill."""
    with stack() as place:
        place.set_period("100ms")
        with solo_drill(place) as drill, _served(drill) as pages:
            yield from asyncio.run(_streams(pages))
            yield from _in_chromium(pages)
            yield _page_size(pages)


@contextlib.contextmanager
def _served(drill: Running) -> Iterator[Pages]:
    command = [sys.executable, "-m", "gameday", "web", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        command, cwd=drill.place.folder, env=drill.environment, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        pages = Pages(drill, process)
        try:
            assert process.stdout is not None
            pages.join(process.stdout.readline().split()[-1])
            yield pages
        finally:
            pages.browser.close()
            process.terminate()


async def _streams(pages: Pages) -> list[Figure]:
    host = str(pages.browser.base_url).partition("://")[2].strip("/")
    await asyncio.sleep(WARM_UP_S)
    before, seen = pages.kib, [_Stream() for _ in range(CLIENTS)]
    tasks = [asyncio.create_task(stream.read(host, pages.cookie)) for stream in seen]
    while not all(stream.is_open for stream in seen):
        await asyncio.sleep(0.01)
    late: list[float] = []
    pause = random.Random(1)
    for index in range(NOTES):
        word = f"note-{index:04}"
        await asyncio.sleep(pause.uniform(0.2, 0.5))
        await asyncio.to_thread(_note, pages, word)
        await asyncio.sleep(1.0)
        [appended] = pages.recorded_at("note", word)
        late += [stream.came[word] - appended for stream in seen if word in stream.came]
    memory = (pages.kib - before) / CLIENTS
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    lost, worst = NOTES * CLIENTS - len(late), percentile(late, 0.99)
    return [
        Figure(
            f"an event appended → received by {CLIENTS} open pages", f"p99 under {ms(SEEN_WITHIN_S)}, none lost",
            f"p99 {ms(worst)}, {median_and_worst(late)}, {lost} lost", "", len(late),
            worst < SEEN_WITHIN_S and not lost,
        ),
        Figure(
            "memory of the server for each open page", f"under {MAX_KIB:g} KiB", f"{memory:.0f} KiB", "", CLIENTS,
            memory < MAX_KIB,
        ),
    ]  # fmt: skip


class _Stream:
    """One open page; `came`: when each note arrived (CLOCK_MONOTONIC)."""

    def __init__(self) -> None:
        self.is_open = False
        self.came: dict[str, float] = {}

    async def read(self, host: str, cookie: str) -> None:
        name, _, port = host.partition(":")
        reader, writer = await asyncio.open_connection(name, int(port), limit=1 << 20)
        writer.write(f"GET /events HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode())
        try:
            while line := await reader.readline():
                self.is_open = self.is_open or line.startswith(b"data: ")
                for word in re.findall(rb"note-\d{4}", line):
                    self.came.setdefault(word.decode(), time.monotonic())
        finally:
            writer.close()


def _note(pages: Pages, word: str) -> None:
    from gameday.drill.control.client import DrillClient

    answer = DrillClient(pages.name, pages.drill.door).send_statement("note", word, None, 0.0)
    if not answer.startswith("Recorded"):
        raise RuntimeError(answer)


def _in_chromium(pages: Pages) -> Iterator[Figure]:
    with running_chromium() as chromium:
        yield _stop(pages, _joined(pages, chromium))
        yield _first_paint(pages, chromium)


def _joined(pages: Pages, chromium: Chromium) -> Person:
    """Return somebody who joined as a responder, in a browser context without any cache."""
    person = chromium.person()
    person.set_width(PHONE)
    person.join(pages.link)
    return person


def _stop(pages: Pages, person: Person) -> Figure:
    """Press STOP; the drill records that all is reverted once the engine confirmed it. Then resume."""
    watch, times = pages.drill.place.watch(), []
    for index in range(STOPS):
        watch.wait_until(clean=False)
        time.sleep(WARM_UP_S)
        pressed = person.click("STOP")
        until(lambda done=index + 1: len(pages.recorded_at("stop-reverted")) == done)  # type: ignore[misc]  # the loop's number
        times.append(pages.recorded_at("stop-reverted")[-1] - pressed)
        if not watch.is_clean():
            raise RuntimeError("a fault is present after the drill said that all are reverted")
        person.until(RESUME)
        person.press(RESUME)
    return Figure(
        "STOP pressed in Chromium → all faults verified as reverted", f"worst of {STOPS} under {STOPPED_WITHIN_S:g} s",
        median_and_worst(times), "", STOPS, max(times) < STOPPED_WITHIN_S,
    )  # fmt: skip


def _first_paint(pages: Pages, chromium: Chromium) -> Figure:
    """Load the page anew, each time without a cache; Chromium tells when it painted the first content."""
    times: list[float] = []
    for _ in range(PAINTS):
        person = _joined(pages, chromium)
        person.disable_cache()
        person.open(str(pages.browser.base_url))
        person.until("DRILL gd-")
        until(lambda: person.run(FIRST_PAINT) is not None)  # noqa: B023 - called at once
        times.append(person.run(FIRST_PAINT) / 1000)
    return Figure(
        f"first paint of the page in Chromium, {PHONE} px wide", f"worst of {PAINTS} under {ms(PAINTED_WITHIN_S)}",
        median_and_worst(times), "", PAINTS, max(times) < PAINTED_WITHIN_S,
    )  # fmt: skip


def _page_size(pages: Pages) -> Figure:
    addresses = ("/", "/static/style.css", "/static/live.js")
    size = sum(len(pages.browser.get(address).content) for address in addresses) / 1000
    return Figure(
        f"a page with {NOTES} statements, its style and its script", f"under {MAX_PAGE_KB:g} KB", f"{size:.0f} KB", "",
        1, size < MAX_PAGE_KB,
    )  # fmt: skip
