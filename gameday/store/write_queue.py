"""Queue of writes to the store: done in order on a thread of its own, so that nobody has to wait for them."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from gameday.store.protocols import StoreBusy, StoreError

RETRY_INTERVAL_S = 0.5
POLL_INTERVAL_S = 0.05
T = TypeVar("T")


class Write(Generic[T]):
    """One write in the queue. A StoreError leaves it there: it is tried until it succeeds or is withdrawn."""

    def __init__(self, job: Callable[[], T], changed: threading.Condition) -> None:
        self._job = job
        self._changed = changed
        self.result: T | None = None
        self.is_done = False
        self.error: BaseException | None = None
        """Error of the last attempt; one that is not a StoreError is final."""

    def attempt(self) -> BaseException | None:
        """Try once, in the queue's thread; return the error."""
        try:
            self.result = self._job()
        except BaseException as error:
            return error
        return None

    def wait(self, seconds: float, give_up: Callable[[], bool] = lambda: False) -> T:
        """Return the result of the write.

        Raises StoreBusy after `seconds` or when `give_up` says so, and else the error of the first attempt."""
        end = time.monotonic() + seconds
        with self._changed:
            while not self.is_done and self.error is None:
                left = end - time.monotonic()
                if left <= 0 or give_up():
                    raise StoreBusy("another process has locked the store, its disk is slow, or this machine is busy")
                self._changed.wait(min(left, POLL_INTERVAL_S))
            if self.error is not None:
                raise self.error
            return cast("T", self.result)


class WriteQueue:
    """Writes of one process to one store. Safe from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[Write[object]] = deque()
        self._current: Write[object] | None = None
        self._thread: threading.Thread | None = None

    def submit(self, job: Callable[[], T]) -> Write[T]:
        """Add a write; what failed before is tried again at once."""
        write = Write(job, self._changed)
        with self._changed:
            self._waiting.append(cast("Write[object]", write))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="store", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return write

    def withdraw(self, write: Write[T]) -> bool:
        """Remove a write that is not under way; return False if it is or was."""
        with self._changed:
            if write is self._current or write not in self._waiting:
                return False
            self._waiting.remove(cast("Write[object]", write))
            return True

    @property
    def is_empty(self) -> bool:
        """True if everything is written."""
        return not self._waiting

    @property
    def error(self) -> BaseException | None:
        """Error of the last attempt at the write that is first in the queue; None if it is empty."""
        with self._changed:
            return self._waiting[0].error if self._waiting else None

    def flush(self, seconds: float) -> bool:
        """Wait until everything is written; return False if that takes longer than `seconds`."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                self._current = write = self._waiting[0]
            self._settle(write, write.attempt())

    def _settle(self, write: Write[object], error: BaseException | None) -> None:
        """Remove a finished write; after a StoreError, wait before the next attempt."""
        with self._changed:
            self._current = None
            if isinstance(error, StoreError):
                for waiting in self._waiting:
                    waiting.error = error
                self._changed.notify_all()
                self._changed.wait(RETRY_INTERVAL_S)
                return
            self._waiting.popleft()
            write.error, write.is_done = error, True
            self._changed.notify_all()
