"""Imports of HTTP libraries without their slowest parts, none of which is used here."""

from __future__ import annotations

import sys
import warnings
from types import ModuleType
from typing import cast

_ABSENT = cast("ModuleType", None)
"""A module that is None in `sys.modules` raises ImportError, which both libraries expect of an optional part."""


def import_httpx() -> None:
    """Import httpx without its command line, a third of the import."""
    sys.modules.setdefault("httpx._main", _ABSENT)
    import httpx  # noqa: F401


def import_requests() -> None:
    """Import requests without the detection of unknown encodings, a quarter of the import: engines answer in JSON."""
    if "requests" in sys.modules or "charset_normalizer" in sys.modules:
        return
    sys.modules["charset_normalizer"] = _ABSENT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # requests warns of what it lacks
            import requests  # noqa: F401
    finally:
        del sys.modules["charset_normalizer"]
