"""States of what is seen of one file: an example to begin with, what a pass costs, kinds of previews, an edit with a draft."""

import io

from PIL import Image
from playwright.sync_api import FilePayload, expect

from tests.browser.stage import Scene, Stage

LINE = '{"messages": [{"role": "user", "content": "%s"}, {"role": "assistant", "content": "%s"}]}\n'


def started(stage: Stage, name: str, file: str, ready: str) -> None:
    """One of the files to begin with, open beside the list."""
    stage.page.goto("/files/")
    row = stage.page.locator("#files > tr").filter(has_text=file)
    if not row.count():
        if not stage.page.locator(".starter").first.is_visible():
            stage.page.get_by_text("Start from an example", exact=True).click()
        stage.page.get_by_role("button", name=name).click()
        stage.page.wait_for_url("**/files/?file=*")
    else:
        stage.page.get_by_role("link", name=file).first.click()
    expect(stage.page.locator("#fpanel")).to_be_visible()
    expect(stage.page.locator("#fpanel")).to_contain_text(ready, timeout=20_000)


def faulty(stage: Stage) -> None:
    started(stage, "Faults to repair", "pottery-faults.jsonl", "Repair all")


def starters(stage: Stage) -> None:
    faulty(stage)
    stage.page.goto("/files/")
    stage.page.get_by_text("Start from an example", exact=True).click()
    expect(stage.page.locator(".starter").first).to_be_visible()


def priced(stage: Stage) -> None:
    started(stage, "Examples to teach a model", "pottery-answers.jsonl", "All 12 examples are valid.")
    stage.page.goto(str(stage.page.locator("#file-check a", has_text="Edit").get_attribute("href")).replace("edit", "check"))
    stage.page.get_by_label("Base model").select_option(index=1)
    expect(stage.page.locator("#file-price")).to_contain_text("Cost of one pass")


def paired(stage: Stage) -> None:
    started(stage, "Better and worse answers", "pottery-pairs.jsonl", "Preferred answer")


def asked(stage: Stage) -> None:
    started(stage, "Requests of a batch", "product-texts.jsonl", "All 10 requests are valid.")


def purpose_told(stage: Stage) -> None:
    faulty(stage)
    stage.page.goto("/files/")
    stage.page.locator("#bring-purpose").select_option("batch")
    expect(stage.page.locator('[data-purpose="batch"]')).to_be_visible()


def shown(stage: Stage, name: str, body: bytes, selector: str) -> None:
    """A file of this kind alone, as the page of its preview."""
    stage.page.goto("/files/")
    row = stage.page.locator("#files > tr").filter(has_text=name)
    if not row.count():
        stage.page.locator("#files-file").set_input_files([FilePayload(name=name, mimeType="", buffer=body)])
    expect(row.first).to_contain_text("Ready", timeout=30_000)
    stage.page.goto(str(row.get_by_role("link", name=name).first.get_attribute("href")) + "preview/")
    expect(stage.page.locator(selector).first).to_be_visible()


def drawn(stage: Stage) -> None:
    body = io.BytesIO()
    Image.new("RGB", (1200, 800), (40, 96, 110)).save(body, "PNG")
    shown(stage, "glaze.png", body.getvalue(), ".file-picture")


def first_page(stage: Stage) -> None:
    body = io.BytesIO()
    Image.new("RGB", (420, 594), "white").save(body, "PDF", save_all=True, append_images=[Image.new("RGB", (420, 594), "grey")])
    shown(stage, "kiln-notes.pdf", body.getvalue(), ".file-picture")


def wide_table(stage: Stage) -> None:
    head = ",".join(f"column {number}" for number in range(60))
    shown(stage, "wide.csv", (head + "\n" + (",".join(["a long cell with words"] * 60) + "\n") * 12).encode(), ".file-table")


def right_to_left(stage: Stage) -> None:
    shown(stage, "rtl.jsonl", "".join(LINE % ("هل الوعاء آمن في الفرن؟", "نعم، حتى 220 درجة.") for _n in range(12)).encode(), ".example")


def endless_line(stage: Stage) -> None:
    shown(stage, "endless.txt", b"word" * 100_000, "pre.cue")


def unshown(stage: Stage) -> None:
    shown(stage, "archive.zip", b"PK\x03\x04" + bytes(range(256)) * 20, "#file-preview .hint")


def edited_with_draft(stage: Stage) -> None:
    """Typed before and not saved: it is offered."""
    faulty(stage)
    stage.page.goto(str(stage.page.locator("#file-check a", has_text="Edit").get_attribute("href")))
    area = stage.page.locator("#file-text")
    area.fill("Something else")
    stage.page.wait_for_timeout(600)  # the draft is written after a pause
    stage.page.evaluate("document.querySelector('[data-file-edit]').dataset.sent = 'yes'")  # the browser does not ask
    stage.page.reload()
    expect(stage.page.get_by_role("button", name="Take it")).to_be_visible()


FILE_CHECK_SCENES: dict[str, Scene] = {
    "file-starters": starters,
    "file-faulty": faulty,
    "file-priced": priced,
    "file-pairs": paired,
    "file-batch": asked,
    "file-purpose": purpose_told,
    "file-picture": drawn,
    "file-pdf": first_page,
    "file-wide-table": wide_table,
    "file-rtl": right_to_left,
    "file-endless-line": endless_line,
    "file-unshown": unshown,
    "file-draft": edited_with_draft,
}
