"""docs/reference/faults.md has every kind of fault, every parameter and its range, as the injector reads them."""

from __future__ import annotations

import re

import pytest
from support.docs_pages import PAGES, ROOT

from gameday.injectors.toxiproxy.faults import KINDS, Need
from gameday.injectors.toxiproxy.planning import LEASE
from gameday.model import Json
from gameday.plugins.parameters import Parameter
from gameday.plugins.types import ParamProblem
from gameday.units import format_duration

TEXT = (ROOT / "docs/reference/faults.md").read_text(encoding="utf-8")


def default(one: Parameter) -> str:
    return "needed" if one.default is None else str(one.default).lower() if one.default is False else str(one.default)


def test_the_table_of_parameters_is_what_is_read() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
    assert rows == [
        (kind, key, one.written, default(one)) for kind, read in KINDS.items() for key, one in read.parameters.items()
    ]


def test_the_table_of_kinds_has_each_in_order() -> None:
    told = TEXT.split("## Parameters")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", told, re.MULTILINE) == list(KINDS)


def needs() -> list[Need]:
    tried: list[tuple[str, dict[str, Json]]] = [("latency", {"delay": "1s", "connect": True})]
    tried += [("outage", {"seen_as": word}) for word in re.findall(r"`(\w[\w-]*)`:", TEXT.split("## Parameters")[0])]
    return [need for kind, params in tried if (need := KINDS[kind].read(params).needs)]


def test_what_ours_alone_can_do_is_named() -> None:
    assert [need.extension for need in needs()] == ["connect", "refuse"]
    told = TEXT.split("## Which server")[1]
    assert all(need.what in told for need in needs())


def test_the_seconds_of_a_lease_are_named() -> None:
    assert f"after {format_duration(LEASE)}, by itself" in TEXT


@pytest.mark.parametrize("kind", KINDS)
def test_the_ends_of_each_range_are_in_it(kind: str) -> None:
    """As the table has them: each parameter by itself, the others as they may be."""
    whole: dict[str, Json] = {"size": "16KB", "delay": "1m", "rate": "1KB/s", "bytes": "0B"}
    keys = KINDS[kind].parameters
    for key, one in keys.items():
        for end in re.findall(r"\d+[A-Za-z/]+", one.written):
            given = {other: value for other, value in whole.items() if other in keys} | {key: end}
            if (kind, key, end) in {("latency", "jitter", "1h"), ("slice", "variation", "16KB")}:
                with pytest.raises(ParamProblem, match=r"more than the delay|less than size"):
                    KINDS[kind].read(given)
            else:
                KINDS[kind].read(given)


def test_kinds_are_listed_on_one_page_and_the_others_link() -> None:
    assert "(faults.md)" in (ROOT / "docs/reference/scenario.md").read_text(encoding="utf-8")
    lists = [page.name for page in PAGES if "| `slow-close` |" in page.read_text(encoding="utf-8")]
    assert lists == ["faults.md", "kinds.md"], "by hand on one page; kinds.md is generated"
