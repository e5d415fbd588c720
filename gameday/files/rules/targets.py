"""What must be true of the targets of a gameday.yaml: what its engine can mean, production under its own name."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.files import raw_access
from gameday.files.yaml_document import Document, KeyPath
from gameday.injectors.docker import target_settings as docker
from gameday.injectors.postgres import target_settings as postgres
from gameday.injectors.toxiproxy.address import EXAMPLE, Address, read_address
from gameday.injectors.toxiproxy.proxy_identity import canonical_address
from gameday.model import Json

_HOW = frozenset({"tools", "guardian", "exec", "count", "percent", "table"})
"""Of a container or a database: how it is broken, and not which it is."""


def addresses(found: Document) -> None:
    """Each address of a Toxiproxy server is one, and nothing more; no other engine's holds a password either. What else
    a target says is what its injector knows."""
    for path, target in _targets(found.data):
        url = target.get("url")
        if target.get("injector") == "postgres":
            _of_postgres(found, path, target)
        if target.get("injector") == "docker":
            _of_docker(found, path, target)
        if target.get("injector") == "toxiproxy" and isinstance(url, str):
            try:
                read_address(url)
            except ValueError as error:
                found.add_problem((*path, "url"), str(error), EXAMPLE)
        elif isinstance(url, str) and "@" in url.partition("://")[2].partition("/")[0]:
            found.add_problem((*path, "url"), "the url holds a name or password, which would come into the log")


def _of_postgres(found: Document, path: KeyPath, target: dict[str, Json]) -> None:
    for key, wrong, todo in postgres.wrongs(target):
        found.add_problem((*path, key) if key else path, wrong, todo)


def _of_docker(found: Document, path: KeyPath, target: dict[str, Json]) -> None:
    for one in docker.find_problems(target):
        found.add_problem((*path, *one.keys), one.wrong, one.todo, key=one.key_is_unexpected)


def production(found: Document) -> None:
    """What one environment calls production is not reached through another that is not marked so."""
    marked: dict[object, KeyPath] = {}
    for path, target in _targets(found.data):
        if _is_production(found.data, path):
            marked.setdefault(_identity(target), path)
    for path, target in _targets(found.data):
        if not _is_production(found.data, path) and (theirs := marked.get(_identity(target))):
            wrong = f"this is the target {theirs[3]!r} of {theirs[1]}, which is marked production"
            found.add_problem(path, wrong, f"mark {path[1]} with production: true, or name another target")


def _targets(data: Json) -> Iterator[tuple[KeyPath, dict[str, Json]]]:
    for environment in raw_access.get_map(data, "environments"):
        place = ("environments", environment, "targets")
        for name in raw_access.get_map(data, *place):
            if isinstance(target := raw_access.get_path(data, *place, name), dict):
                yield (*place, name), target


def _is_production(data: Json, path: KeyPath) -> bool:
    return raw_access.get_path(data, *path[:2], "production") is True


def _identity(target: dict[str, Json]) -> object:
    """The thing itself, however its address is written."""
    url, proxy = target.get("url"), target.get("proxy")
    if target.get("injector") == "toxiproxy" and isinstance(url, str):
        try:
            return canonical_address(read_address(url)), str(proxy)
        except ValueError:
            return url, str(proxy)
    if target.get("injector") == "postgres" and (at := _server_of(target)):
        return "postgres", at
    named = {key: value for key, value in target.items() if key not in _HOW}
    return repr(sorted(named.items(), key=lambda item: item[0]))


def _server_of(target: dict[str, Json]) -> Address | None:
    """Host and port, where the file says them: a database's neighbours on one server share its slots and locks."""
    parts = postgres.parts_of(str(target.get("conninfo") or "")) or {}
    host, port = parts.get("host", ""), parts.get("port", "5432")
    return canonical_address(Address(host.casefold(), int(port))) if host and port.isdigit() else None
