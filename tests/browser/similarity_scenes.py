"""Every state that a page of Similarity can be in."""

import itertools

from playwright.sync_api import FilePayload, expect

from tests.browser.stage import Scene, Stage
from tests.loopback.embedding_models import PICKY, SIZED, SLOW, WORDS

LONG_WAIT = 40_000  # ms; rows are compared behind everything else that wants the processor
LINES = (
    "Where is my parcel, it has not arrived yet",
    "My parcel has not arrived, where is it",
    "The parcel is late and has not arrived",
    "How do I return the boots, they are too small",
    "I want to return the jacket, it is too small",
    "The shoes are too small, can I return them",
    "I was charged twice for one order",
    "My card was charged twice for the order",
    "مرحبا بالعالم",
    "A very long row that goes on and on without telling anything that anybody would want to read to its end, and then goes on",
    "Do you ship to Norway",
)
TOPICS = ("parcel late where", "return boots small", "charged twice card", "sign in password", "green kettle stock", "market day bread")
MANY = "\n".join(f"{topic} {topic} number{n}" for n, topic in itertools.product(range(16), TOPICS))
CROWD = "\n".join(f"{topic} again{n}" for n, topic in itertools.product(range(30), TOPICS))
TABLE = "id;message;note\n" + "".join(f'{n};"{line}";x\n' for n, line in enumerate(LINES))


def first_page(stage: Stage, model: str = WORDS) -> None:
    """With a model of the loopback provider."""
    page = stage.page
    page.goto("/similarity/")
    with page.expect_response("**/similarity/settings/"):
        page.evaluate(
            """(model) => {
              const value = document.querySelector('#settings-form [name="model"]');
              value.value = model;
              value.dispatchEvent(new Event("change", { bubbles: true }));
            }""",
            stage.product.ids["models"][model],
        )
    page.goto("/similarity/")
    expect(page.locator("#text")).to_be_visible()


def begin(stage: Stage, text: str = "\n".join(LINES), model: str = WORDS) -> None:
    first_page(stage, model)
    stage.page.locator("#text").fill(text)
    stage.page.locator("#text").press("Control+Enter")
    stage.page.wait_for_url("**/similarity/*-*/")


def compared(stage: Stage, tab: str = "", text: str = "\n".join(LINES), model: str = WORDS) -> None:
    begin(stage, text, model)
    expect(stage.page.locator(".reader")).to_have_count(1)
    expect(stage.page.locator(".reader[aria-busy]")).to_have_count(0, timeout=LONG_WAIT)
    stage.page.wait_for_load_state()
    if tab:
        stage.page.goto(f"{stage.page.url}{tab}")
    expect(stage.page.locator("#findings")).to_be_visible()


def working(stage: Stage) -> None:
    begin(stage, model=SLOW)
    expect(stage.page.get_by_role("button", name="Stop")).to_be_visible()


def partly(stage: Stage) -> None:
    compared(stage, text="\n".join((*LINES[:5], "a forbidden row")), model=PICKY)
    expect(stage.page.get_by_role("button", name="Try again")).to_be_visible()


def pointed_at(stage: Stage) -> None:
    compared(stage, "?tab=map")
    stage.page.locator(".point").nth(3).focus()
    expect(stage.page.locator(".point text").nth(3)).to_be_visible()


def question(stage: Stage) -> None:
    compared(stage, "?tab=closest")
    stage.page.get_by_label("Text to look for").fill("the parcel has not arrived")
    stage.page.get_by_role("button", name="Find the nearest").click()
    expect(stage.page.locator(".nearest")).to_be_visible(timeout=LONG_WAIT)


def two_models(stage: Stage, tab: str = "") -> None:
    compared(stage)
    address = stage.page.url
    opener = stage.page.locator(".top .open-panel")
    if opener.is_visible():
        opener.click()
    with stage.page.expect_response("**/similarity/settings/"):
        stage.page.evaluate(
            """(model) => {
              const value = document.querySelector('#settings-form [name="model"]');
              value.value = model;
              value.dispatchEvent(new Event("change", { bubbles: true }));
            }""",
            stage.product.ids["models"][SIZED],
        )
    stage.page.locator("#similar-foot").get_by_role("button", name="Compare with this model").click()
    expect(stage.page.locator(".reader")).to_have_count(2)
    expect(stage.page.locator(".reader[aria-busy]")).to_have_count(0, timeout=LONG_WAIT)
    stage.page.goto(f"{address}{tab}")
    expect(stage.page.get_by_text("They agree on")).to_be_visible()


def file_seen(stage: Stage) -> None:
    first_page(stage)
    stage.page.locator("#file").set_input_files([FilePayload(name="messages.csv", mimeType="text/csv", buffer=TABLE.encode())])
    expect(stage.page.locator(".bring-seen")).to_be_visible()
    expect(stage.page.locator("#similar-foot")).to_contain_text("11 rows")


def too_long(stage: Stage) -> None:
    """Rows of before that the field cannot hold."""
    long = "\n".join(f"{topic} " * 20_000 for topic in TOPICS)
    first_page(stage)
    files = [FilePayload(name="long.csv", mimeType="text/csv", buffer=f"text\n{long}\n".encode())]
    stage.page.locator("#file").set_input_files(files)
    expect(stage.page.locator(".bring-seen")).to_be_visible()
    stage.page.locator("#text").press("Control+Enter")
    stage.page.wait_for_url("**/similarity/*-*/")
    expect(stage.page.locator(".reader[aria-busy]")).to_have_count(0, timeout=LONG_WAIT)
    stage.page.goto(f"/similarity/?like={stage.page.url.rstrip('/').rsplit('/', 1)[-1]}")
    expect(stage.page.get_by_text("too long for this field")).to_be_visible()


def refused(stage: Stage) -> None:
    first_page(stage)
    stage.page.locator("#text").fill("only one")
    stage.page.locator("#text").press("Control+Enter")
    expect(stage.page.locator("#similar-error").get_by_role("alert")).to_be_visible()


SIMILARITY_SCENES: dict[str, Scene] = {
    "similarity": first_page,
    "similarity-file": file_seen,
    "similarity-refused": refused,
    "similarity-working": working,
    "similarity-partial": partly,
    "similarity-pairs": lambda stage: compared(stage, "?tab=pairs&values=1"),
    "similarity-many": lambda stage: compared(stage, "", MANY),
    "similarity-map": pointed_at,
    "similarity-map-many": lambda stage: compared(stage, "?tab=map", CROWD),
    "similarity-closest": question,
    "similarity-groups": lambda stage: compared(stage, "?tab=groups"),
    "similarity-same": lambda stage: compared(stage, "?tab=same", "\n".join((*LINES, *LINES[:2]))),
    "similarity-same-none": lambda stage: compared(stage, "?tab=same", "\n".join(LINES[5:])),
    "similarity-too-long": too_long,
    "similarity-rows": lambda stage: compared(stage, "?tab=rows"),
    "similarity-two": two_models,
    "similarity-two-map": lambda stage: two_models(stage, "?tab=map"),
}
SIMILARITY_EXPECTED: dict[str, str] = {"similarity-refused": "status of 422"}  # what the browser itself prints of them
