"""Supervisor of the guardian in the runner: starts it, sends beats, replaces it, dismisses it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from gameday.drill.revert.guardian import ACTING, BEAT, DISMISSED, READY, REVERTING
from gameday.errors import InternalError
from gameday.process_identity import current_process
from gameday.store.paths import DataFolder
from gameday.timing import DEFAULT_TIMING, Timing

BEAT_INTERVAL_S = 0.5
READY_TIMEOUT_S = 20.0
EXIT_TIMEOUT_S = 10.0
MAX_MISSED_BEATS = 8
"""Beats without an answer after which a guardian counts as stopped."""


class GuardianSupervisor:
    """Supervisor of one guardian after another.

    `lost` is called with the reason if a new one cannot start; `superseded` when a guardian has taken over.
    """

    def __init__(
        self,
        drill: str,
        data: DataFolder,
        journal: Path,
        injectors: Sequence[str],
        afterwards: Sequence[str],
        lost: Callable[[str], None],
        superseded: Callable[[], None],
        timing: Timing = DEFAULT_TIMING,
    ) -> None:
        self._orders = {
            "drill": drill, "data": str(data.path), "journal": str(journal),
            "runner": asdict(current_process()), "injectors": list(injectors), "afterwards": list(afterwards),
            "timing": asdict(timing),
        }  # fmt: skip
        self._lost = lost
        self._superseded = superseded
        self._stop = threading.Event()
        self._reverting = False
        self._ready = threading.Event()
        self._failed = ""
        self._process, self._pipe = self._start()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _start(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        pipe, guardian_end = socket.socketpair()
        command = [sys.executable, "-m", "gameday.drill.revert.guardian"]
        log = os.open(os.devnull, os.O_WRONLY)
        try:
            process = subprocess.Popen(
                command, stdin=guardian_end.fileno(), stdout=log, stderr=log, start_new_session=True, cwd="/"
            )
        except OSError as error:
            raise InternalError(f"the guardian could not be started: {error}", "Nothing was touched.") from error
        finally:
            os.close(log)
            guardian_end.close()
        pipe.sendall(json.dumps(self._orders).encode() + b"\n")
        return process, pipe

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_ready(self) -> None:
        """Wait until the guardian is ready; no fault is applied before. Raises InternalError."""
        self._ready.wait(READY_TIMEOUT_S)
        if self._failed or not self._ready.is_set():
            raise InternalError("the guardian did not start", "Nothing was touched. `gameday doctor` may show why.")

    def _run(self) -> None:
        """Wait until the guardian is ready, then send beats while the drill lasts."""
        try:
            self._await_ready()
        except InternalError as error:
            self._failed = str(error)
        self._ready.set()
        if not self._failed:
            self._beat_until_stopped()

    def _await_ready(self) -> None:
        self._pipe.settimeout(READY_TIMEOUT_S)
        try:
            ready = self._pipe.recv(1) == READY
        except OSError:
            ready = False
        if not ready:
            raise InternalError("the guardian did not start")
        self._pipe.settimeout(BEAT_INTERVAL_S)

    def announce_revert(self) -> None:
        """Tell the guardian that the runner is reverting."""
        self._reverting = True
        self._send(REVERTING)

    def _beat_until_stopped(self) -> None:
        """Send beats; missed replies are counted in beats, so that a laptop that slept misses none."""
        unanswered = 0
        while not self._stop.wait(BEAT_INTERVAL_S):
            replies = self._receive_replies()
            if ACTING in replies:  # it has taken over: no other may
                self._superseded()
                return
            unanswered = 0 if replies else unanswered + 1
            sent = self._send(REVERTING if self._reverting else BEAT)
            if not sent or unanswered > MAX_MISSED_BEATS or self._process.poll() is not None:
                self._replace()
                unanswered = 0

    def _receive_replies(self) -> bytes:
        with suppress(OSError):
            return self._pipe.recv(4096, socket.MSG_DONTWAIT)
        return b""

    def _send(self, what: bytes) -> bool:
        try:
            self._pipe.sendall(what)
        except OSError:
            return False
        return True

    def _replace(self) -> None:
        if self._stop.is_set():
            return
        self._pipe.close()
        self._process.kill()  # a suspended one must not wake beside its successor
        try:
            self._process, self._pipe = self._start()
            self._await_ready()
        except (InternalError, OSError) as error:
            self._stop.set()
            self._lost(str(error))
            return
        self._lost("")

    def dismiss(self) -> None:
        """Dismiss the guardian after a clean end."""
        self._leave(DISMISSED)

    def leave_to_guardian(self) -> None:
        """Leave what is outstanding to the guardian."""
        self._leave(None)

    def _leave(self, word: bytes | None) -> None:
        self._stop.set()
        self._thread.join(READY_TIMEOUT_S)
        if word is not None:
            self._send(word)
        self._pipe.close()
        if word is not None:  # in parallel with the review; not a daemon, so that the runner's process ends after it
            threading.Thread(target=self.wait_exited).start()

    def wait_exited(self) -> None:
        """Wait until a dismissed guardian has ended, with its socket removed; kill it if it does not end."""
        try:
            self._process.wait(EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
