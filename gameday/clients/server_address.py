"""Rule for the address of a server, the same for probes, channels and injectors.

No text here repeats an address: it may hold a secret.
"""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import urlsplit

from gameday.variables import replace_references

_CREDENTIALS = re.compile(r"^(?:[^/?#\s]*//)?[^/?#\s]*@|\$\{\w+:?-[^/?#\s]*//[^/?#\s]*@")
"""User name or password before the host, also in the default of a variable."""
_FORBIDDEN_IN_HOST = frozenset("\\<>\"'")


class UrlProblem(StrEnum):
    """Problems of a server's address."""

    SCHEME = "the URL does not begin with http:// or https://"
    HOST = "the URL has an invalid host or port"
    CREDENTIALS = "the URL contains a user name or password, which would appear in the log"


def url_problem(url: str) -> UrlProblem | None:
    """Return what is wrong with an address as written; None if it may be valid once its variables have values."""
    if _CREDENTIALS.search(url):
        return UrlProblem.CREDENTIALS
    filled = replace_references(url, "1")  # valid in a host, a port and a path
    if not filled.startswith(url.partition("://")[0]):
        return None  # the variable holds the scheme
    try:
        parts = urlsplit(filled)
        host, port = parts.hostname, parts.port
    except ValueError:
        return UrlProblem.HOST
    if parts.scheme not in ("http", "https") or not filled.lower().startswith(f"{parts.scheme}://"):
        return UrlProblem.SCHEME
    if not host or port == 0 or any(sign.isspace() for sign in filled) or _FORBIDDEN_IN_HOST & set(host):
        return UrlProblem.HOST
    return None
