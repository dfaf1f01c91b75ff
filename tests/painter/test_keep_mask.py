"""A reload loses nothing."""

from tests.painter.conftest import OpenEasel
from tests.painter.easel import Easel

NAMES = """new Promise((resolve, reject) => {
  const request = indexedDB.open("painter", 1);
  request.onsuccess = () => {
    const all = request.result.transaction("pictures").objectStore("pictures").getAllKeys();
    all.onsuccess = () => { request.result.close(); resolve(all.result); };
  };
  request.onerror = () => reject(request.error);
})"""
# Pictures that were painted on long ago, or many of them.
FILL = """([count, days]) => new Promise((resolve, reject) => {
  const request = indexedDB.open("painter", 1);
  request.onsuccess = () => {
    const writing = request.result.transaction(["pictures", "acts"], "readwrite");
    for (let at = 0; at < count; at += 1) {
      const name = `mask:${days}-${String(at).padStart(3, "0")}`;
      writing.objectStore("pictures").put({ name, by: "x", at: Date.now() - days * 24 * 3600 * 1000 - at, count: 1, done: 1, bytes: 10 });
      writing.objectStore("acts").put({ source: "", changes: [] }, [name, 0]);
    }
    writing.oncomplete = () => { request.result.close(); resolve(); };
    writing.onabort = () => reject(writing.error);
  };
})"""
ACTS = """new Promise((resolve) => {
  const request = indexedDB.open("painter", 1);
  request.onsuccess = () => {
    const all = request.result.transaction("acts").objectStore("acts").getAllKeys();
    all.onsuccess = () => { request.result.close(); resolve(all.result.map(([name]) => name)); };
  };
})"""


def test_it_gives_the_mask_and_its_steps_back(easel: Easel) -> None:
    states = [easel.coverage().tobytes()]
    for y, is_soft in ((100, True), (200, False), (300, True)):
        easel.soften(is_soft)
        easel.drag((100, y), (400, y + 60))
        states.append(easel.coverage().tobytes())
    easel.act("undo")
    easel.page.evaluate("painter.saved()")
    easel.reload()
    assert easel.coverage().tobytes() == states[2]
    assert easel.page.locator("[data-painter]").get_attribute("data-has-mask") == "yes"
    easel.act("redo")
    assert easel.coverage().tobytes() == states[3]
    for state in (states[2], states[1], states[0]):
        easel.act("undo")
        assert easel.coverage().tobytes() == state


def test_it_keeps_what_was_finished_in_the_last_moment(easel: Easel) -> None:
    """Nobody waits for anything: the reload comes with the last stroke, and another one is under way."""
    easel.drag((100, 100), (300, 120))
    easel.page.evaluate("painter.saved()")
    easel.drag((100, 300), (300, 320))
    expected = easel.coverage().tobytes()
    easel.press((500, 100))
    easel.page.mouse.move(*easel.where((540, 160)), steps=3)
    easel.page.reload()
    easel.wait()
    assert easel.coverage().tobytes() == expected


def test_it_keeps_masks_of_pictures_apart(easel: Easel) -> None:
    easel.drag((100, 100), (300, 120))
    first = easel.coverage().tobytes()
    easel.page.evaluate("painter.saved()")
    easel.open("picture=another")
    assert easel.percent() == 0
    easel.drag((100, 300), (300, 320))
    easel.page.evaluate("painter.saved()")
    easel.open()
    assert easel.coverage().tobytes() == first


def test_it_takes_the_last_of_two_tabs_as_a_whole(easel: Easel) -> None:
    easel.drag((100, 100), (200, 100))
    easel.page.evaluate("painter.saved()")
    other = easel.page.context.new_page()
    other.goto("/?")
    other.evaluate("painter.ready.then(() => true)")
    easel.drag((100, 200), (200, 200))
    easel.page.evaluate("painter.saved()")
    other.evaluate("painter.running.tools.rectangle({ x: 300, y: 300 }, { x: 400, y: 400 }, false); painter.saved()")
    easel.drag((100, 300), (200, 300))
    easel.page.evaluate("painter.saved()")
    expected = easel.coverage().tobytes()
    other.close()
    easel.reload()
    assert easel.coverage().tobytes() == expected
    for _ in range(3):
        easel.act("undo")
    assert easel.percent() == 0


def test_it_tidies_old_masks_and_too_many(easel: Easel) -> None:
    easel.drag((100, 100), (300, 120))
    easel.page.evaluate("painter.saved()")
    easel.page.evaluate(FILL, [60, 1])
    easel.page.evaluate(FILL, [3, 31])
    easel.reload()
    easel.until(f"{NAMES}.then((names) => names.length <= 41)")
    names = easel.page.evaluate(NAMES)
    assert easel.page.evaluate("painter.running.memory.name") in names
    assert "mask:1-000" in names and "mask:1-059" not in names
    assert not [name for name in names if name.startswith("mask:31")]
    assert set(easel.page.evaluate(ACTS)) == set(names)
    assert easel.percent() > 0


def test_it_makes_room_when_the_storage_is_full(easel: Easel) -> None:
    easel.page.evaluate(FILL, [5, 1])
    easel.page.evaluate(
        """() => { const put = IDBObjectStore.prototype.put; let refuse = 1;
        IDBObjectStore.prototype.put = function (...values) {
          if (refuse-- > 0) { this.transaction.abort(); throw new DOMException("full", "QuotaExceededError"); }
          return put.apply(this, values);
        }; }"""
    )
    easel.drag((100, 100), (300, 120))
    easel.page.evaluate("painter.saved()")
    easel.until(f"{NAMES}.then((names) => names.length === 3)")
    expected = easel.coverage().tobytes()
    easel.reload()
    assert easel.coverage().tobytes() == expected


def test_it_paints_without_a_storage(open_easel: OpenEasel) -> None:
    easel = open_easel("picture=none")
    easel.page.add_init_script("Object.defineProperty(window, 'indexedDB', { get() { throw new Error('forbidden'); } })")
    easel.reload()
    easel.drag((100, 100), (300, 120))
    assert easel.percent() > 0
    easel.act("undo")
    assert easel.percent() == 0
    easel.act("redo")
    assert "mask.png" in easel.send().files["mask"][0]
