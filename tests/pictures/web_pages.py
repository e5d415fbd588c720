"""Pictures of the pages for browsers, as PNG: served from a recorded drill, and shown by a real Chromium."""

from __future__ import annotations

import asyncio
import os
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import uvicorn
from pictures.recording import load_recording
from PIL import Image
from support.chromium import LAPTOP, PHONE, running_chromium
from support.desk import Noted

from gameday.app.attach import AttachedDrill
from gameday.clock import JumpClock
from gameday.drill.control.drill_registry import RunningDrill
from gameday.store.paths import DataFolder
from gameday.store.protocols import DrillStore
from gameday.web.application import create_application
from gameday.web.links import Links, create_links
from gameday.web.live_drill import LiveDrill
from gameday.web.rights import PageRole
from gameday.web.sessions import Sessions

ACTIONS = ("read-from-cache", "restart-database", "shed-optional-work")


@dataclass
class ServedRecording:
    """A drill that stands at one moment; `links` open its pages."""

    live: LiveDrill
    links: Links


def recorded_live_drill(moment: str, seconds: float) -> LiveDrill:
    """Return the recorded drill as it was so long after the first event of that kind."""
    recording = load_recording("facilitated")
    now = recording.time_of(moment) + seconds
    attached = AttachedDrill(
        RunningDrill(recording.plan.drill, "demo", DataFolder(Path("/nowhere"))), cast("DrillStore", None),
        recording.plan, "", None,
    )  # fmt: skip
    live = LiveDrill(attached, JumpClock(now))
    live.actions = ACTIONS
    recording.play(live, now)
    return live


@contextmanager
def serve_pages(live: LiveDrill) -> Iterator[ServedRecording]:
    """Serve the pages on loopback, in a thread."""
    drill = live.attached.plan.drill
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listening:
        os.environ["GAMEDAY_RUNTIME"] = folder
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        links = create_links(drill, f"http://{host}")
        client = Noted(drill, Path("/nowhere"), "")
        application = create_application(live, client, Sessions(drill, links, secure=False), frozenset({host}))
        server = uvicorn.Server(
            uvicorn.Config(application, lifespan="off", log_config=None, timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        try:
            yield ServedRecording(live, links)
        finally:
            live.shut_down()
            server.should_exit = True
            thread.join()


COLOURS = 48
"""Enough for text; a third of the size."""
PICTURES = {
    "web-responders.png": (PageRole.RESPONDERS, LAPTOP, False), "web-phone.png": (PageRole.IC, PHONE, True),
}  # fmt: skip
"""Each picture: whose page, its width, and whether it is dark."""


def save_web_pictures(folder: Path) -> None:
    """Write the pictures of the pages, at the moment of the other screens."""
    with running_chromium() as browser, serve_pages(recorded_live_drill("theory", 2.0)) as served:
        for name, (role, width, dark) in PICTURES.items():
            person = browser.person()
            person.set_width(width, dark=dark)
            person.join(served.links.url(role))
            person.save_picture(folder / name)
            Image.open(folder / name).quantize(COLOURS).save(folder / name, optimize=True)
