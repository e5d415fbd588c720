"""Base of all event classes, and the register of their kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, ClassVar, Self

import msgspec
from typing_extensions import override

from gameday.events.audience import FACILITATOR, Audience
from gameday.events.text import NO_TEXT, SignalKinds, Text, code, spans
from gameday.model import MessageKind, Role
from gameday.plugins.types import Intent
from gameday.units import format_measured

JsonObject = Mapping[str, Any]
"""JSON values of a fault's own parameters, which only the injector interprets."""


class Tone(StrEnum):
    """Tone of an event on a screen."""

    NEUTRAL = ""
    GOOD = "good"
    BAD = "bad"


class Pane(StrEnum):
    """Pane in which responders see an event."""

    PAGE = "page"
    MESSAGE = "message"
    STATEMENT = "statement"
    """A statement or an action of the responders themselves."""


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """The typed content of one event. A subclass names its kind and its audience, or it does not import."""

    abstract: ClassVar[bool] = True
    kind: ClassVar[str]
    audience: ClassVar[Audience]
    field_audience: ClassVar[Mapping[str, Audience]] = {}
    """Fields that fewer people may see than the event; each has a default, which stands in for it."""
    pane: ClassVar[Pane | None] = None
    message_kind: ClassVar[MessageKind | None] = None
    """Kind of the message that channels send of it, with its text for responders; None: none."""
    default_sender: ClassVar[str] = "gameday"
    default_tone: ClassVar[Tone] = Tone.NEUTRAL
    routine: ClassVar[bool] = False
    """True if another event of the same second says more."""
    names_role: ClassVar[bool] = False
    """True if the text names the role that did it."""

    def __init_subclass__(cls) -> None:
        if cls.__dict__.get("abstract", False):
            return
        cls.abstract = False
        for name in ("kind", "audience"):
            if name not in cls.__dict__:
                raise TypeError(f"{cls.__name__} names no {name}")
        if cls.message_kind and not cls.audience.everyone:
            raise TypeError(f"{cls.__name__} is sent to everyone, and only {cls.audience.name} may see it")
        if EVENT_TYPES.setdefault(cls.kind, cls) is not cls:
            raise TypeError(f"two event classes are named {cls.kind}")

    def log_text(self, signals: SignalKinds) -> Text:
        """Return the text of the facilitator's log."""
        raise NotImplementedError

    def responder_text(self) -> Text:
        """Return the text for responders; empty for an event that they do not see."""
        return NO_TEXT

    def sender(self) -> str:
        """Return the sender of a message to the responders."""
        return self.default_sender

    def is_sent(self) -> bool:
        """Return True if channels send it."""
        return self.message_kind is not None

    def review_text(self, signals: SignalKinds) -> Text:
        """Return the text of the review's timeline; empty for an event that no timeline needs."""
        return NO_TEXT

    def tone(self) -> Tone:
        return self.default_tone

    def is_noteworthy(self) -> bool:
        """Return True if the log pane shows it."""
        return not self.routine

    def encode(self) -> bytes:
        """Return the content as JSON; raises UnicodeEncodeError for invalid text."""
        return msgspec.json.encode(self)

    @classmethod
    def decode(cls, content: bytes | str) -> Body:
        """Return the content that `encode` wrote; raises ValueError for anything else."""
        return msgspec.json.decode(content, type=cls)

    def map_text(self, change: Callable[[str], str]) -> Self:
        """Return the content with a change made to every text in it."""
        texts = {name: getattr(self, name) for name in self.__struct_fields__}
        return msgspec.structs.replace(self, **{n: change(t) for n, t in texts.items() if type(t) is str})

    def visible_to(self, role: Role | None, *, ended: bool = False) -> Body | None:
        """Return what this viewer may see: restricted fields at their defaults; None if nothing."""
        if not self.audience.includes(role, ended=ended):
            return None
        hidden = {name for name, who in self.field_audience.items() if not who.includes(role, ended=ended)}
        defaults = {field.name: field.default for field in msgspec.structs.fields(type(self))} if hidden else {}
        return msgspec.structs.replace(self, **{name: defaults[name] for name in hidden})


EVENT_TYPES: dict[str, type[Body]] = {}
"""Every event class by its kind, in the order of the modules."""


class SignalEvent(Body, frozen=True):
    """An event about the readings of a signal."""

    abstract: ClassVar[bool] = True
    signal: str
    value: float | None = None
    n: int = 0
    text: str = ""
    lower_bound: bool = False
    """True if the value is more than that: requests timed out."""

    def reading_text(self, signals: SignalKinds) -> str:
        """Return `journey-p95 is 1.9 s, n 31`, or the observer's own text if there is one."""
        if self.text:
            return self.text
        if self.value is None:
            return f"{self.signal or 'a signal'} cannot be read"
        return self.finding_text(signals) + (f", n {self.n}" if self.n else "")

    def finding_text(self, signals: SignalKinds) -> str:
        """Return `database-wait is 410 ms`; the reason, where nothing could be read."""
        if self.value is None:
            return self.text
        return f"{self.signal} is {self._value_text(signals)}"

    def measured_text(self, prefix: str, signals: SignalKinds) -> Text:
        """Return `prefix: journey-p95 at 1.9 s (n=31)` for the review."""
        if self.value is None:
            return spans(f"{prefix}: ", code(self.signal), " could not be read")
        return spans(f"{prefix}: ", code(self.signal), f" at {self._value_text(signals)} (n={self.n})")

    def _value_text(self, signals: SignalKinds) -> str:
        return format_measured(self.value, signals.get(self.signal, ""), is_lower_bound=self.lower_bound)


class FaultEvent(Body, frozen=True):
    """An event of one fault on its engine, known by its marker."""

    abstract: ClassVar[bool] = True
    marker: str
    reason: str = ""


class IntentEvent(Body, frozen=True):
    """An intent that is recorded before it is applied."""

    abstract: ClassVar[bool] = True
    intent: Intent

    @property
    def marker(self) -> str:
        return self.intent.marker

    @override
    @classmethod
    def decode(cls, content: bytes | str) -> Body:
        try:
            return cls(Intent.decode(msgspec.json.decode(content)["intent"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"no intent: {error!r}") from error


class Unrecognised(Body, frozen=True):
    """An event that this version cannot decode: kept as it is, and never in the way of a revert."""

    abstract: ClassVar[bool] = True
    kind: ClassVar[str] = "unrecognised"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    recorded_kind: str
    content: Any

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Unknown event {self.recorded_kind}: this version of gameday cannot read it")
