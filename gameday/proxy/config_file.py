"""The file of `--config`, in Toxiproxy's format: a JSON list of proxies."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

from gameday.errors import BadArguments, GamedayError, Refused
from gameday.proxy import address, request_fields
from gameday.proxy.change_log import printable_name
from gameday.proxy.errors import FORBIDDEN, ApiError
from gameday.proxy.request_fields import Body
from gameday.regular_file import read_regular_file

log = logging.getLogger("gameday.proxy")

FORMAT_HINT = 'Expected a JSON list: [{"name": "db", "listen": "127.0.0.1:15432", "upstream": "127.0.0.1:5432"}]'
_BAD_BODY_PREFIX = "bad request body: "


def load_proxies(file: Path) -> list[Body]:
    """Return the proxies to create. Raises BadArguments with every problem of the file.

    Toxics in the file are ignored, as by Toxiproxy, but with a warning."""
    try:
        bodies = request_fields.require_objects(request_fields.parse_json(read_regular_file(file)))
    except OSError as error:
        raise BadArguments(f"cannot read {file}: {error.strerror}") from None
    except ApiError as error:
        raise BadArguments(f"{file}: {error.text.removeprefix(_BAD_BODY_PREFIX)}", FORMAT_HINT) from None
    problems = [f"{file}: {problem}" for problem in _problems(bodies)]
    if problems:
        raise BadArguments("\n".join(problems), FORMAT_HINT)
    for number, body in enumerate(bodies, start=1):
        if "toxics" in body:
            log.warning("%s: %s: toxics ignored; add them through the API", file, _label(number, body))
    return bodies


def creation_error(file: Path | None, body: Body, error: ApiError) -> GamedayError:
    """Return the start-up error for a proxy of the file that cannot be created."""
    text = f"{file}: proxy {printable_name(str(body.get('name')))}: {error.text}"
    if error.status == FORBIDDEN:
        return BadArguments(text)
    if error.status < 500:
        return BadArguments(text, FORMAT_HINT)
    return Refused(text, "Free the address, or change it in the file.")


def _problems(bodies: list[Body]) -> Iterator[str]:
    first_with_name: dict[object, int] = {}
    for number, body in enumerate(bodies, start=1):
        label = _label(number, body)
        for check in (_check_name, _check_upstream, _check_listen, _check_enabled):
            if problem := _problem(check, body):
                yield f"{label}: {problem}"
        name = body.get("name")
        if isinstance(name, str) and (first := first_with_name.setdefault(name, number)) != number:
            yield f"{label}: duplicate name, already used by proxy {first}"


def _label(number: int, body: Body) -> str:
    name = body.get("name")
    return f"proxy {number} ({printable_name(name)})" if isinstance(name, str) and name else f"proxy {number}"


def _problem(check: Callable[[Body], object], body: Body) -> str:
    try:
        check(body)
    except (ApiError, ValueError) as error:
        return str(error).removeprefix(_BAD_BODY_PREFIX)
    return ""


def _check_name(body: Body) -> None:
    request_fields.require_valid_name(_require_text(body, "name"))


def _check_upstream(body: Body) -> None:
    _require_text(body, "upstream")


def _check_listen(body: Body) -> None:
    if listen := request_fields.read_text(body, "listen"):
        address.split_host_port(listen)


def _check_enabled(body: Body) -> None:
    request_fields.read_boolean(body, "enabled")


def _require_text(body: Body, field: str) -> str:
    value = request_fields.read_text(body, field)
    if not value:
        raise ValueError(f"{field} is missing")
    return value
