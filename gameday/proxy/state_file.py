"""Proxies and toxics in a file: saved when asked, restored at start with what remains of their time.

Once saved it is kept true: a fault that has ended must not come back with the next start."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

from gameday import atomic_file
from gameday.errors import BadArguments, Refused
from gameday.proxy import request_fields
from gameday.proxy.change_log import printable_name
from gameday.proxy.enable_state import EnableRequest
from gameday.proxy.errors import ApiError
from gameday.proxy.proxy_collection import ProxyCollection
from gameday.proxy.request_fields import Body
from gameday.proxy.tombstones import OURS

log = logging.getLogger("gameday.proxy")

AGAIN = 2.0
"""Seconds before the next try to write what could not be written."""
SHAPE = "Only a file that POST /state wrote can be restored; remove it to start with nothing."

PORTS = "The proxies come back on the ports that they had: free them, or remove the file to start with nothing."


class State:
    """The file of `--state`, and what stands in it. `now` is wall time: it passes while the server is down."""

    def __init__(self, proxies: ProxyCollection, file: Path | None, now: Callable[[], float] = time.time) -> None:
        self.proxies = proxies
        self._file = file
        self._now = now
        self._is_due = False

    def save(self) -> dict[str, object]:
        """What was saved and where. ApiError 409 without a file, 500 when it cannot be written."""
        if self._file is None:
            raise ApiError(409, "there is no file to save to: start with --state FILE")
        shown = list(self.proxies.shown().values())
        try:
            atomic_file.write_atomically(
                self._file, json.dumps({"saved": self._now(), "proxies": shown}, indent=1) + "\n"
            )
        except OSError as error:
            raise ApiError(500, f"the state could not be saved: {error.strerror}") from None
        self._keep()
        return {"file": str(self._file), "proxies": len(shown)}

    async def restore(self) -> None:
        """Back to what was saved, less the time that has passed. BadArguments when the file is none of ours."""
        if self._file is None or not self._file.exists():
            return
        try:
            state = request_fields.body_of(request_fields.parse(self._file.read_bytes()))
            saved = request_fields.number(state, "saved", 0, 1e12)
            passed = max(0.0, self._now() - (saved or 0.0))
            for body in request_fields.list_of(state.get("proxies")):
                await self._restore(body, passed)
        except OSError as error:
            raise BadArguments(f"cannot read {self._file}: {error.strerror}") from None
        except ApiError as error:
            wrong = f"{self._file} cannot be restored: {error.text}"
            raise (BadArguments(wrong, SHAPE) if error.status < 500 else Refused(wrong, PORTS)) from None
        self._keep()

    async def _restore(self, body: Body, passed: float) -> None:
        """Nothing of a drill's comes back: it counts as gone with the process that held it, and nobody watches it."""
        left = _left(body, passed)
        is_over = (left is not None and left <= 0) or str(body.get("mark")).startswith(OURS)
        enabled = request_fields.flag(body, "enabled") is not False or is_over
        place = await self.proxies.create({**body, "enabled": enabled})
        if not enabled:
            place.outage.apply(EnableRequest(False, request_fields.text(body, "mark"), left))
        for toxic in request_fields.list_of(body.get("toxics"), "toxics"):
            self._restore_toxic(place.proxy.name, toxic, passed)

    def _restore_toxic(self, proxy: str, toxic: Body, passed: float) -> None:
        left, name = _left(toxic, passed), str(toxic.get("name"))
        if not name.startswith(OURS) and (left is None or left > 0):
            self.proxies.add_toxic(proxy, toxic if left is None else {**toxic, "expires_in": left})
            return
        why = "a drill's counts as gone with the server that held it" if name.startswith(OURS) else "its time was over"
        self.proxies.changes.tell(proxy, f"toxic {printable_name(name)} not restored: {why}")

    def _keep(self) -> None:
        self.proxies.changes.ended = self._ended

    def _ended(self) -> None:
        """Many may end in one step: they are written once, after it."""
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._save_again)

    def _save_again(self) -> None:
        self._is_due = False
        try:
            self.save()
        except ApiError as error:  # else what has ended would come back with the next start
            log.warning("%s; trying again in %g s", error.text, AGAIN)
            self._is_due = True
            asyncio.get_running_loop().call_later(AGAIN, self._save_again)


def _left(body: Body, passed: float) -> float | None:
    """Of its time; None where it has no end."""
    seconds = request_fields.number(body, "expires_in", 0, request_fields.LONGEST)
    return None if seconds is None else seconds - passed
