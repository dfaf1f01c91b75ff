import time
from html.parser import HTMLParser

import pytest

from apps.runs.markdown import render
from tests.loopback import story

TAGS = {"p", "br", "hr", "h4", "strong", "em", "s", "code", "pre", "span", "a", "ul", "ol", "li", "blockquote"}
TAGS |= {"table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {
    "h4": {"class"},
    "pre": {"tabindex"},
    "a": {"href", "title", "rel", "target"},
    "ol": {"start"},
    "th": {"class"},
    "td": {"class"},
    "span": {"class"},
    "code": {"class"},
}


class Reader(HTMLParser):
    """Every tag with its attributes, as a browser reads them."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize(
    "text",
    [
        story("hostile"),
        "<script>alert(1)</script>",
        '<div hx-get="/x" hx-trigger="load">x</div>',
        "![x](https://evil.example/pixel.png)",
        "[x](javascript:alert(1)) [y](data:text/html,x) [z](vbscript:x)",
        "<svg onload=alert(1)>",
        "[x](/sign-out/) [y](//evil.example) [z](settings)",
        '```"><script>\nx\n```',
        "```html\n<script>alert(1)</script>\n```",
        "<a href='javascript:x' id=announce style='x'>x</a>",
        '[x](https://a.example "onmouseover=alert(1)")',
        "\x00<b>\x00",
    ],
)
def test_it_lets_nothing_act(text):
    for tag, attributes in Reader(render(text)).tags:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES.get(tag, set())
        assert attributes.get("href", "https:").split(":")[0] in {"http", "https", "mailto"}


def test_it_turns_pictures_into_links():
    assert render("![a cat](https://evil.example/x.png)").startswith('<p><a href="https://evil.example/x.png"')


def test_it_opens_links_elsewhere_without_a_trace():
    assert 'rel="noopener noreferrer nofollow"' in render("https://example.org")


def test_it_colours_code_and_aligns_numbers_with_classes():
    assert '<span class="k">def</span>' in render("```python\ndef f(): pass\n```")
    assert '<td class="r">1</td>' in render("| a |\n|--:|\n| 1 |")


def test_it_survives_deep_nesting_and_length():
    assert render("> " * 5000 + "x")
    assert render("[" * 20_000)
    assert render("*" * 20_000)
    assert render("a" * 300_000)


@pytest.mark.parametrize("text", ["![" * 5_000, "<b>words</b>\n" * 100_000], ids=["brackets", "length"])
def test_it_shows_what_would_take_too_long_as_it_is(text):
    shown = render(text)
    assert shown.startswith('<pre tabindex="0"><code class="code">') and len(shown) >= len(text)
    assert "<b>" not in shown


@pytest.mark.parametrize(
    ("language", "code"), [("python", "\n " * 9_000), ("c", "\n" * 19_000), ("make", "a" * 19_000), ("ts", "a." * 9_000)]
)
def test_it_gives_up_colouring_that_would_take_minutes(language, code):
    began = time.process_time()
    assert render(f"```{language}\n{code}x\n```").count("<span") == 0
    assert time.process_time() - began < 5, "it takes a tenth of a second, and a minute without its bound"


@pytest.mark.parametrize("language", ["nonsense", "python;x", "", "c++", "jinja{{"])
def test_it_takes_any_language(language):
    assert '<pre tabindex="0"><code' in render(f"```{language}\nx\n```")


def test_its_headings_never_jump_a_level():
    assert render("# A\n\n### B") == '<h4 class="h1">A</h4>\n<h4 class="h3">B</h4>\n'
