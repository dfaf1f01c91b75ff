"""Every state that a page of pictures can be in."""

from PIL import Image
from playwright.sync_api import expect

from tests.browser.models import SLOW_PICTURE
from tests.browser.pictures import LONG_WORDS, Pictures, as_upload, picture
from tests.browser.stage import Scene, Stage
from tests.loopback.picture_models import BLOCKED, LEGACY, PLAIN


def on(stage: Stage) -> Pictures:
    return Pictures(stage.page, stage.product)


def new_page(stage: Stage) -> None:
    stage.page.goto("/images/new/")


def being_made(stage: Stage) -> None:
    stage.page.goto("/images/new/")
    on(stage).choose_model(SLOW_PICTURE).describe().press()
    expect(stage.page.locator(".tile-wait").first).to_be_visible()


def made(stage: Stage) -> None:
    stage.page.goto("/images/new/")
    on(stage).choose_model(PLAIN).describe(LONG_WORDS).press()
    expect(stage.page.locator("#shots article[aria-busy=true]")).to_have_count(0, timeout=30_000)
    expect(stage.page.locator("#shots .tile img").first).to_be_visible()


def blocked(stage: Stage) -> None:
    stage.page.goto("/images/new/")
    on(stage).choose_model(BLOCKED).describe().press()
    expect(stage.page.locator("#shots .note.bad").first).to_contain_text("The safety system stopped this picture.", timeout=30_000)


def no_words(stage: Stage) -> None:
    stage.page.goto("/images/new/")
    on(stage).describe("").press()
    expect(stage.page.locator("#wish-error .note")).to_contain_text("Describe the picture first.")


def gallery(stage: Stage) -> None:
    on(stage).upload()


def selected(stage: Stage) -> None:
    on(stage).upload()
    stage.page.locator("[data-picture] input[type=checkbox]").first.check(force=True)
    expect(stage.page.locator(".bulk [data-count]")).to_contain_text("1 selected")


def one_picture(stage: Stage) -> None:
    stage.page.goto(on(stage).upload(name="A very long name of a picture that nobody would want to read to its end twice.png"))


def nothing_found(stage: Stage) -> None:
    stage.page.goto("/images/?q=nothing-is-called-so")


def deleted(stage: Stage) -> None:
    stage.page.goto("/images/?show=deleted")


def painting(stage: Stage) -> None:
    on(stage).edit(on(stage).upload()).paint()


def edited(stage: Stage) -> None:
    address = on(stage).upload()
    on(stage).edit(address).choose_model(PLAIN)
    close_sheet(stage)
    on(stage).paint()
    open_sheet(stage)
    on(stage).describe()
    close_sheet(stage)
    on(stage).press().wait_pictures()


def compared(stage: Stage) -> None:
    edited(stage)
    stage.page.locator("#shots .tile a").first.click()
    expect(stage.page.locator("input[type=range]").first).to_be_visible()


def asked_about_mask(stage: Stage) -> None:
    on(stage).edit(on(stage).upload())
    mask = Image.new("L", picture().size, 0)
    mask.paste(255, (40, 40, 120, 120))
    stage.page.locator("#mask-upload input[type=file]").set_input_files([as_upload(mask, "mask.png")])  # type: ignore[list-item]
    expect(stage.page.locator("#mask-dialog")).to_contain_text("Which colour may change?")


def choosing(stage: Stage) -> None:
    on(stage).edit(on(stage).upload())
    open_sheet(stage)
    stage.page.locator("[data-references-add]").click()
    expect(stage.page.locator("#choose [data-picture]").first).to_be_visible()


def helped(stage: Stage) -> None:
    on(stage).edit(on(stage).upload())
    if stage.page.locator(".strip-note").is_visible():
        stage.page.get_by_role("button", name="How masks work").click()
        expect(stage.page.locator("#mask-help")).to_be_visible()


def varied(stage: Stage) -> None:
    stage.page.goto(f"{on(stage).upload()}variations/")
    on(stage).choose_model(LEGACY)
    close_sheet(stage)
    on(stage).press().wait_pictures()


def asked_by_edit(stage: Stage) -> None:
    stage.page.goto(f"{on(stage).upload()}variations/")
    on(stage).choose_model(PLAIN)
    expect(stage.page.locator("#picture-settings")).to_contain_text("no call for variations")


def open_sheet(stage: Stage) -> None:
    """The settings, where they are a sheet."""
    opener = stage.page.locator(".top-actions .open-panel")
    if opener.is_visible() and not stage.page.locator("#settings").is_visible():
        opener.click()


def close_sheet(stage: Stage) -> None:
    closer = stage.page.locator("#settings .panel-close")
    if closer.is_visible():
        closer.click()


PICTURE_SCENES: dict[str, Scene] = {
    "images": gallery,
    "images-selected": selected,
    "images-none": nothing_found,
    "images-deleted": deleted,
    "images-new": new_page,
    "images-making": being_made,
    "images-made": made,
    "images-blocked": blocked,
    "images-no-words": no_words,
    "image": one_picture,
    "image-compare": compared,
    "image-edit": painting,
    "image-edited": edited,
    "image-mask": asked_about_mask,
    "image-choose": choosing,
    "image-help": helped,
    "image-varied": varied,
    "image-by-edit": asked_by_edit,
}
PICTURES_EXPECTED = {"images-no-words": "status of 422"}
