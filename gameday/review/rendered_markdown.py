"""A review's Markdown, as people completed it, turned into HTML.

Raw HTML is shown as text, comments are left out, and nothing is fetched from another place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gameday.review.managed_blocks import strip_comments

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\A---\r?\n(.*?)^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LOCAL_IMAGE = re.compile(r"(?![/\\]|%5[Cc])(?![A-Za-z][A-Za-z0-9+.-]*:)|data:image/")
_CHECKBOXES = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}
_IDS_OF_THE_PAGE = {"", "picture", "scorecard"}
"""Ids that no heading may have: no id, and those of the page itself."""
_FIGURE_LENGTH = 10
"""Table cells shorter than this are figures and times, which do not wrap."""


@dataclass(frozen=True, slots=True)
class RenderedMarkdown:
    """A review as HTML. `head`: its title and banner; `body`: everything below; `has_picture`: the picture is in it.

    `front`: its front matter; `invalid_front`: the text of one that is not a flat YAML mapping.
    """

    title: str
    front: Mapping[str, str]
    invalid_front: str
    head: str
    body: str
    has_picture: bool


def markdown_to_html(text: str, picture: str, figure: str) -> RenderedMarkdown:
    """Render a review. A paragraph that only links to `picture` becomes the `figure`, which is trusted HTML."""
    front, invalid, rest = split_front_matter(text)
    parser = _parser()
    tokens = _place_figure(parser.parse(strip_comments(rest)), picture, figure)
    split = _head_length(tokens)
    head, body = (parser.renderer.render(part, parser.options, {}) for part in (tokens[:split], tokens[split:]))
    has_picture = any(token.type == "figure" for token in tokens)
    return RenderedMarkdown(_title(tokens), front, invalid, head, body, has_picture)


def split_front_matter(text: str) -> tuple[dict[str, str], str, str]:
    """Return the front matter, its text if it is invalid, and the rest."""
    import yaml

    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, "", text
    rest = text[match.end() :]
    try:
        loaded = yaml.load(match[1], Loader=yaml.CBaseLoader)  # noqa: S506 - every value is a string
    except yaml.YAMLError:
        loaded = None
    fields: dict[object, object] = loaded if isinstance(loaded, dict) else {}
    flat = {key: value for key, value in fields.items() if isinstance(key, str) and isinstance(value, str)}
    return (flat, "", rest) if fields and len(flat) == len(fields) else ({}, match[1], rest)


def _parser() -> MarkdownIt:
    """Return a parser of GitHub's Markdown whose raw HTML is text."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.anchors import anchors_plugin

    parser = MarkdownIt("gfm-like", {"xhtmlOut": False}).disable("html_block")
    parser.use(anchors_plugin, max_level=6, slug_func=_heading_id)
    if parser.linkify is not None:
        parser.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # README.md is no host
    for name, rule in (("html_inline", _render_html), ("image", _render_image), ("figure", _render_figure)):
        parser.add_render_rule(name, rule)
    for name in ("table_open", "table_close"):
        parser.add_render_rule(name, _render_table)
    parser.core.ruler.push("review", lambda state: _mark_up(state.tokens))
    return parser


def _heading_id(title: str) -> str:
    """Return the id that GitHub gives a heading, so that a link works in the Markdown and on the page."""
    from mdit_py_plugins.anchors.index import slugify

    slug = slugify(title)
    return f"heading-{slug}" if slug in _IDS_OF_THE_PAGE else slug


def _mark_up(tokens: Sequence[Token]) -> None:
    """Mark short table cells, checkboxes, links and lower bounds, which Markdown leaves as they are."""
    for before, token in pairwise(tokens):
        if before.type in ("td_open", "th_open") and len(token.content) < _FIGURE_LENGTH:
            before.attrJoin("class", "figure")
        for child in token.children or ():
            child.content = child.content.replace("≥ ", "≥\N{NO-BREAK SPACE}")
            if child.type == "link_open":
                child.attrSet("rel", "noreferrer")
    for item, _, inline in zip(tokens, tokens[1:], tokens[2:], strict=False):
        first = inline.children[0] if item.type == "list_item_open" and inline.children else None
        if first is not None and first.type == "text" and (box := _CHECKBOXES.get(first.content[:4])):
            first.content = box + first.content[4:]


def _place_figure(tokens: Sequence[Token], picture: str, figure: str) -> list[Token]:
    """Replace the first paragraph that only links to the picture."""
    from markdown_it.token import Token

    for index, token in enumerate(tokens):
        if token.type == "inline" and _is_link_to(token.children or [], picture):
            caption = "".join(child.content for child in token.children or ())
            placed = Token("figure", "figure", 0, content=caption, meta={"figure": figure}, block=True)
            return [*tokens[: index - 1], placed, *tokens[index + 2 :]]
    return list(tokens)


def _is_link_to(children: Sequence[Token], href: str) -> bool:
    if len(children) < 2 or (children[0].type, children[-1].type) != ("link_open", "link_close"):
        return False
    return children[0].attrGet("href") == href and all(child.type != "link_open" for child in children[1:])


def _head_length(tokens: Sequence[Token]) -> int:
    """Return the number of tokens of the title and the banner under it."""
    length = 0
    for opening, closing in (("heading_open", "heading_close"), ("blockquote_open", "blockquote_close")):
        if length < len(tokens) and tokens[length].type == opening:
            length = next(i for i in range(length, len(tokens)) if tokens[i].type == closing) + 1
    return length


def _title(tokens: Sequence[Token]) -> str:
    headings = (inline for mark, inline in pairwise(tokens) if mark.tag == "h1")
    inline = next(headings, None)
    return "".join(child.content for child in (inline.children or ())) if inline else ""


def _render_html(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return _escape(_COMMENT.sub("", tokens[index].content))


def _render_image(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Show an image beside the page; one from elsewhere becomes a link, because a page fetches nothing."""
    source = str(tokens[index].attrGet("src") or "")
    if _LOCAL_IMAGE.match(source):
        return str(renderer.image(tokens, index, options, env))
    return f'<a href="{_escape(source)}" rel="noreferrer">{_escape(tokens[index].content or source)}</a>'


def _render_figure(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    return str(token.meta["figure"]).replace("<figcaption>", f"<figcaption>{_escape(token.content)}. ", 1)


def _render_table(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Render a table that scrolls by itself where it is wider than the screen."""
    mark = str(renderer.renderToken(tokens, index, options, env))
    return f'<div class="table">{mark}' if tokens[index].nesting > 0 else f"{mark.rstrip()}</div>\n"


def _escape(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))
