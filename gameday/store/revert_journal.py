"""Journal of one drill in the runtime folder: what may have to be reverted or undone, beside the store.

Nobody else writes it, so no lock delays it, and it is still there when somebody replaces the store. The guardian
keeps what it has read. The store remains the authority: what either of the two says was applied is reverted.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from gameday.atomic_file import write_atomically
from gameday.events import Event, decode_leniently, encode
from gameday.process_identity import ProcessIdentity

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JournalHeader:
    """Data for undoing a drill's actions without its environment file.

    `data`: the data folder; `folder`: where commands run; `undo`: the undo command of each action, and of the load;
    `on_halt`: the actions for an outage that outlives its fault, in order; `timeouts`: seconds for each one's commands.
    """

    drill: str
    environment: str
    owner: ProcessIdentity
    data: str
    folder: str = "/"
    undo: Mapping[str, Command] = field(default_factory=dict[str, Command])
    on_halt: Mapping[str, Command] = field(default_factory=dict[str, Command])
    timeouts: Mapping[str, float] = field(default_factory=dict[str, float])

    @classmethod
    def decode(cls, line: Mapping[str, Any]) -> JournalHeader:
        """Read what `asdict` gave. Raises KeyError or TypeError."""
        commands = {key: {name: tuple(words) for name, words in line[key].items()} for key in ("undo", "on_halt")}
        return cls(**{**line, "owner": ProcessIdentity(**line["owner"]), **commands})


class RevertJournal:
    """The journal of one drill: a header and events, one JSON object a line. Safe from several threads."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open the journal. Raises OSError."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_CREAT | os.O_EXCL if create else 0)
        self._file = os.open(path, flags, 0o600)
        self._lock = threading.Lock()
        self._read = 0
        self._events: list[Event] = []
        self._header: JournalHeader | None = None

    @classmethod
    def create(cls, path: Path, header: JournalHeader) -> RevertJournal:
        """Create the journal of a new drill. Raises OSError."""
        journal = cls(path, create=True)
        journal._write([asdict(header)], durable=True)
        return journal

    def append(self, events: Sequence[Event], *, durable: bool = False) -> None:
        """Append events; with `durable` they are on the disk on return. Raises OSError."""
        self._write([encode(event) for event in events], durable=durable)

    def _write(self, lines: Sequence[Mapping[str, Any]], *, durable: bool) -> None:
        """Write whole lines, after the rest of a line that a killed process left."""
        text = "".join(f"\n{json.dumps(line)}" for line in lines)
        with self._lock:
            os.write(self._file, text.encode("utf-8", "replace") + b"\n")
            if durable:
                os.fsync(self._file)

    @property
    def header(self) -> JournalHeader | None:
        """The header; None if it cannot be read."""
        self.events()
        return self._header

    def events(self) -> list[Event]:
        """Return all events that were ever read here, also of a file that was emptied meanwhile."""
        with self._lock, suppress(OSError):
            size = os.fstat(self._file).st_size
            self._read = self._read if size >= self._read else 0
            content = os.pread(self._file, size - self._read, self._read)
            whole = content[: content.rfind(b"\n") + 1]
            self._read += len(whole)
            for line in whole.splitlines():
                self._read_line(line)
        return list(self._events)

    def _read_line(self, line: bytes) -> None:
        with suppress(ValueError, KeyError, TypeError):
            content = json.loads(line)
            if "kind" in content:
                self._events.append(decode_leniently(content))
            else:
                self._header = JournalHeader.decode(content)

    def save_copy(self, path: Path) -> bool:
        """Save the events as `gameday log --format jsonl` prints them; return False if that fails."""
        text = "".join(f"{json.dumps(encode(event))}\n" for event in self.events())
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return write_atomically(path, text, mode=0o600)
        except OSError:
            return False

    def close(self) -> None:
        os.close(self._file)
