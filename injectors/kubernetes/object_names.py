"""Names of objects as the API server accepts them."""

from __future__ import annotations

import re

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
"""DNS subdomain name of RFC 1123, which most resources require:
https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"""


def is_object_name(name: str) -> bool:
    """Return True for the name of an object or of a namespace."""
    return _SUBDOMAIN.fullmatch(name) is not None
