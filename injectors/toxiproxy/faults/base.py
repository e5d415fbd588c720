"""Base class of the kinds of fault that a TCP proxy can do, and the toxic each becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gameday.plugins.parameters import Params


@dataclass(frozen=True, slots=True)
class Need:
    """What only a server of ours can do: the extension that its `/version` names, and the words for a refusal."""

    extension: str
    what: str
    instead: str


class Kind(Params):
    """One kind of fault, in seconds, bytes, kilobytes a second."""

    __slots__ = ()

    def toxic(self) -> dict[str, Any]:
        """As the API takes it, without a name."""
        raise NotImplementedError

    @property
    def disables(self) -> bool:
        """Whether the proxy itself is switched off; then the toxic is only the undo note beside it."""
        return False

    @property
    def needs(self) -> Need | None:
        """None where every Toxiproxy can do it."""
        return None


def toxic_body(type_: str, **attributes: int | bool) -> dict[str, Any]:
    """Return a toxic as the API takes it, on the way from the target to its client."""
    return {"type": type_, "stream": "downstream", "attributes": attributes}


def milliseconds(seconds: float) -> int:
    """Return the time in whole milliseconds."""
    return round(seconds * 1000)
