"""Fields out of a JSON body, each of the type it must have. Null means absent, as in Toxiproxy."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import cast

from gameday.proxy.errors import bad_body

Body = Mapping[str, object]

LONGEST = 365 * 86_400.0
"""The longest lease, seconds."""


def parse(raw: bytes) -> object:
    """Any JSON value. ApiError 400 when it is none."""
    if not raw.strip():
        raise bad_body("EOF")
    try:
        return cast("object", json.loads(raw.decode("utf-8", "replace"), parse_constant=_no_number))
    except RecursionError:
        raise bad_body("nested too deeply") from None
    except ValueError as error:
        raise bad_body(str(error)) from None


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def body_of(value: object) -> Body:
    """The object that a body must be. As in Toxiproxy, null is an empty one, and a key may be in capitals too."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_body(f"an object is needed, not {_called(value)}")
    return {key.lower(): each for key, each in cast("Body", value).items() if each is not None}


def list_of(value: object, what: str = "proxies") -> list[Body]:
    """The list of objects that a body must be; null is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad_body(f"a list of {what} is needed, not {_called(value)}")
    return [body_of(each) for each in value]


def text(body: Body, key: str) -> str | None:
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, str):  # half a letter is none that a client could ask for again
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    raise bad_body(f"{key} must be a text, not {_called(value)}")


def flag(body: Body, key: str, where: str = "") -> bool | None:
    value = body.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise bad_body(f"{where}{key} must be true or false, not {_called(value)}")


def whole(body: Body, key: str, low: int, high: int, where: str = "") -> int | None:
    """A whole number from `low` to `high`. `1.5`, `1e3` and `"100"` are none."""
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad_body(f"{where}{key} must be a whole number, not {_called(value)}")
    if not low <= value <= high:
        raise bad_body(f"{where}{key} must be from {low} to {high}")
    return value


def number(body: Body, key: str, low: float, high: float, open_below: bool = False) -> float | None:
    """A number from `low` (above it, when open below) to `high`."""
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        raise bad_body(f"{key} must be a number, not {_called(value)}")
    if not low <= value <= high or (open_below and value == low):
        wanted = f"above {low:g} and at most {high:.0f}" if open_below else f"from {low:g} to {high:g}"
        raise bad_body(f"{key} must be {wanted}")
    return float(value)


def lease(body: Body) -> float | None:
    """`expires_in`: seconds until the fault ends by itself. Zero is refused: it must not mean forever by mistake."""
    return number(body, "expires_in", 0, LONGEST, open_below=True)


def name_of(value: str) -> str:
    """A name that an address of the API can carry."""
    if "/" in value:
        raise bad_body("name must have no slash: it could never be reached again")
    return value


def _finite(value: float) -> bool:
    return isinstance(value, int) or math.isfinite(value)


def _called(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return f"the number {value:.6g}" if isinstance(value, float) else "a whole number"
    return "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"
