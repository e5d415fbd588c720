"""Rule for the addresses that probes ask: complete URLs, which contain no password."""

from __future__ import annotations

from gameday.clients.server_address import UrlProblem, url_problem
from gameday.files import raw_access
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json
from gameday.signals.probe_table import PROBE_KEYS

BASIC = "use basic: {user: ..., password: '${NAME}'}"


def check_probe_address(document: YamlDocument, path: KeyPath, signal: dict[str, Json]) -> None:
    """Require http:// or https://, a host and a valid port, as far as variables leave that open."""
    url = raw_access.text_or_empty(signal.get("url"))
    keys = PROBE_KEYS.get(raw_access.text_or_empty(signal.get("probe")))
    if not url or keys is None or not keys.has_url:
        return
    written = raw_access.text_or_empty(raw_access.get_path(document.written, *path, "url"))
    if problem := url_problem(written):
        document.add_problem((*path, "url"), problem, _suggestion(problem, written))
    elif problem := url_problem(url):  # in the value of a variable, which is not repeated
        document.add_problem((*path, "url"), problem, _suggestion(problem, "127.0.0.1:9090"))


def _suggestion(problem: UrlProblem, url: str) -> str:
    """Return what to write; it does not repeat the part of an address that may be a secret."""
    if problem is UrlProblem.CREDENTIALS:
        return BASIC
    if problem is UrlProblem.SCHEME:
        return f"did you mean 'http://{url}'?" if "@" not in url else ""
    return "write an address such as http://127.0.0.1:9090"
