"""One browser profile that is watched: what is printed, thrown, popped up or asked of a stranger is a trouble."""

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Playwright, Request, ViewportSize, WebError, expect

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP, TABLET, PHONE = ViewportSize(width=1440, height=900), ViewportSize(width=1000, height=800), ViewportSize(width=390, height=844)
PATIENCE = 15_000  # ms; two busy cores are slow, and a test that waits for long has failed anyway
OWN_SCHEMES = ("data", "blob", "about")
# htmx's lines when a page is left while it asks for something, as anyone does who presses a link at once. What fails
# otherwise ends in these words too, and in a second line of its own.
LEFT_WHILE_ASKING = ("htmx:sendAbort", "htmx:afterRequest")


def launch(playwright: Playwright, executable: str) -> Browser:
    """A browser for seats. From now on what is expected of a page is waited for as long as anything else."""
    expect.set_options(timeout=PATIENCE)
    return playwright.chromium.launch(executable_path=executable, args=list(FLAGS))


class Seat:
    """A profile with cookies of its own, and its first page. `allow` names what a test means to provoke."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.host = urlsplit(url).netloc
        self.troubles: list[str] = []
        self.allowed: list[re.Pattern[str]] = []
        self.allow(*LEFT_WHILE_ASKING)
        options = {"viewport": DESKTOP, "reduced_motion": "reduce", **options}
        self.context: BrowserContext = browser.new_context(base_url=url, **options)
        self.context.set_default_timeout(PATIENCE)
        self.context.on("console", self._hear)
        self.context.on("weberror", self._catch)
        self.context.on("dialog", self._dismiss)
        self.context.on("request", self._judge)
        self.page: Page = self.context.new_page()

    def _hear(self, message: ConsoleMessage) -> None:
        self.troubles.append(f"console {message.type}: {message.text}")

    def _catch(self, error: WebError) -> None:
        self.troubles.append(f"error: {error.error}")

    def _dismiss(self, dialog: Dialog) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _judge(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in OWN_SCHEMES and address.netloc != self.host:
            self.troubles.append(f"a request to a stranger: {request.url}")

    def allow(self, *patterns: str) -> None:
        """Messages that this test brings about on purpose, such as the browser's own line about a 404."""
        self.allowed += [re.compile(pattern) for pattern in patterns]

    def unexpected(self) -> list[str]:
        return [trouble for trouble in self.troubles if not any(pattern.search(trouble) for pattern in self.allowed)]

    def close(self) -> None:
        self.context.close()
