// A list that is driven from its search field: arrows move, Enter chooses. The model picker and the jump box share it.
(() => {
  "use strict";
  const PAGE = 8;

  /** `field` is the combobox, `list` the listbox, `choose` gets the option that was chosen, null when Enter finds none. */
  class Listbox {
    constructor(field, list, choose) {
      this.field = field;
      this.list = list;
      this.choose = choose;
      this.options = [];
      this.active = null;
      this.at = -1;
      field.addEventListener("keydown", (event) => this.press(event));
      // The focus stays in the field, so that typing goes on after a click beside a row.
      list.addEventListener("mousedown", (event) => event.preventDefault());
      list.addEventListener("click", (event) => {
        const option = event.target.closest('[role="option"]');
        if (!option) return;
        event.preventDefault();
        this.choose(option);
      });
    }

    /** After the rows have changed. `start` is the option to stand on, else the first. */
    refresh(start) {
      this.options = [...this.list.querySelectorAll('[role="option"]')];
      this.options.forEach((option, index) => { option.id = `${this.list.id}-${index}`; });
      this.active?.classList.remove("active");
      this.active = null;
      this.move(this.options.length ? Math.max(0, this.options.indexOf(start)) : -1);
    }

    move(to) {
      this.at = Math.min(Math.max(to, -1), this.options.length - 1);
      this.active?.classList.remove("active");
      this.active = this.options[this.at] ?? null;
      if (!this.active) {
        this.field.removeAttribute("aria-activedescendant");
        return;
      }
      this.active.classList.add("active");
      this.field.setAttribute("aria-activedescendant", this.active.id);
      this.active.scrollIntoView({ block: "nearest" });
    }

    press(event) {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const last = this.options.length - 1;
      const targets = {
        ArrowDown: this.at + 1, ArrowUp: Math.max(0, this.at - 1), Home: 0, End: last, PageDown: this.at + PAGE, PageUp: Math.max(0, this.at - PAGE),
      };
      if (event.key === "Enter") {
        event.preventDefault();
        this.choose(this.active);
      } else if (event.key in targets && last >= 0) {
        event.preventDefault();
        this.move(targets[event.key]);
      }
    }
  }

  // The team of this page goes with the question, so that a tab of another team asks for nothing of it.
  function teamOfPage() {
    const { team } = document.body.dataset;
    return team ? { "X-Team": team } : {};
  }

  /** A part of a page as text. Rejects when it is anything else, such as the page to sign in. */
  async function fetchPart(url, options = {}) {
    const response = await fetch(url, { ...options, headers: { "HX-Request": "true", ...teamOfPage() } });
    if (!response.ok || response.redirected) throw new Error(`no part of a page: ${response.status}`);
    return response.text();
  }

  Object.assign(globalThis, { Listbox, fetchPart });
})();
