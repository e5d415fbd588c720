"""Names to addresses, without waiting for one another: a name whose server is silent holds up nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

_ASKED: dict[tuple[asyncio.AbstractEventLoop, str, int], asyncio.Future[list[str]]] = {}


async def lookup(host: str, port: int) -> list[str]:
    """Its numeric addresses, in the system's order. Raises OSError when there are none.

    A thread for each name that is asked for now, and not for each who asks; asyncio's own few threads would all wait
    for the silent one, and the end of the program for them."""
    key = (asyncio.get_running_loop(), host, port)
    if key not in _ASKED:
        _ASKED[key] = answer = key[0].create_future()
        answer.add_done_callback(lambda _: _ASKED.pop(key, None))
        threading.Thread(target=_ask, args=(key[0], host, port, answer), daemon=True).start()
    return await asyncio.shield(_ASKED[key])


def _ask(loop: asyncio.AbstractEventLoop, host: str, port: int, answer: asyncio.Future[list[str]]) -> None:
    found: list[str] | OSError
    try:
        found = list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError) as error:
        found = error if isinstance(error, OSError) else OSError(f"{host}: {error}")
    with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
        loop.call_soon_threadsafe(_tell, answer, found)


def _tell(answer: asyncio.Future[list[str]], found: list[str] | OSError) -> None:
    if answer.done():
        return
    if isinstance(found, OSError):
        answer.set_exception(found)
        answer.exception()  # also where nobody waits for it any more
    else:
        answer.set_result(found)
