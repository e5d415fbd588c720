"""The token that the API needs where others can reach it."""

from __future__ import annotations

import ipaddress
import logging
import os
import stat
from pathlib import Path

from gameday.errors import BadArguments
from gameday.proxy import address
from gameday.proxy.errors import ApiError

log = logging.getLogger("gameday.proxy")

ENVIRONMENT = "GAMEDAY_PROXY_TOKEN"
LEAST = 16
"""Characters; a shorter one can be guessed."""
_OTHERS = stat.S_IRGRP | stat.S_IROTH


async def token_for(host: str, file: Path | None) -> str | None:
    """From the file, else from the environment. BadArguments where one is needed and there is none."""
    token = _read(file) if file else os.environ.get(ENVIRONMENT, "").strip()
    if token and (len(token) < LEAST or not token.isascii()):
        raise BadArguments(f"the token is too short, or not plain: at least {LEAST} ASCII characters", _MAKE)
    if not token and not await _is_loopback(host):
        raise BadArguments(f"whoever can reach {host} could drive the proxy: a token is needed to listen there", _PASS)
    return token or None


_MAKE = "Make one: openssl rand -hex 24 > token"
_PASS = f"Pass --token-file FILE, or set {ENVIRONMENT}; or leave --host out, and only this machine can reach it."


def _read(file: Path) -> str:
    try:
        token = file.read_text().strip()
        mode = file.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise BadArguments(f"cannot read the token in {file}: {why}", _MAKE) from None
    if stat.S_ISREG(mode) and mode & _OTHERS:
        log.warning("others can read the token in %s: chmod 600 %s", file, file)
    if not token:
        raise BadArguments(f"there is no token in {file}", _MAKE)
    return token


async def _is_loopback(host: str) -> bool:
    try:
        resolved, _ = address.split(await address.resolve(address.join(host, 0)))
    except ApiError:
        return False
    return ipaddress.ip_address(resolved).is_loopback
