"""A gameday.yaml that grows by an entry at a time: each is held against the file's rules at once; written in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gameday.atomic_file import create_atomically, write_atomically
from gameday.errors import BadArguments
from gameday.files.project import Project, project_of
from gameday.files.yaml_document import parse_document, read_document
from gameday.files.yaml_edit import insert_entry
from gameday.model import Environment, Json


@dataclass(frozen=True, slots=True)
class ProjectEditor:
    """`before`: the file's bytes as they were read; `text`: what it is to say."""

    path: Path
    before: bytes
    text: str
    name: str

    @property
    def project(self) -> Project:
        """Raises BadFiles."""
        return project_of(parse_document(self.text, str(self.path)))

    @property
    def environment(self) -> Environment:
        """The environment that is added to."""
        return self.project.environments[self.name]

    def with_value(self, path: Sequence[str], value: Json) -> ProjectEditor:
        """With `value` at `path` of the environment. Raises BadFiles when the file would then have a problem, and
        CannotInsert when it is written in a way that leaves no place."""
        grown = replace(self, text=insert_entry(self.text, ("environments", self.name, *path), value))
        assert grown.environment
        return grown

    def write(self) -> None:
        """All of it, or nothing: a file that somebody changed meanwhile is left as it is. Raises BadArguments."""
        try:
            written = write_atomically(self.path, self.text, expected=self.before)
        except OSError as error:
            raise BadArguments(f"{self.path} cannot be written: {error.strerror}", "It is as it was.") from None
        if not written:
            raise BadArguments(
                f"{self.path} was changed meanwhile, and is left as it is", "Bind again: nothing was written."
            )


def open_editor(path: Path, name: str) -> ProjectEditor:
    """The file as it is now. Raises BadFiles, or BadArguments where it has no such environment."""
    document = read_document(path)
    project = project_of(document)
    if name not in project.environments:
        known = ", ".join(project.environments) or "none"
        raise BadArguments(f"no environment {name!r} in {path}", f"Name one with --env; there are: {known}")
    before = path.read_bytes()
    text = before.decode()
    if parse_document(text, str(path)).data != document.data:
        raise BadArguments(f"{path} is being written at this moment", "Try again.")
    return ProjectEditor(path, before, text, name)


def write_new(path: Path, text: str) -> None:
    """A file that was not there, whole. Raises BadArguments, and leaves what is there as it is."""
    try:
        create_atomically(path, text)
    except FileExistsError:
        raise BadArguments(
            f"{path} is there already, and is left as it is",
            "`gameday env bind FILE` adds to it what a scenario lacks; or name another file.",
        ) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise BadArguments(f"{path} cannot be written: {why}") from None
