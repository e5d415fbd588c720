"""The reference page of each injector has every kind and every parameter, as its classes say."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from support.docs_pages import ROOT

from gameday.injectors.docker.faults import KINDS as DOCKER
from gameday.injectors.kubernetes.faults import KINDS as KUBERNETES
from gameday.injectors.postgres.faults import KINDS as POSTGRES
from gameday.injectors.toxiproxy.faults import KINDS as TOXIPROXY
from gameday.plugins.parameters import Parameter, Params

Kinds = Mapping[str, type[Params]]
PAGES: dict[str, Kinds] = {
    "faults.md": TOXIPROXY, "containers.md": DOCKER, "clusters.md": KUBERNETES, "databases.md": POSTGRES,
}  # fmt: skip
ALL = pytest.mark.parametrize(("page", "kinds"), PAGES.items(), ids=PAGES)


def default_text(parameter: Parameter) -> str:
    """Return the cell of the table's last column."""
    value = parameter.default
    return {"None": "required", "False": "false", "[]": "none"}.get(str(value), str(value))


@ALL
def test_the_table_of_kinds_has_the_row_of_each_class(page: str, kinds: Kinds) -> None:
    table = (ROOT / "docs/reference" / page).read_text(encoding="utf-8").split("## Parameters")[0]
    rows = re.findall(r"^\| `([\w-]+)` \| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    assert [row for row in rows if row[0] in kinds] == [(kind, row.effect, row.note) for kind, row in kinds.items()]


@ALL
def test_the_table_of_parameters_has_each_parameter(page: str, kinds: Kinds) -> None:
    text = (ROOT / "docs/reference" / page).read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([\w-]+)` \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    assert rows == [
        (kind, key, parameter.allowed, default_text(parameter))
        for kind, params in kinds.items()
        for key, parameter in params.parameters.items()
    ]


@ALL
def test_what_a_class_says_of_its_parameters_names_parameters_it_has(page: str, kinds: Kinds) -> None:
    del page
    for kind, params in kinds.items():
        assert params.kind == kind and params.effect and params.note
        named = {*params.adjustable, *([params.peer_parameter] if params.peer_parameter else [])}
        assert named <= set(params.parameters)
        if main := params.main:
            params.read({main.key: main.default})
            assert main.question.endswith("?") and "{target}" in main.statement
