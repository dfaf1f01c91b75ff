"""P1: whether painting a mask stays smooth on a large picture. One browser without a graphics card, which is the worst there is."""

import asyncio
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django
import psutil
from playwright.sync_api import sync_playwright

from benchmarks.chat import Stage
from benchmarks.report import Figure, quantile

EDGE, STROKES = 4096, 60
FRAME_MS = 34  # half the pace of a usual screen; above it a stroke is seen to lag
SEEN_MS = 100  # until the second frame after a press; two frames are 33 ms by themselves
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
EXPORT = """async () => {
  const begun = performance.now();
  const file = await painter.png();
  return [performance.now() - begun, file.size];
}"""
# Until the screen shows it: two frames after the key.
PRESS = """async (name) => {
  const begun = performance.now();
  document.querySelector(`.rail [data-painter-act="${name}"]`).click();
  const worked = performance.now() - begun;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return [worked, performance.now() - begun];
}"""


async def measure_painter(_: Stage) -> list[Figure]:
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return await asyncio.to_thread(measure, browser) if browser else []


def measure(browser: str) -> list[Figure]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.painter.studio import Studio

    with Studio() as studio, open_page(browser) as page:
        studio.picture(f"{EDGE}x{EDGE}", "bands")  # made before anybody asks
        begun = time.perf_counter()
        page.goto(f"{studio.url}/?size={EDGE}x{EDGE}")
        page.evaluate("painter.ready.then(() => true)")
        opened = (time.perf_counter() - begun) * 1000
        return [Figure("P1", f"painter open, {EDGE} × {EDGE}", opened, "ms"), *measure_acts(page)]


@contextmanager
def open_page(browser: str) -> Iterator[Any]:
    with sync_playwright() as playwright:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-precise-memory-info"]
        started = playwright.chromium.launch(executable_path=browser, args=flags)
        yield started.new_page(viewport={"width": 1440, "height": 900})
        started.close()


def measure_acts(page: Any) -> list[Figure]:
    page.evaluate("painter.stats()")
    figures = [tell_frames("painting 60 strokes, soft and hard", page, paint_strokes)]
    figures += tell_presses(page, "undo")
    figures += tell_presses(page, "redo")
    figures.append(tell_frames("zoom at the pointer, in and out", page, zoom))
    figures.append(tell_frames("moving the picture, zoomed in", page, move))
    spent, size = page.evaluate(EXPORT)
    figures.append(Figure("P1", "mask made for sending", spent, "ms", 3000, f"{size / 1024:.0f} KiB"))
    figures.append(Figure("P1", "memory of the tab, picture included", largest_renderer(), "MiB", 800))
    begun = time.perf_counter()
    percent = page.evaluate("painter.percent()")
    page.reload()
    page.evaluate("painter.ready.then(() => true)")
    assert page.evaluate("[painter.stats().steps, painter.percent()]") == [STROKES, percent], "strokes were lost on reload"
    figures.append(Figure("P1", f"reload with {STROKES} strokes", (time.perf_counter() - begun) * 1000, "ms"))
    return figures


def tell_frames(what: str, page: Any, act: Callable[[Any], None]) -> Figure:
    """The time from one frame to the next, while something is drawn."""
    page.evaluate("painter.stats()")
    act(page)
    frames = page.evaluate("painter.stats().frames")
    beside = f"{len(frames)} frames, p50 {quantile(frames, 0.5):.0f} ms, longest {max(frames):.0f} ms"
    return Figure("P1", f"{what}, frame p95", quantile(frames, 0.95), "ms", FRAME_MS, beside)


def paint_strokes(page: Any) -> None:
    """Across the stage, every third with the largest brush, every second takes away, so that each changes something."""
    chance = random.Random(7)
    box = page.locator("[data-painter-frame]").bounding_box()
    for stroke in range(STROKES):
        page.locator("[data-painter-size]").fill(str((300, 700, 1000)[stroke % 3]))
        page.locator("[data-painter-soft]").set_checked(stroke % 4 < 2)
        page.keyboard.press("be"[stroke % 2])
        places = [(box["x"] + chance.random() * box["width"], box["y"] + chance.random() * box["height"]) for _ in range(4)]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=10)
        page.mouse.up()


def tell_presses(page: Any, name: str) -> list[Figure]:
    spent = [page.evaluate(PRESS, name) for _ in range(STROKES)]
    worked, seen = [each[0] for each in spent], [each[1] for each in spent]
    beside = f"of {STROKES}; p50 {quantile(seen, 0.5):.0f} ms; computed in p50 {quantile(worked, 0.5):.0f}, longest {max(worked):.0f} ms"
    first = "the 60th stroke" if name == "undo" else "the first stroke"
    return [
        Figure("P1", f"{name} of {first}, until it is seen", seen[0], "ms", SEEN_MS),
        Figure("P1", f"{name}, p95", quantile(seen, 0.95), "ms", SEEN_MS, beside),
    ]


def zoom(page: Any) -> None:
    box = page.locator("[data-painter-frame]").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4)
    page.keyboard.down("Control")
    for step in range(120):
        page.mouse.wheel(0, -25 if step < 60 else 25)
    page.keyboard.up("Control")


def move(page: Any) -> None:
    for _ in range(4):
        page.keyboard.press("+")
    page.keyboard.down(" ")
    page.mouse.down()
    page.mouse.move(300, 300, steps=60)
    page.mouse.move(900, 500, steps=60)
    page.mouse.up()
    page.keyboard.up(" ")


def largest_renderer() -> float:
    """Resident memory in MiB; the tab is the browser's largest renderer."""
    here = psutil.Process().children(recursive=True)
    return max((child.memory_info().rss for child in here if "--type=renderer" in " ".join(child.cmdline())), default=0) / 2**20
