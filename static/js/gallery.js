// The gallery: choosing several pictures, the one menu of all squares, and telling another page which picture was chosen.
(() => {
  "use strict";
  const menu = document.getElementById("square-menu");
  let last = null; // the box that was ticked last, where a range begins
  let counted = 0;

  const boxes = () => [...document.querySelectorAll(".square-pick input")];
  const say = (text) => { document.getElementById("announce").textContent = text; };

  function count() {
    const words = document.querySelector("[data-count]");
    const number = boxes().filter((box) => box.checked).length;
    if (!words || number === counted) return;
    counted = number;
    words.textContent = (number === 1 ? words.dataset.one : words.dataset.many).replace("%1", number);
    say(words.textContent);
  }

  // With Shift everything between the last box and this one becomes as this one.
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.(".square-pick input");
    if (!box) return;
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) all.slice(from, to + 1).forEach((each) => { each.checked = box.checked; });
    last = box;
    count();
  });
  document.addEventListener("reset", (event) => {
    if (!event.target.matches("[data-selection]")) return;
    last = null;
    setTimeout(() => { count(); document.querySelector(".square a")?.focus(); });
  });

  // The menu is filled for the square whose button opens it.
  function fill(square) {
    const id = square.dataset.picture;
    menu.querySelectorAll("[data-goes]").forEach((link) => { link.href = link.dataset.goes.replace(menu.dataset.nobody, id); });
    menu.querySelectorAll("[data-is]").forEach((field) => { field.value = id; });
    menu.querySelectorAll("[data-only]").forEach((item) => { item.hidden = !(item.dataset.only in square.dataset); });
    const copier = menu.querySelector("[data-copy]");
    copier.disabled = true;
    if (!copier.hidden) load(copier, menu.dataset.description.replace(menu.dataset.nobody, id));
  }

  // Before it is asked for: the clipboard takes nothing that comes long after a click.
  async function load(copier, address) {
    copier.dataset.from = address;
    const text = await fetchPart(address).catch(() => null);
    if (copier.dataset.from !== address || text === null) return;
    copier.dataset.text = text;
    copier.disabled = false;
  }

  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.('[popovertarget="square-menu"]');
    if (opener) fill(opener.closest(".square"));
    else if (event.target.closest?.("#square-menu button")) setTimeout(() => menu.hidePopover());
  }, true);

  // What was deleted is gone: the next square has the focus, or what follows is shown.
  let going = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.requestConfig.path.endsWith("/images/delete/")) return;
    const first = document.querySelector(".square:has(.square-pick :checked)") ?? document.getElementById(`square-${menu?.querySelector("[data-is]")?.value}`);
    going = [...document.querySelectorAll(".square")].indexOf(first);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (going === null || !event.detail.requestConfig.path.endsWith("/images/delete/")) return;
    const [at, squares] = [going, document.querySelectorAll(".square")];
    [going, last] = [null, null];
    count();
    if (!squares.length) htmx.ajax("GET", location.href, { target: "#gallery", swap: "outerHTML" });
    (squares[Math.min(Math.max(at, 0), squares.length - 1)]?.querySelector("a") ?? document.getElementById("main")).focus();
  });

  // The button that was pressed is gone: the first of the new ones has the focus.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const place = event.detail.target;
    if (!place?.matches?.(".more")) return;
    const [list, before] = [place.parentElement, place.previousElementSibling];
    document.addEventListener("htmx:afterSettle", () => {
      const first = before ? before.nextElementSibling : list.firstElementChild;
      first?.querySelector("a, button")?.focus();
    }, { once: true });
  });

  // A picture in a dialog of another page.
  document.addEventListener("click", (event) => {
    const choice = event.target.closest?.("button[data-picture]");
    if (!choice) return;
    const { picture: id, name, thumbnail } = choice.dataset;
    choice.dispatchEvent(new CustomEvent("picture:chosen", { bubbles: true, detail: { id, name, thumbnail } }));
  });

  // A grid that comes anew has nothing ticked; one that the browser kept may have.
  document.addEventListener("htmx:afterSettle", count);
  addEventListener("pageshow", count);
})();
