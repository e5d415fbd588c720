"""Answers of a Toxiproxy server, told apart from those of anything else on its port."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast


def parse_refusal(content: object) -> str:
    """Return the text of a refusal (`error`, or `title` before 2.1); empty if another program answered."""
    try:
        refusal = parse_object(json.loads(cast("bytes", content)))
    except (TypeError, ValueError, RecursionError):
        return ""
    reason = refusal.get("error", refusal.get("title"))
    return reason if isinstance(reason, str) else ""


def parse_object(answer: object) -> Mapping[str, Any]:
    """Return the JSON object of an answer. Raises ValueError."""
    if not isinstance(answer, dict):
        raise ValueError("not an object")
    return cast("Mapping[str, Any]", answer)


def supports_extension(version: Mapping[str, Any], name: str) -> bool:
    """Return True if `/version` lists the extension; the original server lists none."""
    extensions = version.get("extensions")
    return isinstance(extensions, list) and name in extensions


def parse_proxy(name: str, answer: object) -> Mapping[str, Any]:
    """Return the proxy of that name, with its toxics. Raises ValueError for any other answer."""
    proxy = parse_object(answer)
    toxics = proxy.get("toxics")
    if proxy.get("name") != name or not isinstance(proxy.get("enabled"), bool) or not isinstance(toxics, list):
        raise ValueError(f"not proxy {name}")
    for toxic in cast("list[object]", toxics):
        if not isinstance(parse_object(toxic).get("name"), str):
            raise ValueError("not a toxic")
    return proxy
