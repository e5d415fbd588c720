"""The runner's side of the guardian: start it, beat to it, watch it, dismiss it."""

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
from gameday.drill.revert.restore_actions import Commands
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
    """One guardian after another: when one dies, the next is started, and `lost` is told if that fails."""

    def __init__(
        self,
        drill: str,
        data: DataFolder,
        injectors: Sequence[str],
        back: Commands,
        afterwards: Sequence[str],
        lost: Callable[[str], None],
        timing: Timing = DEFAULT_TIMING,
    ) -> None:
        self._orders = {
            "drill": drill, "data": str(data.path), "runner": asdict(current_process()), "injectors": list(injectors),
            "back": {item: list(command) for item, command in back.items()}, "afterwards": list(afterwards),
            "folder": str(Path.cwd()), "timing": asdict(timing),
        }  # fmt: skip
        self._lost = lost
        self._stop = threading.Event()
        self._reverting = False
        self._ready = threading.Event()
        self._failed = ""
        self._process, self._pipe = self._start()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _start(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "gameday.drill.revert.guardian"]
        log = os.open(os.devnull, os.O_WRONLY)
        try:
            process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=log, stderr=log, start_new_session=True, cwd="/"
            )
        except OSError as error:
            raise InternalError(f"the guardian cannot be started: {error}", "Nothing was touched.") from error
        finally:
            os.close(log)
            theirs.close()
        ours.sendall(json.dumps(self._orders).encode() + b"\n")
        return process, ours

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_ready(self) -> None:
        """Until the guardian stands; raises ProgramFailed. No fault is applied before."""
        self._ready.wait(READY_TIMEOUT_S)
        if self._failed or not self._ready.is_set():
            raise InternalError("the guardian did not start", "Nothing was touched. `gameday doctor` may tell why.")

    def _run(self) -> None:
        """Wait until it stands, then beat to it for as long as the drill lasts."""
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

    def reverting(self) -> None:
        """Tell the guardian that the runner heard a halt, and is at it."""
        self._reverting = True
        self._send(REVERTING)

    def _beat_until_stopped(self) -> None:
        """Counted in our own beats, not in seconds: a laptop that slept has missed none."""
        unanswered = 0
        while not self._stop.wait(BEAT_INTERVAL_S):
            heard = self._receive_replies()
            if ACTING in heard:  # it has taken over: nobody else is to
                return
            unanswered = 0 if heard else unanswered + 1
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
        self._process.kill()  # one that was only stopped must not wake beside its successor
        try:
            self._process, self._pipe = self._start()
            self._await_ready()
        except (InternalError, OSError) as error:
            self._stop.set()
            self._lost(str(error))
            return
        self._lost("")

    def dismiss(self) -> None:
        """All is clean: the guardian may go."""
        self._leave(DISMISSED)

    def detach(self) -> None:
        """Something is left: the guardian goes on alone."""
        self._leave(None)

    def _leave(self, word: bytes | None) -> None:
        self._stop.set()
        self._thread.join(READY_TIMEOUT_S)
        if word is not None:
            self._send(word)
        self._pipe.close()
        if word is not None:  # beside the review; no daemon, so that the runner's process does not end before it
            threading.Thread(target=self._await_exit).start()

    def _await_exit(self) -> None:
        try:
            self._process.wait(EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
