"""Base class of the kinds of fault that a TCP proxy can do, and the toxic each becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gameday.plugins.parameters import Params


@dataclass(frozen=True, slots=True)
class RequiredExtension:
    """Extension that a fault needs and only the embedded server has, with the words of a refusal."""

    extension: str
    what: str
    instead: str


class ToxiproxyFaultKind(Params):
    """One kind of fault on a TCP proxy, in seconds, bytes and kilobytes a second."""

    __slots__ = ()

    def toxic(self) -> dict[str, Any]:
        """Return the toxic as the API takes it, without a name."""
        raise NotImplementedError

    @property
    def disables_proxy(self) -> bool:
        """Return True if the fault disables the proxy; the toxic is then only its marker."""
        return False

    @property
    def needs(self) -> RequiredExtension | None:
        """Extension that the fault needs; None where every Toxiproxy can do it."""
        return None


def toxic_body(type_: str, **attributes: int | bool) -> dict[str, Any]:
    """Return a toxic as the API takes it, on the way from the target to its client."""
    return {"type": type_, "stream": "downstream", "attributes": attributes}


def milliseconds(seconds: float) -> int:
    """Return the time in whole milliseconds."""
    return round(seconds * 1000)
