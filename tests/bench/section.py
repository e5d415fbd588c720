"""One part's figures into a page that is there: its own section is made anew, and everybody else's rows stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bench.figure import Figure
from bench.page import HOW, machine, table

_HOW = HOW.partition("\n")[0]


def placed(page: str, part: str, figures: Sequence[Figure], peer: str) -> str:
    """The page with that section in it: where it was, else as the last before how the figures are taken."""
    begin, end = f"<!-- made by make bench --only {part} -->", f"<!-- until here: {part} -->"
    lines = (
        f"## The part `{part}`",
        begin,
        machine(peer, f"`python -m bench --only {part} --write ../docs/explanation/benchmarks.md`, in `tests`"),
        table(figures),
        end,
    )
    made = "\n\n".join(lines)
    there = re.compile(f"{re.escape(lines[0])}\n\n{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    head, how, _ = page.partition(_HOW)
    if not how:
        raise ValueError(f"no page of the bench: it has no {_HOW!r}")
    head = there.sub(lambda _: made, head) if there.search(head) else f"{head}{made}\n\n"
    return head + HOW
