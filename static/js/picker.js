// The model picker: fetches its rows once for a page, filters them while somebody types, and gives the chosen id to its form.
(() => {
  "use strict";
  const SHOWN = 300; // rows in the page at once; more cost time at each key
  const AROUND = 20; // rows below the chosen one, so that it does not look like the end
  const IDLE_MS = 300;
  const WAIT_MS = 300;
  const lists = new Map(); // address -> promise of groups
  const menus = new WeakMap();

  function read(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return [...template.content.children].map((element) => ({
      element,
      heading: element.firstElementChild,
      rows: [...element.querySelectorAll('[role="option"]')].map((row) => ({
        row, id: row.dataset.value, text: row.dataset.text, kinds: row.dataset.kinds.split(" "),
      })),
    }));
  }

  const INSIDE_WORD = /[\p{L}\p{N}]$/u;

  // How near a row is to what was typed, as apps/catalog/nearness.py has it: 0 a name begins with it, 1 a word of a name does, 2 the rest.
  function nearness(typed, text) {
    const names = text.split("\n", 2);
    if (names.some((name) => name.startsWith(typed))) return 0;
    const begins = (name) => {
      for (let at = name.indexOf(typed); at > 0; at = name.indexOf(typed, at + 1)) if (!INSIDE_WORD.test(name.slice(0, at))) return true;
      return false;
    };
    return names.some(begins) ? 1 : 2;
  }

  // Groups of fitting rows, and the rows in them, with the nearest first; else as they stand.
  function inOrder(groups, typed) {
    if (!typed) return groups;
    return groups
      .map(({ group, fitting }) => {
        const near = new Map(fitting.map((row) => [row, nearness(typed, row.text)]));
        fitting.sort((one, other) => near.get(one) - near.get(other));
        return { group, fitting, near: near.get(fitting[0]) ?? 2 };
      })
      .sort((one, other) => one.near - other.near);
  }

  function load(address) {
    if (!lists.has(address)) {
      const loading = fetchPart(address);
      loading.catch(() => lists.delete(address)); // the next opening tries again
      lists.set(address, loading);
    }
    return lists.get(address);
  }

  class Picker {
    constructor(root) {
      this.root = root;
      this.address = root.dataset.picker;
      this.button = root.querySelector(".pick");
      this.value = root.querySelector("[data-picker-value]");
      this.menu = root.querySelector("[data-picker-menu]");
      const part = (name) => this.menu.querySelector(`[data-picker-${name}]`);
      [this.search, this.chips, this.count, this.list, this.wait, this.none, this.lost, this.all] =
        ["search", "chips", "count", "list", "wait", "none", "lost", "all"].map(part);
      this.kinds = new Set();
      this.groups = null;
      this.box = new Listbox(this.search, this.list, (option) => this.choose(option));
      this.search.addEventListener("input", (event) => { event.stopPropagation(); this.most = SHOWN; this.filter(); });
      // What is looked for here changes no setting.
      this.search.addEventListener("change", (event) => event.stopPropagation());
      this.chips.addEventListener("click", (event) => this.toggleKind(event.target.closest("[data-kind]")));
      this.all.addEventListener("click", () => { this.most = Infinity; this.filter(); this.search.focus(); });
    }

    prepare() {
      this.waiting ??= load(this.address).then((html) => {
        this.groups = read(html);
        this.total = this.groups.reduce((sum, group) => sum + group.rows.length, 0);
        this.offerChips();
        if (this.menu.matches(":popover-open")) this.show();
      }, () => { this.waiting = null; if (this.menu.matches(":popover-open")) this.say("lost"); });
    }

    say(state) {
      clearTimeout(this.timer);
      for (const name of ["wait", "none", "lost"]) this[name].hidden = name !== state;
    }

    open() {
      this.search.value = "";
      this.most = SHOWN;
      this.goesOn = false;
      this.prepare();
      if (this.groups) { this.filter(); return; }
      this.timer = setTimeout(() => { if (!this.groups) this.say("wait"); }, WAIT_MS);
    }

    show() {
      this.filter();
      if (this.goesOn) { this.choose(this.box.active); return; }
      this.box.active?.scrollIntoView({ block: "center" });
    }

    // A chip is there when it leaves some and not all.
    offerChips() {
      for (const chip of this.chips.children) {
        const fitting = this.groups.reduce((sum, { rows }) => sum + rows.filter((row) => row.kinds.includes(chip.dataset.kind)).length, 0);
        chip.hidden = fitting === 0 || fitting === this.total;
      }
      this.chips.hidden = [...this.chips.children].every((chip) => chip.hidden);
    }

    toggleKind(chip) {
      if (!chip) return;
      const isOn = chip.getAttribute("aria-pressed") !== "true";
      chip.setAttribute("aria-pressed", String(isOn));
      this.kinds[isOn ? "add" : "delete"](chip.dataset.kind);
      this.filter();
    }

    filter() {
      if (!this.groups) return;
      const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const kinds = [...this.kinds];
      const fits = ({ text, kinds: own }) => words.every((word) => text.includes(word)) && kinds.every((kind) => own.includes(kind));
      const chosen = this.value.value;
      let found = 0, shown = 0, start = null;
      const most = words.length || kinds.length ? this.most : Math.max(this.most, this.placeOf(chosen) + AROUND);
      const groups = [];
      for (const { group, fitting } of inOrder(this.groups.map((group) => ({ group, fitting: group.rows.filter(fits) })), words[0])) {
        found += fitting.length;
        const rows = fitting.slice(0, Math.max(0, most - shown));
        shown += rows.length;
        if (!rows.length) continue;
        for (const { row, id } of rows) {
          row.setAttribute("aria-selected", String(id === chosen));
          if (id === chosen) start = row;
        }
        group.element.replaceChildren(group.heading, ...rows.map(({ row }) => row));
        groups.push(group.element);
      }
      this.list.replaceChildren(...groups);
      this.box.refresh(start);
      this.tell(found, shown);
    }

    placeOf(id) {
      return this.groups.flatMap((group) => group.rows).findIndex((row) => row.id === id);
    }

    tell(found, shown) {
      const written = (number) => number.toLocaleString(document.documentElement.lang);
      this.count.textContent = this.count.dataset.words.replace("%1", written(found)).replace("%2", written(this.total));
      this.say(found ? "" : "none");
      this.all.hidden = shown >= found;
      this.all.textContent = this.all.dataset.words.replace("%1", written(found));
    }

    // Enter before the rows are there means the first that will fit.
    choose(option) {
      this.goesOn = !option && !this.groups;
      if (!option) return;
      const id = option.dataset.value;
      const isNew = this.value.value !== id;
      this.menu.hidePopover();
      if (!isNew) return;
      this.value.value = id;
      const name = option.querySelector("b").textContent;
      this.button.querySelector("b").textContent = name;
      this.button.querySelector("small").textContent = option.querySelector(".opt-line").textContent;
      this.value.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  function pickerOf(root) {
    if (!menus.has(root)) menus.set(root, new Picker(root));
    return menus.get(root);
  }

  const rootOf = (event) => (event.target instanceof Element ? event.target.closest("[data-picker]") : null);
  for (const name of ["pointerenter", "focusin"]) {
    document.addEventListener(name, (event) => { const root = rootOf(event); if (root) pickerOf(root).prepare(); }, true);
  }
  document.addEventListener("beforetoggle", (event) => {
    const root = rootOf(event);
    if (root && event.newState === "open" && event.target.matches("[data-picker-menu]")) pickerOf(root).open();
  }, true);
  document.addEventListener("toggle", (event) => {
    const root = rootOf(event);
    if (root && event.newState === "open" && event.target.matches("[data-picker-menu]")) pickerOf(root).box.active?.scrollIntoView({ block: "center" });
  }, true);

  // Selects of plain forms get the same list: the select keeps the value, the picker stands in its place.
  function replaceSelects() {
    const template = document.getElementById("picker-in-form");
    if (!template) return;
    document.querySelectorAll("select[data-picker-endpoint]").forEach((select) => {
      const root = template.content.cloneNode(true).firstElementChild;
      const label = select.labels[0];
      label.id = `${select.id}-label`;
      root.innerHTML = root.innerHTML.replaceAll("%id", select.id);
      root.dataset.picker += `?endpoint=${select.dataset.pickerEndpoint}`;
      root.querySelector("b").textContent = select.selectedOptions[0]?.textContent ?? "";
      select.before(root);
      root.append(select);
      select.dataset.pickerValue = "";
      select.hidden = true;
      label.addEventListener("click", () => root.querySelector(".pick").focus());
    });
  }

  replaceSelects();
  setTimeout(() => {
    const prepare = () => document.querySelectorAll("[data-picker]").forEach((root) => pickerOf(root).prepare());
    if ("requestIdleCallback" in globalThis) requestIdleCallback(prepare);
    else prepare();
  }, IDLE_MS);
})();
