"""Requirements for an HTTP response: its status, a header, a text, a regular expression, values in its JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from gameday.clients.request_errors import RequestError
from gameday.model import Json
from gameday.signals.json_path import Finder, compile_path

if TYPE_CHECKING:
    from gameday.clients.http_client import Response

REQUIREMENT_KEYS = ("status", "header", "text", "matches", "json")
_STATUS_CLASS = re.compile(r"[1-5]xx")
ResponseCheck = Callable[["Response"], str]
"""Returns why an answer does not count; empty if it does."""


class RequirementError(ValueError):
    """An invalid requirement. `keys`: its path below `require`; `todo`: what to write."""

    def __init__(self, keys: tuple[str | int, ...], wrong: str, todo: str = "") -> None:
        super().__init__(f"{wrong}; {todo}" if todo else wrong)
        self.keys, self.wrong, self.todo = keys, wrong, todo


class Requirement:
    """Requirement of one probe. Without `status`, an answer below 400 counts."""

    def __init__(self, require: Mapping[str, Json]) -> None:
        """Read the keys below `require`. Raises RequirementError."""
        self.names_status = "status" in require
        self._checks = [_Statuses(require.get("status", ["1xx", "2xx", "3xx"])).check, *_checks(require)]

    def unmet(self, response: Response) -> str:
        """Return why the answer does not count; empty if it does."""
        return next((reason for check in self._checks if (reason := check(response))), "")


def read_requirement(value: Json) -> Requirement:
    """Read `require`; None for none. Raises RequirementError."""
    if value is None:
        return Requirement({})
    if not isinstance(value, dict) or not value:
        raise RequirementError((), "require must be a map", f"with {', '.join(REQUIREMENT_KEYS)}")
    if unknown := [key for key in value if key not in REQUIREMENT_KEYS]:
        raise RequirementError((unknown[0],), f"unknown key {unknown[0]!r}", f"one of: {', '.join(REQUIREMENT_KEYS)}")
    return Requirement(value)


def _checks(require: Mapping[str, Json]) -> Iterator[ResponseCheck]:
    if "header" in require:
        for name, text in _map(require, "header").items():
            yield _header_check(name, _text(("header", name), text))
    if "text" in require:
        yield _text_check(_text(("text",), require["text"]))
    if "matches" in require:
        yield _pattern_check(_text(("matches",), require["matches"]))
    if "json" in require:
        for path, expected in _map(require, "json").items():
            yield _json_check(path, expected)


class _Statuses:
    """A set of statuses: `200` or `2xx`."""

    def __init__(self, value: Json) -> None:
        self._allowed: set[int] = set()
        for index, entry in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(entry, str) and _STATUS_CLASS.fullmatch(entry):
                self._allowed |= set(range(int(entry[0]) * 100, int(entry[0]) * 100 + 100))
            elif isinstance(entry, int) and not isinstance(entry, bool) and 100 <= entry <= 599:
                self._allowed.add(entry)
            else:
                keys: tuple[str | int, ...] = ("status", index) if isinstance(value, list) else ("status",)
                raise RequirementError(keys, f"invalid status {entry!r}", "write 200 or 2xx")

    def check(self, response: Response) -> str:
        return "" if response.status in self._allowed else f"HTTP {response.status}"


def _header_check(name: str, text: str) -> ResponseCheck:
    def check(response: Response) -> str:
        value = response.headers.get(name)
        if value is None:
            return f"the response has no header {name}"
        return "" if text in value else f"the header {name} does not contain {text!r}"

    return check


def _text_check(text: str) -> ResponseCheck:
    return lambda response: "" if text in response.text() else f"the response does not contain {text!r}"


def _pattern_check(pattern: str) -> ResponseCheck:
    """Search with RE2, whose time is linear: one that backtracks in `re` would hold every thread of the runner."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error
        raise RequirementError(
            ("matches",), f"invalid regular expression: {reason}", "the syntax is RE2, which has no lookaround"
        ) from None
    return lambda response: "" if compiled.search(response.text()) else f"the response does not match {pattern!r}"


def _json_check(path: str, expected: Json) -> ResponseCheck:
    if isinstance(expected, list | dict):
        raise RequirementError(("json", path), f"{path} must equal a text, a number, true or false")
    try:
        find: Finder = compile_path(path)
    except ValueError as error:
        raise RequirementError(("json", path), str(error)) from None

    def check(response: Response) -> str:
        try:
            values = find(response.json(any_status=True))
        except RequestError as error:
            return str(error)
        if any(_equals(value, expected) for value in values):
            return ""
        return f"{path} is not {expected!r}" if values else f"the response has no {path}"

    return check


def _equals(value: Any, expected: Json) -> bool:
    """Return True for equal values; true is not 1."""
    return value == expected and isinstance(value, bool) == isinstance(expected, bool)


def _map(require: Mapping[str, Json], key: str) -> Mapping[str, Json]:
    value = require[key]
    if not isinstance(value, dict) or not value:
        example = "{Content-Type: json}" if key == "header" else "{$.status: ok}"
        raise RequirementError((key,), f"{key} must be a map", f"such as {key}: {example}")
    return value


def _text(keys: tuple[str | int, ...], value: Json) -> str:
    if not isinstance(value, str) or not value:
        raise RequirementError(keys, f"{keys[-1]} must be text", "put it in quotes")
    return value
