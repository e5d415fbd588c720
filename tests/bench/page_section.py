"""Section of one part in an existing page; the rows of the others stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bench.figure import Figure
from bench.page import HOW, machine, table

_HOW = HOW.partition("\n")[0]


def replace_section(page: str, part: str, figures: Sequence[Figure], peer: str) -> str:
    """Return the page with that section: where it was, else the last before how figures are measured."""
    begin, end = f"<!-- made by make bench --only {part} -->", f"<!-- until here: {part} -->"
    lines = (
        f"## The part `{part}`",
        begin,
        machine(peer, f"`python -m bench --only {part} --write ../docs/explanation/benchmarks.md`, in `tests`"),
        table(figures),
        end,
    )
    section = "\n\n".join(lines)
    pattern = re.compile(f"{re.escape(lines[0])}\n\n{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    head, how, _ = page.partition(_HOW)
    if not how:
        raise ValueError(f"no page of the bench: it has no {_HOW!r}")
    head = pattern.sub(lambda _: section, head) if pattern.search(head) else f"{head}{section}\n\n"
    return head + HOW
