"""Guardian: a side process in its own session that reverts the faults when the runner dies.

It takes over when the pipe to the runner closes, when no beat came for three seconds, or when a `halt` got no answer.
It stays until all faults are removed for good, also those of a runner that was suspended and wakes up.
"""

from __future__ import annotations

import json
import select
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from gameday.clock import SystemClock
from gameday.drill.control.client import ServerAnswer
from gameday.drill.control.drill_registry import RunningDrill
from gameday.drill.control.socket_server import SocketServer
from gameday.drill.injector_registry import InjectorRegistry
from gameday.drill.revert.takeover import Takeover
from gameday.drill.revert.takeover_log import TakeoverLog
from gameday.model import Source
from gameday.process_identity import ProcessIdentity
from gameday.store.open import open_for_revert
from gameday.store.paths import DataFolder
from gameday.store.protocols import Fenced
from gameday.store.revert_journal import RevertJournal
from gameday.timing import Timing

BEAT_TIMEOUT_S = 3.0
"""Seconds without a beat after which the runner counts as stopped."""
READY, BEAT, REVERTING, DISMISSED = b"r", b"b", b"v", b"x"
ALIVE, ACTING = b"h", b"a"
"""Replies of the guardian: one to each beat, and one when it takes over."""
WAIT_MS = 200
SUSPEND_THRESHOLD_S = 5.0
EXIT_GRACE_S = 0.2
"""Seconds for which a process that was killed may still exist after its pipe has closed."""
RETRIES = 60
RECORD_TIMEOUT_S = 600.0
"""For the record of the reverts to reach a store that another process has locked."""


def main() -> None:
    """Run the guardian; its orders are one JSON line on the socket at fd 0."""
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(name, signal.SIG_IGN)
    pipe = socket.socket(fileno=0)
    orders = json.loads(pipe.makefile("rb", buffering=0).readline())
    Guardian(pipe, orders).run()


class Guardian:
    """Guardian of one drill.

    `orders`: drill, data folder, journal, identity of the runner, injectors, a command for afterwards, timing.
    """

    def __init__(self, pipe: socket.socket, orders: Mapping[str, Any]) -> None:
        self._pipe = pipe
        self._drill = str(orders["drill"])
        self._data = DataFolder(Path(orders["data"]))
        self._journal = RevertJournal(Path(orders["journal"]))  # kept open: somebody may delete it during the drill
        self._runner = ProcessIdentity(**orders["runner"])
        self._afterwards = list(orders["afterwards"])
        self._timing = Timing(**orders["timing"])
        self._injectors = InjectorRegistry()
        for name in orders["injectors"]:
            self._injectors[name].load()
        self._reason = ""
        self._stuck = False
        self._all_reverted = False
        self._reverting_since: float | None = None
        self._control_server = SocketServer(
            RunningDrill(self._drill, "", self._data).guardian_socket_path, self._answer
        )
        _set_process_title(f"gameday guardian {self._drill}")

    def run(self) -> None:
        """Run until dismissed, or until all faults are removed after the runner has ended."""
        self._send(READY)
        reason = self._watch()
        if reason:
            self._send(ACTING)
            self._take_over(reason)
        self._control_server.close()

    def _watch(self) -> str:
        """Return why to take over; empty when dismissed."""
        last = time.monotonic()
        pipe = select.poll()
        pipe.register(self._pipe, select.POLLIN)
        while True:
            before = time.monotonic()
            ready = pipe.poll(WAIT_MS)
            now = time.monotonic()
            if now - before > SUSPEND_THRESHOLD_S:  # this process was suspended too, as on a laptop that slept
                last = now
            if ready:
                beat = self._receive_beat()
                if beat in (b"", DISMISSED):
                    return "" if beat == DISMISSED else "the runner has ended"
                self._send(ALIVE)
                self._journal.events()  # kept in memory, whatever happens to the file
                last = now
                self._reverting_since = now if beat == REVERTING else self._reverting_since
            if now - last > BEAT_TIMEOUT_S:
                return f"the runner sent no beat for {BEAT_TIMEOUT_S:.0f} s"
            if self._reason:
                return self._reason

    def _send(self, word: bytes) -> None:
        with suppress(OSError):  # the runner may have ended
            self._pipe.send(word, socket.MSG_DONTWAIT)

    def _receive_beat(self) -> bytes:
        try:
            return self._pipe.recv(4096)[-1:]
        except OSError:
            return b""

    def _answer(self, request: Mapping[str, Any]) -> ServerAnswer:
        """Answer a request; `halt` arrives here if the runner did not answer it within a second."""
        if request.get("request") == "halt" and self._reverting_since is None:
            self._reason = "halt, and the runner did not respond"
        return {"accepted": True, "stuck": self._stuck, "watching": self._all_reverted and self._runner.alive() is True}

    def _take_over(self, reason: str) -> None:
        """Revert, and retry for ten minutes; after that the next command does."""
        with suppress(Fenced):
            for _ in range(RETRIES):
                if self._try_to_revert(reason):
                    break
                self._stuck = True
                time.sleep(self._timing.guardian_retry_delay)
                self._stuck = False
            self._run_afterwards()

    def _try_to_revert(self, reason: str) -> bool:
        """Return True if nothing is left. Raises Fenced."""
        log = TakeoverLog(
            self._drill, partial(open_for_revert, self._data), self._journal, Source.GUARDIAN, SystemClock()
        )
        takeover = Takeover(
            log, self._injectors, SystemClock(), timing=self._timing, owner_may_wake=self._runner_may_wake,
            on_all_reverted=self._set_all_reverted, record_timeout=RECORD_TIMEOUT_S,
        )  # fmt: skip
        return not takeover.run(reason)

    def _set_all_reverted(self) -> None:
        self._all_reverted = True

    def _runner_may_wake(self) -> bool:
        """Return True if the runner still exists: it may wake up during an apply.

        One that wakes finds itself fenced, and ends; one that is exiting does not count.
        """
        until = time.monotonic() + EXIT_GRACE_S
        while self._runner.alive() is True:
            if time.monotonic() > until:
                return True
            time.sleep(0.005)
        return False

    def _run_afterwards(self) -> None:
        if self._afterwards:
            subprocess.run(self._afterwards, check=False, stdin=subprocess.DEVNULL, timeout=60)


def _set_process_title(text: str) -> None:
    from setproctitle import setproctitle

    setproctitle(text)


if __name__ == "__main__":
    main()
