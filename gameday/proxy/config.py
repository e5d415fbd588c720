"""The configuration file, in Toxiproxy's own format: a list of `{name, listen, upstream, enabled}`."""

from __future__ import annotations

from pathlib import Path

from gameday.errors import BadArguments
from gameday.proxy import fields
from gameday.proxy.errors import ApiError
from gameday.proxy.fields import Body

SHAPE = 'It is a JSON list: [{"name": "db", "listen": "127.0.0.1:15432", "upstream": "127.0.0.1:5432"}]'


def read(file: Path) -> list[Body]:
    """The proxies it asks for. BadArguments when it cannot be read."""
    try:
        return fields.list_of(fields.parse(file.read_bytes()))
    except OSError as error:
        raise BadArguments(f"cannot read {file}: {error.strerror}") from None
    except ApiError as error:
        raise BadArguments(f"{file}: {error.text.removeprefix('bad request body: ')}", SHAPE) from None
