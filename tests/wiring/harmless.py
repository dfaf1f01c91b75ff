"""Looks at HTML as a browser would and names what could do harm."""

from html.parser import HTMLParser

TEXT = {"p", "div", "span", "br", "hr", "a", "strong", "em", "s", "del", "sup", "sub", "pre", "code", "blockquote"}
TAGS = TEXT | {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6"}
OURS = {"sse-swap", "hx-swap", "hx-disable", "class", "id", "data-language", "dir", "lang"}
ATTRIBUTES = OURS | {"href", "title", "rel", "target", "start", "align", "colspan", "rowspan"}
SCROLLABLE = ("tabindex", "0")  # of our code blocks: reached by keyboard
SCHEMES = ("http://", "https://", "mailto:")


class Watch(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.dangers.append(f"<{tag}>")
        for name, value in attributes:
            if name not in ATTRIBUTES and (name, value) != SCROLLABLE:
                self.dangers.append(f"<{tag} {name}={value!r}>")
            if name == "href" and not (value or "").lower().startswith(SCHEMES):
                self.dangers.append(f"<{tag} href={value!r}>")


def dangers_in(markup: str) -> list[str]:
    """Tags and attributes that no answer may bring."""
    watch = Watch()
    watch.feed(markup)
    watch.close()
    return watch.dangers
