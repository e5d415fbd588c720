"""What is looked at before the server starts: what cannot be had ends it here, and not after its URL was told."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from gameday.errors import BadArguments, Refused
from gameday.proxy import address
from gameday.proxy.errors import ApiError


def check_file(option: str, file: Path | None) -> None:
    """Something is to be written there later. Raises BadArguments where it could not be."""
    if file is None:
        return
    folder = file.absolute().parent
    if not folder.is_dir():
        raise BadArguments(f"{option} {file}: there is no folder {folder}", "Make it first, or name another.")
    if file.is_dir():
        raise BadArguments(f"{option} {file}: this is a folder", "Name a file in it.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadArguments(f"{option} {file}: the folder {folder} cannot be written to", "Name another.")


async def resolve_api_address(host: str, port: int) -> str:
    """The API's address as a number. Raises BadArguments."""
    try:
        return await address.resolve(address.join(host, port))
    except ApiError as error:
        why = error.text.removeprefix("listen tcp: ")
        todo = "Name another --host or --port; without --host, only this machine can reach it."
        raise BadArguments(f"--host {host} --port {port}: {why}", todo) from None


def open_api_socket(at: str) -> socket.socket:
    """The API's socket. Raises Refused where the address is somebody else's, or not ours to take."""
    try:
        return address.listening(at)
    except ApiError as error:
        todo = "Choose another --port (--port 0 takes any free one), or another --host."
        raise Refused(error.text, todo) from None
