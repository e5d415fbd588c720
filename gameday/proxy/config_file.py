"""The configuration file, in Toxiproxy's own format: a list of `{name, listen, upstream, enabled}`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from gameday.errors import BadArguments, GamedayError, Refused
from gameday.proxy import address, request_fields
from gameday.proxy.change_log import printable_name
from gameday.proxy.errors import ApiError
from gameday.proxy.request_fields import Body

log = logging.getLogger("gameday.proxy")

SHAPE = 'It is a JSON list: [{"name": "db", "listen": "127.0.0.1:15432", "upstream": "127.0.0.1:5432"}]'
BAD_BODY = "bad request body: "


def read(file: Path) -> list[Body]:
    """The proxies it asks for. BadArguments with all that is wrong in it. What it says of toxics is passed over, as
    by Toxiproxy, but not without a word."""
    try:
        bodies = request_fields.list_of(request_fields.parse(file.read_bytes()))
    except OSError as error:
        raise BadArguments(f"cannot read {file}: {error.strerror}") from None
    except ApiError as error:
        raise BadArguments(f"{file}: {error.text.removeprefix(BAD_BODY)}", SHAPE) from None
    wrong = [f"{file}: {each}" for each in _wrong(bodies)]
    if wrong:
        raise BadArguments("\n".join(wrong), SHAPE)
    for number, body in enumerate(bodies, start=1):
        if "toxics" in body:
            log.warning("%s: %s: its toxics are passed over: add them to the server", file, _called(number, body))
    return bodies


def not_had(file: Path | None, body: Body, error: ApiError) -> GamedayError:
    """How the start ends where a proxy of the file cannot be made."""
    what = f"{file}: proxy {printable_name(str(body.get('name')))}: {error.text}"
    if error.status < 500:
        return BadArguments(what, SHAPE)
    return Refused(what, "Free its address, or give the proxy another.")


def _wrong(bodies: list[Body]) -> Iterator[str]:
    before: dict[object, int] = {}
    for number, body in enumerate(bodies, start=1):
        called = _called(number, body)
        for check in (_name, _upstream, _listen, lambda body: request_fields.flag(body, "enabled")):
            if why := _complaint(check, body):
                yield f"{called}: {why}"
        name = body.get("name")
        if isinstance(name, str) and (first := before.setdefault(name, number)) != number:
            yield f"{called}: proxy {first} has that name already"


def _called(number: int, body: Body) -> str:
    name = body.get("name")
    return f"proxy {number} ({printable_name(name)})" if isinstance(name, str) and name else f"proxy {number}"


def _complaint(check: Callable[[Body], object], body: Body) -> str:
    try:
        check(body)
    except (ApiError, ValueError) as error:
        return str(error).removeprefix(BAD_BODY)
    return ""


def _name(body: Body) -> None:
    request_fields.name_of(_needed(body, "name"))


def _upstream(body: Body) -> None:
    _needed(body, "upstream")


def _listen(body: Body) -> None:
    if listen := request_fields.text(body, "listen"):
        address.split(listen)


def _needed(body: Body, field: str) -> str:
    found = request_fields.text(body, field)
    if not found:
        raise ValueError(f"{field} is missing")
    return found
