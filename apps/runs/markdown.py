"""Answers as HTML. What a model writes is data: rendered without raw HTML, then sanitised by an allowlist."""

import re
import time
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Any

import nh3
from django.template.defaultfilters import linebreaksbr
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import format as format_tokens
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

HIGHLIGHT_LIMIT = 20_000  # characters: colouring longer code would hold everything up
# Many languages' rules take the square of a text's length for some texts, so colouring has a time, and lines a length.
HIGHLIGHT_SECONDS = 0.1
HIGHLIGHT_LINE = 1_000
# Beyond these a text is shown as it is: a page, or worse the event stream of all people, would stand still for seconds.
# Brackets are counted because each costs as much as a hundred letters.
MOST_CHARACTERS, MOST_BRACKETS = 400_000, 4_000
TAGS = {"p", "br", "hr", "h4", "strong", "em", "s", "del", "code", "pre", "span", "a"}
TAGS |= {"ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {
    "a": {"href", "title"},
    "h4": {"class"},
    "pre": {"tabindex"},
    "ol": {"start"},
    "th": {"class"},
    "td": {"class"},
    "span": {"class"},
    "code": {"class"},
}
_formatter = HtmlFormatter(nowrap=True)
_absolute = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)  # no link of an answer leads to our own pages
_word = re.compile(r"[\w+#.-]{1,30}")


def render(text: str) -> str:
    """Safe HTML of a Markdown text. Finished texts are remembered, since pages show them again and again."""
    return _render_kept(text) if len(text) <= 50_000 else render_once(text)


@lru_cache(maxsize=1024)
def _render_kept(text: str) -> str:
    return render_once(text)


def render_once(text: str) -> str:
    """As `render`, for texts that will not come again (the open block of a stream)."""
    if len(text) > MOST_CHARACTERS or text.count("[") > MOST_BRACKETS:
        return f'<pre tabindex="0"><code class="code">{_escaped(text)}</code></pre>\n'
    return nh3.clean(
        _markdown.render(text),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        generic_attribute_prefixes=set(),
        strip_comments=True,
    )


class Renderer(RendererHTML):
    """No styles, no pictures, code with colours as classes.

    Every heading is an h4 below the page's own, with its level as a class: an answer may begin with any
    level, and the levels of a page must not jump.
    """

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        word = _word.match(token.info.strip())
        language = word.group() if word else ""
        return f'<pre tabindex="0"><code class="code">{_coloured(token.content, language)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<pre tabindex="0"><code class="code">{_escaped(tokens[idx].content)}</code></pre>\n'

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A link instead of a picture: loading it would tell a stranger that somebody reads this."""
        token = tokens[idx]
        name = self.renderInlineAsText(token.children or [], options, env) or str(token.attrs.get("src", ""))
        return f'<a href="{_escaped(str(token.attrs.get("src", "")))}">{_escaped(name)}</a>'

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<h4 class="{tokens[idx].tag}">'

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</h4>\n"

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _cell(tokens[idx])

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _cell(tokens[idx])


def _cell(token: Token) -> str:
    """markdown-it writes an inline style for the alignment, which the page's policy forbids."""
    is_right = "right" in str(token.attrs.get("style", ""))
    return f'<{token.tag} class="r">' if is_right else f"<{token.tag}>"


def _coloured(code: str, language: str) -> str:
    if not language or len(code) > HIGHLIGHT_LIMIT or any(len(line) > HIGHLIGHT_LINE for line in code.split("\n")):
        return _escaped(code)
    try:
        lexer = _lexer(language)
    except ClassNotFound:
        return _escaped(code)
    ends = time.monotonic() + HIGHLIGHT_SECONDS
    tokens = list(takewhile(lambda token: time.monotonic() < ends, lexer.get_tokens(code)))
    return str(format_tokens(tokens, _formatter)) if time.monotonic() < ends else _escaped(code)


@lru_cache(maxsize=64)
def _lexer(language: str) -> Any:
    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


_markdown = MarkdownIt("gfm-like", {"html": False, "linkify": True, "maxNesting": 50}, renderer_cls=Renderer)
_markdown.validateLink = lambda url: _absolute.match(url) is not None  # type: ignore[method-assign]
_blocks = MarkdownIt("gfm-like", {"html": False, "maxNesting": 50}).disable(
    ["inline", "linkify", "text_join", "reference"], ignoreInvalid=True
)
_line_break = re.compile(r"\r\n|\r(?!\Z)|\n")  # as markdown-it counts lines; a CR at the end may still get its LF
_sure_start = re.compile(r"[^\W\d_]{2}")


def plain(text: str) -> str:
    """Words in which nothing is markup, with the line breaks that they have."""
    return f"<p>{linebreaksbr(text.strip(), autoescape=True)}</p>\n" if text.strip() else ""


def verbatim(text: str) -> str:
    """Words of which every blank and line break counts; the style sheet has to show them."""
    return _escaped(text)


def split_finished(text: str) -> tuple[str, str]:
    """Cut a growing text before its last block: what is before it cannot change any more.

    Only whole lines are judged, since "1" may become a list and "``" a fence; a line that begins with
    two letters is sure to be plain.
    """
    lines = [line.end() for line in _line_break.finditer(text)]
    end = lines[-1] if lines else 0
    judged = text if _sure_start.match(text, end) else text[:end]
    starts = [token.map[0] for token in _blocks.parse(judged) if token.level == 0 and token.map and token.nesting >= 0]
    if len(starts) < 2:
        return "", text
    position = lines[starts[-1] - 1]
    return text[:position], text[position:]
