"""HTTP libraries are loaded without what nobody here uses, and still work."""

from __future__ import annotations

import subprocess
import sys

REQUESTS = """
import sys
from gameday.clients.library_imports import import_requests
import_requests()
import requests
response = requests.Response()
response._content, response.status_code = b'{"name": "\\xc3\\xa9"}', 200
assert response.json() == {"name": "\\u00e9"}
assert response.text == '{"name": "\\u00e9"}'
assert "charset_normalizer" not in sys.modules
import charset_normalizer
"""
GUARDIAN = """
import sys
from gameday.drill.injector_registry import Registry
import gameday.drill.revert.guardian
Registry()["toxiproxy"].load()
assert "requests" in sys.modules
assert "httpx" not in sys.modules
"""


def run_python(code: str) -> None:
    """Run the code in a process of its own, where a warning is an error."""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)


def test_requests_without_encoding_detection_reads_json_and_utf_8_and_leaves_the_detector_importable() -> None:
    run_python(REQUESTS)


def test_a_guardian_of_toxics_loads_one_http_stack() -> None:
    run_python(GUARDIAN)
