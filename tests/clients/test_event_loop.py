"""A call that blocks, such as resolving a name, holds up neither the end of a loop nor the end of the process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from gameday.clients.event_loop import MAX_BLOCKING_CALLS, run_async

HANGING_NAMES = "import socket, threading; socket.getaddrinfo = lambda *_, **__: threading.Event().wait()\n"
SENDER = """
from gameday.model import ChannelBinding
from gameday.notify.sender import ChannelSender
from gameday.notify.webhook import WebhookChannel
from gameday.events import Ended, Event
from gameday.model import EndReason, Source
from gameday.plugins.types import Deadline

binding = ChannelBinding("chat", "webhook", {"url": "http://chat.example/hook"})
sender = ChannelSender(binding, "staging", WebhookChannel, print)
sender.put(Event(1, "gd-0001", 1.0, 1.0, 1.0, Source.RUNNER, None, 1, "boot", Ended(EndReason.ENDS)))
sender.begin_close()
sender.wait_closed(Deadline.after(0.5))
"""
SAMPLER = """
from gameday.clock import SystemClock
from gameday.model import SignalBinding, SignalKind
from gameday.signals.sampler import Sampler

has_read = threading.Event()
binding = SignalBinding("wait", SignalKind.DURATION, "http", {"url": "http://shop.example/", "value": "ms"}, every=0.1)
sampler = Sampler([binding], lambda reading: has_read.set(), SystemClock())
sampler.start()
has_read.wait()
sampler.stop()
print("stopped")
"""


@pytest.mark.parametrize(("program", "output"), [(SENDER, "chat messages were still"), (SAMPLER, "stopped")])
def test_a_name_that_never_resolves_holds_up_no_end(program: str, output: str) -> None:
    command = [sys.executable, "-c", HANGING_NAMES + program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60.0, check=False)
    assert done.returncode == 0 and done.stdout.startswith(output), done.stderr


def test_results_and_errors_of_blocking_calls_are_returned() -> None:
    async def main() -> list[object]:
        calls = (asyncio.to_thread(int, text) for text in ("7", "x"))
        return list(await asyncio.gather(*calls, return_exceptions=True))

    number, error = run_async(main())
    assert number == 7 and isinstance(error, ValueError)


def test_threads_are_bounded_and_end_with_the_loop() -> None:
    started, release, threads = threading.Semaphore(0), threading.Event(), set[threading.Thread]()

    def block() -> None:
        threads.add(threading.current_thread())
        started.release()
        release.wait()

    async def main() -> None:
        calls = [asyncio.to_thread(block) for _ in range(2 * MAX_BLOCKING_CALLS)]
        waiting = asyncio.gather(*calls)
        await asyncio.sleep(0)
        for _ in range(MAX_BLOCKING_CALLS):
            started.acquire()
        release.set()
        await waiting

    run_async(main())
    for thread in threads:
        thread.join(60.0)
    assert len(threads) == MAX_BLOCKING_CALLS and not any(thread.is_alive() for thread in threads)
