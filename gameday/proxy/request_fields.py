"""Fields of a JSON request body, checked for their type.

Null means absent, as in Toxiproxy."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import cast

from gameday.proxy.errors import bad_body

Body = Mapping[str, object]

MAX_LEASE_S = 365 * 86_400.0


def parse_json(raw: bytes) -> object:
    """Parse a body. Raises ApiError 400."""
    if not raw.strip():
        raise bad_body("EOF")
    try:
        return cast("object", json.loads(raw.decode("utf-8", "replace"), parse_constant=_reject_constant))
    except RecursionError:
        raise bad_body("nested too deeply") from None
    except ValueError as error:
        raise bad_body(str(error)) from None


def require_object(value: object) -> Body:
    """Return a JSON object as a body.

    Keys in lower case, null fields removed; null is an empty body."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise bad_body(f"expected an object, not {_describe(value)}")
    return {key.lower(): field for key, field in cast("Body", value).items() if field is not None}


def require_objects(value: object, items: str = "proxies") -> list[Body]:
    """Return a JSON list of objects as bodies; null is an empty list."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad_body(f"expected a list of {items}, not {_describe(value)}")
    return [require_object(item) for item in value]


def read_text(body: Body, key: str) -> str | None:
    """Return a string.

    Unpaired surrogates are replaced, as no client could send them again in an address."""
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    raise bad_body(f"{key} must be a string, not {_describe(value)}")


def read_boolean(body: Body, key: str, prefix: str = "") -> bool | None:
    """Return a boolean. `prefix` precedes the key in errors."""
    value = body.get(key)
    if value is None or isinstance(value, bool):
        return value
    raise bad_body(f"{prefix}{key} must be true or false, not {_describe(value)}")


def read_integer(body: Body, key: str, low: int, high: int, prefix: str = "") -> int | None:
    """Return a whole number from `low` to `high`; `1.5`, `1e3` and `"100"` are refused."""
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad_body(f"{prefix}{key} must be a whole number, not {_describe(value)}")
    if not low <= value <= high:
        raise bad_body(f"{prefix}{key} must be from {low} to {high}")
    return value


def read_number(body: Body, key: str, low: float, high: float, excludes_low: bool = False) -> float | None:
    """Return a number from `low` to `high`."""
    value = body.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        raise bad_body(f"{key} must be a number, not {_describe(value)}")
    if not low <= value <= high or (excludes_low and value == low):
        bounds = f"above {low:g} and at most {high:.0f}" if excludes_low else f"from {low:g} to {high:g}"
        raise bad_body(f"{key} must be {bounds}")
    return float(value)


def read_lease_s(body: Body) -> float | None:
    """Return the requested lease in seconds.

    Zero is refused, as it could be meant as "forever"."""
    return read_number(body, "expires_in", 0, MAX_LEASE_S, excludes_low=True)


def require_valid_name(value: str) -> str:
    """Return a name that can stand in a URL path. Raises ApiError 400."""
    if "/" in value:
        raise bad_body("name must not contain a slash: no URL could address it")
    return value


def _reject_constant(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _is_finite(value: float) -> bool:
    return isinstance(value, int) or math.isfinite(value)


def _describe(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return f"the number {value:.6g}" if isinstance(value, float) else "a whole number"
    return "a string" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"
