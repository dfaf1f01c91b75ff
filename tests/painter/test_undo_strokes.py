"""Undo and redo, as far as one likes."""

import random

from tests.painter.conftest import OpenEasel
from tests.painter.easel import Easel

STROKES = 60


def paint(easel: Easel, count: int) -> list[bytes]:
    """Strokes of all kinds; what the coverage was before each, and after the last."""
    chance = random.Random(3)
    states = [easel.coverage().tobytes()]
    for stroke in range(count):
        easel.resize(chance.choice((200, 600, 1000)))
        easel.soften(stroke % 2 == 0)
        easel.choose(("brush", "eraser", "rectangle", "lasso")[stroke % 4])
        places = [(chance.uniform(0, 640), chance.uniform(0, 480)) for _ in range(4)]
        easel.drag(*places, steps=3)
        states.append(easel.coverage().tobytes())
    return states


def test_it_undoes_and_redoes_sixty_strokes(easel: Easel) -> None:
    states = paint(easel, STROKES)
    steps = easel.page.evaluate("painter.stats().steps")
    assert steps > STROKES * 0.8  # one that changed nothing is no step
    different = [state for at, state in enumerate(states) if not at or state != states[at - 1]]
    assert len(different) == steps + 1
    for state in reversed(different[:-1]):
        easel.page.keyboard.press("Control+z")
        assert easel.coverage().tobytes() == state
    assert easel.percent() == 0
    for at, state in enumerate(different[1:]):
        easel.page.keyboard.press("Control+y" if at % 2 else "Control+Shift+z")
        assert easel.coverage().tobytes() == state


def test_it_offers_only_what_can_be_done(easel: Easel) -> None:
    undo, redo = (easel.page.locator(f'.rail [data-painter-act="{name}"]') for name in ("undo", "redo"))
    assert [button.get_attribute("aria-disabled") for button in (undo, redo)] == ["true", "true"]
    easel.drag((200, 240), (400, 240))
    easel.until("painter.stats().done === 1 && painter.percent() > 0")
    assert [button.get_attribute("aria-disabled") for button in (undo, redo)] == ["false", "true"]
    easel.act("undo")
    easel.act("undo")
    assert [button.get_attribute("aria-disabled") for button in (undo, redo)] == ["true", "false"]
    easel.act("redo")
    assert easel.percent() > 0


def test_it_forgets_what_was_undone_once_something_else_is_painted(easel: Easel) -> None:
    easel.drag((100, 100), (150, 100))
    easel.drag((300, 300), (350, 300))
    easel.act("undo")
    easel.drag((500, 200), (550, 200))
    easel.act("redo")
    covered = easel.coverage()
    assert [covered.getpixel(place) for place in ((125, 100), (325, 300), (525, 200))] == [255, 0, 255]
    assert easel.page.evaluate("painter.stats().steps") == 2


def test_it_counts_no_step_that_changes_nothing(easel: Easel) -> None:
    easel.drag((100, 100), (150, 100))
    easel.choose("eraser")
    easel.drag((300, 300), (350, 300))
    assert easel.percent() > 0
    assert easel.page.evaluate("[painter.stats().steps, painter.stats().done]") == [1, 1]


def test_it_takes_back_the_stroke_under_way_first(easel: Easel) -> None:
    easel.drag((100, 100), (150, 100))
    before = easel.coverage().tobytes()
    easel.press((300, 300))
    easel.page.mouse.move(*easel.where((400, 300)), steps=3)
    easel.page.keyboard.press("Control+z")
    assert easel.coverage().tobytes() == before
    easel.page.mouse.move(*easel.where((450, 300)), steps=3)
    easel.page.mouse.up()
    assert easel.coverage().tobytes() == before


def test_it_undoes_while_nothing_of_a_stroke_is_packed_yet(easel: Easel) -> None:
    """Strokes across the same squares, quicker than they are packed."""
    easel.page.evaluate(
        """() => { const { tools, acts } = painter.running;
        for (let x = 100; x < 300; x += 40) { tools.begin({ x, y: 200 }); tools.move([{ x: x + 20, y: 240 }]); tools.end(); }
        acts.undo(); acts.undo(); acts.redo(); }"""
    )
    covered = easel.coverage()
    assert [covered.getpixel((110 + at * 40, 220)) for at in range(5)] == [255, 255, 255, 255, 0]


def test_it_leaves_undo_of_a_text_to_the_text(open_easel: OpenEasel) -> None:
    easel = open_easel()
    easel.drag((100, 100), (150, 100))
    easel.page.locator("#wish").click()
    easel.page.keyboard.type(" of ferns, big and red [ber]")
    easel.page.keyboard.press("Control+z")
    assert easel.percent() > 0
    assert easel.page.locator('[data-painter-tool="brush"]').get_attribute("aria-pressed") == "true"
