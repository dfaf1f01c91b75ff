"""Every state that the list of files can be in."""

import json

from playwright.sync_api import FilePayload, expect

from tests.browser.people import add_colleague
from tests.browser.stage import Scene, Stage
from tests.product.product import PASSWORD


def listed(stage: Stage, query: str = "", state: str = "") -> None:
    stage.product.run_python("-m", "tests.product.shelf", *filter(None, [state]))
    stage.page.goto(f"/files/{query}")
    expect(stage.page.locator("#files, .empty").first).to_be_attached()


def chosen(stage: Stage) -> None:
    listed(stage, "?place=&q=")
    for name in ("reply-examples-v2.jsonl", "product-texts-batch.jsonl"):
        stage.page.get_by_role("checkbox", name=f"Select {name}").check()
    expect(stage.page.locator(".bulk")).to_contain_text("2 selected")


def opened(stage: Stage) -> None:
    chosen(stage)
    stage.page.get_by_role("link", name="reply-examples-v2.jsonl").click()
    expect(stage.page.locator("#fpanel")).to_be_visible()


def asked(stage: Stage) -> None:
    """The question before deleting: one of them is final, and still needed."""
    chosen(stage)
    stage.page.get_by_role("checkbox", name="Select interview-cafe.m4a").check()
    stage.page.locator(".bulk").get_by_role("button", name="Delete").click()
    expect(stage.page.locator("#files-dialog")).to_contain_text("still needs it")


def refused(stage: Stage) -> None:
    listed(stage)
    stage.page.locator("#files-file").set_input_files([FilePayload(name="Empty.jsonl", mimeType="", buffer=b"")])
    expect(stage.page.locator("#files-bring .upload")).to_contain_text("This file is empty.")


def to_provider(stage: Stage) -> None:
    """Where it goes, what for and for how long; and why this file does not."""
    listed(stage)
    stage.page.locator("#bring-provider").select_option(index=1)
    stage.page.locator("#bring-purpose").select_option("batch")
    stage.page.locator("#files-file").set_input_files([FilePayload(name="rows.csv", mimeType="", buffer=b"a,b")])
    expect(stage.page.locator("#files-bring .upload")).to_contain_text("takes files that end in .jsonl")


def alone(stage: Stage) -> None:
    listed(stage)
    address = stage.page.get_by_role("link", name="product-texts-batch.jsonl").get_attribute("href")
    stage.page.goto(str(address))
    expect(stage.page.get_by_text("File ID", exact=True)).to_be_visible()


def menu_open(stage: Stage) -> None:
    listed(stage)
    opener = stage.page.get_by_role("button", name="More for interview-cafe.m4a")
    if opener.is_visible():
        opener.click()
        expect(stage.page.locator("#file-menu")).to_be_visible()


def example(number: int) -> str:
    asked, said = f"Is bowl {number} oven safe?", "Yes, up to 220 °C. Let it warm up with the oven, so the glaze does not crack."
    roles = {"system": "Answer as a potter. Be warm, brief and exact.", "user": asked, "assistant": said}
    return json.dumps({"messages": [{"role": role, "content": text} for role, text in roles.items()]}, ensure_ascii=False)


def brought(stage: Stage, name: str, body: str, ready: str, purpose: str = "fine-tune", place: str = "This server") -> None:
    """Through the page, looked at by the worker, and open beside the list."""
    stage.page.goto("/files/")
    row = stage.page.locator("#files > tr").filter(has_text=name)
    if not row.count():
        stage.page.locator("#bring-provider").select_option(label=place)
        stage.page.locator("#bring-purpose").select_option(purpose)
        stage.page.locator("#files-file").set_input_files([FilePayload(name=name, mimeType="", buffer=body.encode())])
    expect(row.first).to_contain_text(ready, timeout=20_000)
    stage.page.get_by_role("link", name=name).first.click()
    expect(stage.page.locator("#fpanel")).to_be_visible()


def examined(stage: Stage) -> None:
    brought(stage, "kiln-examples.jsonl", "\n".join(example(n) for n in range(1, 13)) + "\n", "Ready")
    expect(stage.page.locator("#fpanel")).to_contain_text("Example 1 of 12")


def flawed(stage: Stage) -> None:
    lines = [example(n) for n in range(1, 13)]
    lines[2], lines[6] = lines[2].replace('safe?"', "safe?"), '{"messages": [{"role": "bot", "content": "Hello"}]}'
    brought(stage, "kiln-faults.jsonl", "\ufeff" + "\r\n".join([*lines, ""]), "Needs a fix")
    expect(stage.page.locator("#file-check")).to_contain_text("Line 3")


def faults(stage: Stage) -> None:
    flawed(stage)
    stage.page.get_by_role("link", name="All that was found").click()
    expect(stage.page.get_by_text("Line 3").first).to_be_visible()


def edited(stage: Stage) -> None:
    flawed(stage)
    stage.page.locator("#file-check").get_by_role("link", name="Edit", exact=True).click()
    expect(stage.page.get_by_role("textbox").first).to_be_visible()


def tabled(stage: Stage) -> None:
    rows = "question;answer\n" + "".join(f"Is bowl {n} oven safe?;Yes, up to 220 degrees.\n" for n in range(1, 13))
    brought(stage, "kiln-questions.csv", rows, "Ready", "")
    expect(stage.page.locator("#fpanel table")).to_be_visible()


def converted(stage: Stage) -> None:
    tabled(stage)
    stage.page.get_by_role("link", name="Make lines of JSON").click()
    expect(stage.page.get_by_role("heading", level=1)).to_be_visible()


def beside(stage: Stage, name: str, words: str) -> None:
    listed(stage, f"?q={name}")
    stage.page.get_by_role("link", name=name).click()
    expect(stage.page.locator("#fpanel")).to_contain_text(words)


def held(stage: Stage) -> None:
    """Not sent, because of what the check found."""
    lines = [example(n) for n in range(1, 5)]
    brought(stage, "kiln-held.jsonl", "\n".join([*lines, '{"messages": []}', ""]), "Needs a fix", place="Loopback")
    expect(stage.page.locator("#fpanel").get_by_role("button", name="Send anyway")).to_be_visible()


def reading(stage: Stage) -> None:
    listed(stage, state="reading")
    expect(stage.page.locator("#file-synced")).to_contain_text("12,400 so far")


def trouble(stage: Stage) -> None:
    listed(stage, state="trouble")
    stage.page.locator("#sync-troubles-head").click()
    expect(stage.page.locator("#file-synced")).to_contain_text("Loopback has a problem.")


def sign_in_as(stage: Stage, email: str) -> None:
    stage.page.context.clear_cookies()
    stage.page.goto("/sign-in/?next=/files/")
    stage.page.get_by_label("E-mail").fill(email)
    stage.page.get_by_label("Password").fill(PASSWORD)
    stage.page.get_by_role("button", name="Sign in").click()
    stage.page.wait_for_url("**/files/")


def empty(stage: Stage) -> None:
    sign_in_as(stage, stage.product.run_python("-m", "tests.product.shelf", "room").split()[-1])
    expect(stage.page.get_by_role("heading", name="No files yet")).to_be_visible()


def read_only(stage: Stage) -> None:
    """What somebody sees who may change nothing."""
    listed(stage)
    sign_in_as(stage, add_colleague(stage.product, "viewer"))
    stage.page.get_by_role("link", name="reply-examples-v2.jsonl").click()
    expect(stage.page.locator("#fpanel")).to_be_visible()
    expect(stage.page.get_by_text("Ask an admin to edit").first).to_be_attached()


FILES_SCENES: dict[str, Scene] = {
    "files": listed,
    "files-chosen": chosen,
    "files-open": opened,
    "files-asked": asked,
    "files-refused": refused,
    "files-to-provider": to_provider,
    "files-alone": alone,
    "files-menu": menu_open,
    "files-example": examined,
    "files-faults": flawed,
    "files-all-faults": faults,
    "files-edit": edited,
    "files-table": tabled,
    "files-as-examples": converted,
    "files-empty": empty,
    "files-reading": reading,
    "files-trouble": trouble,
    "files-sending": lambda stage: beside(stage, "kiln-film.mp4", "24.0"),
    "files-fetching": lambda stage: beside(stage, "old-answers.jsonl", "fetched from Loopback"),
    "files-failed": lambda stage: beside(stage, "sent-too-late.jsonl", "The provider did not answer."),
    "files-stopped": lambda stage: beside(stage, "firing-log.csv", "Stopped at 2 of 9 MB"),
    "files-held": held,
    "files-viewer": read_only,
    "files-narrowed": lambda stage: listed(stage, "?status=leaving&sort=name"),
    "files-nothing": lambda stage: listed(stage, "?q=no-such-file"),
    "files-deleted": lambda stage: listed(stage, "?show=deleted"),
}
