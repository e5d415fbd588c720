"""Rule for the addresses that probes ask: complete URLs, which contain no password."""

from __future__ import annotations

from urllib.parse import urlsplit

from gameday.files import raw_access
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json
from gameday.signals.probe_table import PROBE_KEYS

VARIABLE_SIGN = "${"
"""Beginning of a variable: such an address is complete only when it is filled in."""

BASIC = "use basic: {user: ..., password: '${NAME}'}"


def check_probe_address(document: YamlDocument, path: KeyPath, signal: dict[str, Json]) -> None:
    """Require http:// or https://, a host and a valid port, as only `check` can tell with line and column."""
    url = raw_access.text_or_empty(signal.get("url"))
    keys = PROBE_KEYS.get(raw_access.text_or_empty(signal.get("probe")))
    if not url or VARIABLE_SIGN in url or keys is None or not keys.has_url:
        return
    if problem := _find_problem(url):
        document.add_problem((*path, "url"), *problem)


def _find_problem(url: str) -> tuple[str, str] | None:
    """Return what is wrong and a suggestion. Neither repeats the part of an address that may be a secret."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "the URL has an invalid host or port", "write an address such as http://127.0.0.1:9090"
    if parts.scheme not in ("http", "https") or not url.lower().startswith(f"{parts.scheme}://"):
        return (
            "the URL does not begin with http:// or https://",
            f"did you mean 'http://{url}'?" if "@" not in url else "",
        )
    if "@" in parts.netloc:
        return "the URL contains a user name or password, which would appear in the log", BASIC
    if not host or port == 0 or any(sign.isspace() for sign in url):
        return "the URL has an invalid host or port", "write an address such as http://127.0.0.1:9090"
    return None
