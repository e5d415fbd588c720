"""docs/reference/faults.md has every connection fault, every parameter and its range."""

from __future__ import annotations

import re

import pytest
from support.docs_pages import PAGES, ROOT

from gameday.injectors.toxiproxy.faults import KINDS, RequiredExtension
from gameday.injectors.toxiproxy.planning import LEASE
from gameday.model import Json
from gameday.plugins.types import ParamProblem
from gameday.units import format_duration

TEXT = (ROOT / "docs/reference/faults.md").read_text(encoding="utf-8")


def needs() -> list[RequiredExtension]:
    variants: list[tuple[str, dict[str, Json]]] = [("latency", {"delay": "1s", "connect": True})]
    variants += [("outage", {"seen_as": word}) for word in re.findall(r"`(\w[\w-]*)`:", TEXT.split("## Parameters")[0])]
    return [need for kind, params in variants if (need := KINDS[kind].read(params).needs)]


def test_what_only_the_built_in_proxy_supports_is_documented() -> None:
    assert [need.extension for need in needs()] == ["connect", "refuse"]
    section = TEXT.split("## Which server")[1]
    assert all(need.what in section for need in needs())


def test_the_lease_and_the_adjustable_parameters_are_documented() -> None:
    assert f"expires within {format_duration(LEASE)}" in TEXT


@pytest.mark.parametrize("kind", KINDS)
def test_the_ends_of_each_range_are_accepted(kind: str) -> None:
    """Read each end as the table shows it, with valid values for the other parameters."""
    valid: dict[str, Json] = {"size": "16KB", "delay": "1m", "rate": "1KB/s", "bytes": "0B"}
    keys = KINDS[kind].parameters
    for key, parameter in keys.items():
        for end in re.findall(r"\d+[A-Za-z/]+", parameter.allowed):
            values = {other: value for other, value in valid.items() if other in keys} | {key: end}
            if (kind, key, end) in {("latency", "jitter", "1h"), ("slice", "variation", "16KB")}:
                with pytest.raises(ParamProblem, match=r"more than delay|less than size"):
                    KINDS[kind].read(values)
            else:
                KINDS[kind].read(values)


def test_kinds_are_described_on_one_page_and_others_link_to_it() -> None:
    assert "(faults.md)" in (ROOT / "docs/reference/scenario.md").read_text(encoding="utf-8")
    lists = [page.name for page in PAGES if "| `slow-close` |" in page.read_text(encoding="utf-8")]
    assert lists == ["faults.md", "kinds.md"], "by hand on one page; kinds.md is generated"
