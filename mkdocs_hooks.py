"""Hooks of `make site`: pages may link to files beside docs/, and no page may request anything from another host."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent
LINKED_FOLDERS = ("examples", "scenarios")
_HOST = r"[\"']?(?:https?:)?//"
EXTERNAL_REQUEST = re.compile(rf"<(?:script|img|iframe)\b[^>]*\bsrc={_HOST}|<link\b[^>]*\bhref={_HOST}")


def on_files(files: Files, config: Any) -> Files:
    """Add the files beside docs/ that pages link to, at the same relative place."""
    for folder in LINKED_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                relative = path.relative_to(ROOT).as_posix()
                files.append(File.generated(config, relative, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Point links that leave docs/ to the copies inside the site."""
    source = page.file.src_uri
    if source.startswith("examples/"):
        return re.sub(r"\]\(((?:\.\./)+)docs/", r"](\1", markdown)
    return re.sub(r"\]\(\.\./((?:\.\./)*(?:examples|scenarios)\b[^)]*)\)", _link, markdown)


def _link(match: re.Match[str]) -> str:
    target = match[1]
    return f"]({target}/README.md)" if target.endswith("examples/compose") else f"]({target})"


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Fail for a page that loads anything from another host."""
    if found := EXTERNAL_REQUEST.search(output):
        raise PluginError(f"{page.file.src_uri}: external request: {found[0]}")
    return output
