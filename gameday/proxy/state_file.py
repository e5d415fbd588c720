"""The file of `--state`: proxies and toxics, saved on request and restored at start.

Once saved, the file is updated whenever a fault ends, so that the next start does not bring it back."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

from gameday import atomic_file
from gameday.errors import BadArguments, GamedayError, Refused
from gameday.proxy import request_fields
from gameday.proxy.change_log import printable_name
from gameday.proxy.errors import FORBIDDEN, ApiError
from gameday.proxy.fault_lifetime import DRILL_PREFIX
from gameday.proxy.proxy_collection import ProxyCollection
from gameday.proxy.proxy_outage import EnableRequest
from gameday.proxy.request_fields import Body
from gameday.regular_file import read_regular_file

log = logging.getLogger("gameday.proxy")

MAX_STATE_BYTES = 100_000_000
RETRY_S = 2.0
"""Interval of attempts to write the file after a fault has ended."""
_FORMAT_HINT = "Only a file written by POST /state can be restored. Remove it to start without proxies."
_PORTS_HINT = "Proxies are restored on their previous ports. Free the port, or remove the file."


class StateFile:
    """Saves and restores a proxy collection.

    `now` is wall time, which passes while the server is down."""

    def __init__(self, proxies: ProxyCollection, file: Path | None, now: Callable[[], float] = time.time) -> None:
        self.proxies = proxies
        self._file = file
        self._now = now
        self._is_save_scheduled = False

    def save(self) -> dict[str, object]:
        """Save, and return the file and the number of proxies.

        Raises ApiError: 409 without a file, 500."""
        if self._file is None:
            raise ApiError(409, "no state file: start the server with --state FILE")
        proxies = list(self.proxies.as_json().values())
        content = json.dumps({"saved": self._now(), "proxies": proxies}, indent=1) + "\n"
        try:
            atomic_file.write_atomically(self._file, content)
        except OSError as error:
            raise ApiError(500, f"cannot save the state: {error.strerror}") from None
        self._save_when_faults_end()
        return {"file": str(self._file), "proxies": len(proxies)}

    async def restore(self) -> None:
        """Restore the saved proxies, less the time that has passed. Raises BadArguments or Refused."""
        if self._file is None or not self._file.exists():
            return
        try:
            await self._restore_all(self._file)
        except OSError as error:
            raise BadArguments(f"cannot read {self._file}: {error.strerror}") from None
        except ApiError as error:
            raise _restore_error(f"cannot restore {self._file}: {error.text}", error.status) from None
        self._save_when_faults_end()

    async def _restore_all(self, file: Path) -> None:
        state = request_fields.require_object(request_fields.parse_json(read_regular_file(file, MAX_STATE_BYTES)))
        saved = request_fields.read_number(state, "saved", 0, 1e12)
        elapsed_s = max(0.0, self._now() - (saved or 0.0))
        for body in request_fields.require_objects(state.get("proxies")):
            await self._restore_proxy(body, elapsed_s)

    async def _restore_proxy(self, body: Body, elapsed_s: float) -> None:
        """Restore a proxy, but no fault of a drill.

        It counts as ended with the server, and nobody watches it."""
        remaining_s = _remaining_s(body, elapsed_s)
        has_ended = (remaining_s is not None and remaining_s <= 0) or str(body.get("mark")).startswith(DRILL_PREFIX)
        enabled = request_fields.read_boolean(body, "enabled") is not False or has_ended
        entry = await self.proxies.create({**body, "enabled": enabled})
        if not enabled:
            entry.enable_state.apply(EnableRequest(False, request_fields.read_text(body, "mark"), remaining_s))
        for toxic in request_fields.require_objects(body.get("toxics"), "toxics"):
            self._restore_toxic(entry.proxy.name, toxic, elapsed_s)

    def _restore_toxic(self, proxy: str, body: Body, elapsed_s: float) -> None:
        remaining_s, name = _remaining_s(body, elapsed_s), str(body.get("name"))
        is_of_drill = name.startswith(DRILL_PREFIX)
        if not is_of_drill and (remaining_s is None or remaining_s > 0):
            self.proxies.add_toxic(proxy, body if remaining_s is None else {**body, "expires_in": remaining_s})
            return
        reason = "a drill's toxics end with the server" if is_of_drill else "it has expired"
        self.proxies.changes.record(proxy, f"toxic {printable_name(name)} not restored: {reason}")

    def _save_when_faults_end(self) -> None:
        self.proxies.changes.on_fault_end = self._schedule_save

    def _schedule_save(self) -> None:
        """Save once after the current step, in which many faults may end."""
        if not self._is_save_scheduled:
            self._is_save_scheduled = True
            asyncio.get_running_loop().call_soon(self._save_again)

    def _save_again(self) -> None:
        self._is_save_scheduled = False
        try:
            self.save()
        except ApiError as error:  # otherwise the next start would bring the ended fault back
            log.warning("%s; retrying in %g s", error.text, RETRY_S)
            self._is_save_scheduled = True
            asyncio.get_running_loop().call_later(RETRY_S, self._save_again)


def _restore_error(text: str, status: int) -> GamedayError:
    if status == FORBIDDEN:
        return BadArguments(text)
    return BadArguments(text, _FORMAT_HINT) if status < 500 else Refused(text, _PORTS_HINT)


def _remaining_s(body: Body, elapsed_s: float) -> float | None:
    """Return the time a fault has left; None if it does not expire."""
    seconds = request_fields.read_number(body, "expires_in", 0, request_fields.MAX_LEASE_S)
    return None if seconds is None else seconds - elapsed_s
