"""Pictures of every state, for looking at: `python -m tests.browser.shots OUT [scene …]`; "setup" is the first start."""

import pathlib
import shutil
import sys
import tempfile

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.models import MODELS
from tests.browser.scenes import SCENES, Stage
from tests.browser.seat import DESKTOP, PHONE, Seat, launch
from tests.browser.untouched import UntouchedProduct
from tests.loopback import Loopback
from tests.product import Product
from tests.product.product import EMAIL, PASSWORD

SIZES = {"1440": DESKTOP, "390": PHONE}
THEMES = ("light", "dark")


def take(page: Page, out: pathlib.Path, name: str, width: str) -> None:
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of the two
        page.screenshot(path=out / f"{name}-{width}-{theme}.png")


def shoot_scenes(browser: Browser, product: Product, out: pathlib.Path, names: list[str]) -> None:
    seat = Seat(browser, product.url)
    seat.page.goto("/sign-in/?next=/chat/")
    for width, size in SIZES.items():
        seat.page.set_viewport_size(size)
        take(seat.page, out, "sign-in", width)
    seat.page.get_by_label("E-mail").fill(EMAIL)
    seat.page.get_by_label("Password").fill(PASSWORD)
    seat.page.get_by_role("button", name="Sign in").click()
    seat.page.wait_for_url(lambda url: "/sign-in/" not in url)
    session = seat.context.cookies()
    for name in names:
        for width, size in SIZES.items():
            seat.context.add_cookies(session)  # a scene may be of somebody else
            seat.page.set_viewport_size(size)
            SCENES[name](Stage(seat.page, product))
            take(seat.page, out, name, width)
    seat.close()


def shoot_setup(browser: Browser, product: Product, out: pathlib.Path) -> None:
    page = Seat(browser, product.url).page
    page.goto(f"/setup/?token={product.ids['token']}")
    _take_both(page, out, "setup-1")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Name of the team").fill("Harbour office")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make account").click()
    page.wait_for_url("**/setup/provider/")
    page.wait_for_timeout(1500)
    _take_both(page, out, "setup-2")
    page.goto("/setup/provider/?kind=own#connect")
    _take_both(page, out, "setup-2-own")
    page.get_by_label("Name").fill("Loopback")
    page.get_by_role("textbox", name="Address").fill(product.provider.url)
    page.get_by_role("button", name="Connect and test").click()
    page.wait_for_url("**/setup/provider/")
    _take_both(page, out, "setup-2-found")
    page.goto("/setup/provider/?kind=own#connect")
    page.get_by_label("Name").fill("Lighthouse keeper")
    page.get_by_role("textbox", name="Address").fill("http://127.0.0.1:9/v1")
    page.get_by_role("button", name="Connect and test").click()
    page.wait_for_url("**fix=**")
    _take_both(page, out, "setup-2-fix")
    page.goto("/setup/models/")
    _take_both(page, out, "setup-3")
    page.goto("/setup/done/")
    _take_both(page, out, "setup-4")
    page.goto("/")
    _take_both(page, out, "home-empty")


def _take_both(page: Page, out: pathlib.Path, name: str) -> None:
    for width, size in SIZES.items():
        page.set_viewport_size(size)
        take(page, out, name, width)


def main(out: pathlib.Path, names: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not executable:
        raise SystemExit("Chromium is not installed, so there is nothing to take pictures with.")
    with tempfile.TemporaryDirectory() as folder, Loopback() as provider, sync_playwright() as playwright:
        browser = launch(playwright, executable)
        with Product(pathlib.Path(folder) / "ready", provider, models=MODELS) as product:
            shoot_scenes(browser, product, out, [name for name in names if name != "setup"] if names else list(SCENES))
        if not names or "setup" in names:
            with UntouchedProduct(pathlib.Path(folder) / "untouched", provider) as product:
                shoot_setup(browser, product, out)
        browser.close()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2:])
