"""Sessions that compute all the time, watched by one thread.

A statement that ends is sent again while the fault is renewed."""

from __future__ import annotations

import selectors
import threading
import time
from collections.abc import Sequence

from gameday.injectors.postgres.errors import CANCELLED, ServerError
from gameday.injectors.postgres.session import Session

_BUSY = "select count(*) from (select generate_series(1, 9223372036854775807)) as busy"
"""In the select list the series is computed row by row; in FROM it would fill a temporary file first."""
_LOOK = 0.1
"""Seconds until an end is noticed."""


class BusyQueryRunner:
    """`lease`: how long the server lets one statement run."""

    def __init__(self, sessions: Sequence[Session], lease: float) -> None:
        self._sessions, self._lease = sessions, lease
        self._until = time.monotonic() + lease
        self._over = threading.Event()
        self._at_work = dict.fromkeys(sessions, 0.0)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Start the queries. Raises ServerError."""
        for session in self._sessions:
            self._send(session)
        self._thread.start()

    def renew(self, seconds: float) -> bool:
        """Go on for so long; whether all of them still do."""
        self._until = time.monotonic() + seconds
        return len(self._at_work) == len(self._sessions)

    def stop(self) -> None:
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            for busy in self._sessions:
                selector.register(busy.socket, selectors.EVENT_READ, busy)
            while self._at_work and not self._over.is_set():
                for key, _ in selector.select(_LOOK):
                    session: Session = key.data
                    if not self._keep_running(session):
                        selector.unregister(key.fileobj)
                        del self._at_work[session]
                        session.close()

    def _keep_running(self, session: Session) -> bool:
        """Send the statement again, unless a person cancelled it before its time."""
        try:
            if not session.has_result():
                return True
            try:
                session.read_result()
            except ServerError as error:
                ran = time.monotonic() - self._at_work[session]
                if error.sqlstate != CANCELLED or ran < self._lease:
                    return False
            if time.monotonic() >= self._until:
                return False
            self._send(session)
        except ServerError:
            return False
        return True

    def _send(self, session: Session) -> None:
        self._at_work[session] = time.monotonic()
        session.send_query(_BUSY)
