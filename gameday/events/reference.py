"""The reference page of the log, generated from the event classes: `make reference`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

import msgspec

from gameday.events import (
    EVENT_TYPES,
    facilitation,
    faults,
    lifecycle,
    measurements,
    messages,
    outcome,
    people,
    planned,
    reverts,
)
from gameday.events.body import Body

PAGE = Path("docs/log.md")
HEAD = """\
# The log of a drill

`gameday log DRILL --format jsonl` prints one event a line. A line is never changed once it is written; a later event is a line of its own. Scorecard, review, pages and `gameday status` are computed from these lines and from nothing else. This page is generated from the classes in `gameday/events/` by `make reference`; [wire-names.md](wire-names.md) lists what each name was called before.

Each line has:

| field | meaning |
|---|---|
| `seq` | counts from 1 within the drill, without gaps |
| `drill` | the drill's code name |
| `kind` | one of the kinds below |
| `at` | when it was recorded, in monotonic seconds of the boot `boot` |
| `wall` | when it was recorded, in seconds since 1970 |
| `happened` | when it happened, on the clock of `at`: a person may say it later |
| `source` | `runner`, `guardian`, `command`, `probe`, `alert`, `script` or `human` |
| `role` | the role that said it, or null; never a person |
| `epoch` | which owner of the drill wrote it |
| `boot` | the boot of the machine that `at` and `happened` belong to |
| `data` | the fields of the kind; a field at its default is left out |

Before the end the log answers only to the facilitator: it would give the fault away. The audience of a kind says who sees it while the drill runs, on any screen or channel; after the end everyone does, except where it says *facilitator alone*. A field with an audience of its own has it in brackets.

## Kinds
"""  # noqa: E501 - prose of a page


SUBJECTS = (planned, lifecycle, faults, reverts, measurements, messages, people, facilitation, outcome)
_TABLE_HEAD = "| kind | audience | data | meaning |\n|---|---|---|---|\n"


def page() -> str:
    """Return the page as it must be in docs/."""
    return HEAD + "".join(_section(subject) for subject in SUBJECTS)


def _section(subject: ModuleType) -> str:
    events = [event for event in EVENT_TYPES.values() if event.__module__ == subject.__name__]
    rows = "".join(f"{_row(event)}\n" for event in events)
    return f"\n### {_first_line(subject)}\n\n{_TABLE_HEAD}{rows}"


def _first_line(subject: ModuleType) -> str:
    return (subject.__doc__ or "").strip().splitlines()[0].rstrip(".")


def _row(event: type[Body]) -> str:
    fields = ", ".join(_fields(event)) or "-"
    return f"| `{event.kind}` | {event.audience.name} | {fields} | {_meaning(event)} |"


def _meaning(event: type[Body]) -> str:
    return " ".join((event.__doc__ or "").split()).replace("|", "\\|")


def _fields(event: type[Body]) -> Iterator[str]:
    hints = get_type_hints(event)
    for field in msgspec.structs.fields(event):
        audience = event.field_audience.get(field.name)
        yield f"`{field.name}`{_shape(hints[field.name])}" + (f" ({audience.name})" if audience else "")


def _shape(hint: object) -> str:
    """Return `[]` for a list and `{}` for a mapping."""
    name = str(hint)
    return "[]" if name.startswith("tuple") else "{}" if "Mapping" in name else ""


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else PAGE).write_text(page(), encoding="utf-8")
