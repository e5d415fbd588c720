"""Event loops whose blocking calls hold up neither the end of the loop nor the end of the process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from typing_extensions import override

MAX_BLOCKING_CALLS = 32
"""Threads of one loop; further calls wait for one."""

P = ParamSpec("P")
T = TypeVar("T")


def run_async(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine as `asyncio.run` does, but without a wait for calls that still block at its end.

    Resolving a name may block for half a minute, and cannot be interrupted."""
    return asyncio.run(_with_daemon_threads(main))


async def _with_daemon_threads(main: Coroutine[Any, Any, T]) -> T:
    asyncio.get_running_loop().set_default_executor(DaemonExecutor())
    return await main


class DaemonExecutor(ThreadPoolExecutor):
    """Executor with daemon threads, for which neither a shutdown nor the interpreter's exit waits."""

    def __init__(self) -> None:
        super().__init__(1)  # asyncio requires the type; the threads of the base class are never started
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._started = 0

    @override
    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        self._calls.put(partial(_complete, future, partial(fn, *args, **kwargs)))
        if not self._idle.acquire(blocking=False) and self._started < MAX_BLOCKING_CALLS:
            self._started += 1
            threading.Thread(target=self._work, name="blocking call", daemon=True).start()
        return future

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()
            self._idle.release()

    @override
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let idle threads end, and return at once: a call that blocks ends with the process at the latest."""
        for _ in range(self._started):
            self._calls.put(None)


def _complete(future: Future[T], call: Callable[[], T]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(call())
    except BaseException as error:  # passed on to whoever awaits the call
        future.set_exception(error)
