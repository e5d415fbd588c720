"""Libraries are loaded without what nobody here uses, and still work."""

from __future__ import annotations

import subprocess
import sys

REQUESTS = """
import sys
from gameday.lean_imports import import_requests
import_requests()
import requests
response = requests.Response()
response._content, response.status_code = b'{"name": "\\xc3\\xa9"}', 200
assert response.json() == {"name": "\\u00e9"}
assert response.text == '{"name": "\\u00e9"}'
assert "charset_normalizer" not in sys.modules
import charset_normalizer
"""
HTTPX = """
import sys
from gameday.lean_imports import import_httpx
import_httpx()
import httpx
assert "httpx._main" not in sys.modules
httpx.Client(trust_env=False).close()
"""
PICTURE = """
import sys
from gameday.lean_imports import import_matplotlib
import_matplotlib()
from matplotlib.figure import Figure
assert "mpl_toolkits.mplot3d" not in sys.modules
Figure(figsize=(2, 1)).add_axes((0, 0, 1, 1)).plot([1, 2], [1, 2])
"""
GUARDIAN = """
import sys
from gameday.drill.injector_registry import InjectorRegistry
import gameday.drill.revert.guardian
InjectorRegistry()["toxiproxy"].load()
assert "requests" in sys.modules
assert "httpx" not in sys.modules
"""


def run_python(code: str) -> None:
    """Run the code in a process of its own, where a warning is an error."""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)


def test_requests_without_encoding_detection_reads_json_and_utf_8_and_leaves_the_detector_importable() -> None:
    run_python(REQUESTS)


def test_httpx_without_its_command_line_makes_clients() -> None:
    run_python(HTTPX)


def test_matplotlib_without_three_dimensions_draws() -> None:
    run_python(PICTURE)


def test_a_guardian_of_toxics_loads_one_http_stack() -> None:
    run_python(GUARDIAN)
