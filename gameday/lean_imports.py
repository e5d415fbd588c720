"""Imports of libraries without their slowest parts, none of which is used here."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

_ABSENT = cast("ModuleType", None)
"""A module that is None in `sys.modules` raises ImportError, which these libraries expect of an optional part."""


def import_httpx() -> None:
    """Import httpx without its command line, a third of the import."""
    with _without("httpx", "httpx._main"):
        import httpx  # noqa: F401


def import_requests() -> None:
    """Import requests without the detection of unknown encodings, a quarter of the import: engines answer in JSON."""
    with _without("requests", "charset_normalizer"):
        import requests  # noqa: F401


def import_matplotlib() -> None:
    """Import the parts that draw an SVG without three dimensions, a tenth of the import."""
    with _without("matplotlib.figure", "mpl_toolkits.mplot3d"):
        import matplotlib.backends.backend_svg
        import matplotlib.figure  # noqa: F401


@contextmanager
def _without(library: str, part: str) -> Iterator[None]:
    """Hide the part while the library is imported for the first time; others may import it afterwards."""
    if library in sys.modules or part in sys.modules:
        yield
        return
    sys.modules[part] = _ABSENT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library warns of what it lacks
            yield
    finally:
        del sys.modules[part]
