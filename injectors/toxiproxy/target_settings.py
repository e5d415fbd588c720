"""Settings of a Toxiproxy target, as gameday.yaml has them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping

from gameday.clients.connection import connection_problems
from gameday.injectors.common.network_address import canonical_address
from gameday.injectors.toxiproxy.address import EXAMPLE, read_address
from gameday.model import Json
from gameday.plugins.types import SettingsProblem


def find_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield a problem if the url is not the address of a Toxiproxy server and nothing more, or for bad credentials."""
    url = settings.get("url")
    if isinstance(url, str):
        try:
            read_address(url)
        except ValueError as error:
            yield SettingsProblem(("url",), str(error), EXAMPLE)
    for keys, wrong, todo in connection_problems(settings):
        yield SettingsProblem(keys, wrong, todo)


def settings_identity(settings: Mapping[str, Json]) -> Hashable:
    """Return server and proxy, however the server's address is written."""
    url, proxy = settings.get("url"), str(settings.get("proxy"))
    try:
        return canonical_address(read_address(str(url))), proxy
    except ValueError:
        return str(url), proxy
