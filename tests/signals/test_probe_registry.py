"""What the files allow as a probe, and what there is of probes, are the same."""

from __future__ import annotations

from gameday.files.scenario_constants import KNOWN_PROBES
from gameday.signals.probe_registry import HTTP_PROBES, PROBES


def test_a_file_may_name_every_probe_and_no_other() -> None:
    assert set(KNOWN_PROBES) == set(PROBES)


def test_a_probe_with_an_address_asks_the_web_and_no_other_does() -> None:
    assert {name for name, keys in KNOWN_PROBES.items() if "url" in keys} == HTTP_PROBES
