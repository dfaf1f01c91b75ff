// Correcting segments in place: a click opens the text, Enter saves, Shift Enter splits, Esc leaves it. Leaving the text saves too.
// What is typed and not saved yet is in correcting-drafts.js, the menu of a segment in correcting-menu.js, keys in correcting-keys.js.
(() => {
  "use strict";
  const page = document.getElementById("transcript");
  const drafts = globalThis.segmentDrafts;
  if (!page || !globalThis.transcript) return;
  let busy = Promise.resolve(); // one change after the other, in the order in which they were wanted

  const say = (text) => { document.getElementById("announce").textContent = text; };
  const address = (row) => `${page.dataset.url}segments/${row.id.slice(2)}/`;
  const editing = () => document.querySelector(".segrow.is-editing");

  function toast(template, sentence) {
    const piece = document.getElementById(template).content.cloneNode(true);
    if (sentence) piece.querySelector(".grow").textContent = sentence;
    document.getElementById("toasts").append(piece);
  }

  // --- Asking the server ----------------------------------------------------------------------
  async function send(url, body) {
    const headers = { "HX-Request": "true", "X-Team": document.body.dataset.team };
    if (body && page.dataset.in) body.set("in", page.dataset.in);
    try {
      const response = await fetch(url, body ? { method: "POST", body, headers, keepalive: true } : { headers });
      if (response.redirected) throw new Error("sign in");
      return { status: response.status, html: await response.text() };
    } catch {
      return { status: 0, html: "" };
    }
  }

  /** Posts a change and shows what came of it. True when it was made. */
  function post(url, body, row = null) {
    const turn = busy.then(async () => {
      const answer = await send(url, body);
      if (answer.status === 200) { apply(answer.html); return true; }
      if (answer.status === 422 && row) openForm(row, answer.html);
      else if (answer.status === 409) toast("toast-failed", part(answer.html, "[data-sentence]")?.textContent.trim());
      else if (answer.status === 404) toast("toast-failed", page.dataset.gone);
      else toast(answer.status ? "toast-failed" : "toast-unsent");
      return false;
    });
    busy = turn.catch(() => false);
    return turn;
  }

  function part(html, selector) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.querySelector(selector);
  }

  // --- Putting changes in their places --------------------------------------------------------
  function apply(html) {
    const told = part(html, "[data-changed-lines]");
    if (!told) return;
    if (document.getElementById("segments")) {
      told.dataset.gone.split(" ").filter(Boolean).forEach((id) => document.getElementById(id)?.remove());
      told.querySelectorAll("li.segrow").forEach(place);
    } else htmx.ajax("GET", location.href, { target: "#view", swap: "outerHTML" });
    told.querySelectorAll("[data-part]").forEach((fresh) => document.getElementById(fresh.id)?.replaceWith(fresh));
    const list = document.getElementById("segments");
    list?.classList.toggle("has-speakers", Boolean(document.querySelector(".speaker")));
    document.getElementById("names-switch").hidden = !document.querySelector(".speaker");
    document.dispatchEvent(new Event("transcript:lines"));
    htmx.trigger(document.body, "corrected");
    say(page.dataset.saved);
  }

  function place(row) {
    const old = document.getElementById(row.id);
    if (old) { old.replaceWith(row); return; }
    const start = Number(row.dataset.a);
    const list = document.getElementById("segments");
    const after = [...list.children].find((each) => Number(each.dataset.a) > start || (Number(each.dataset.a) === start && each.id > row.id));
    list.insertBefore(row, after ?? null);
  }

  // --- The form -------------------------------------------------------------------------------
  async function edit(row, caret = null) {
    if (!row || row.classList.contains("is-editing")) return;
    await leave();
    const answer = await send(address(row));
    if (answer.status === 200) openForm(row, answer.html, caret);
    else toast(answer.status ? "toast-failed" : "toast-unsent", answer.status === 404 ? page.dataset.gone : "");
  }

  function openForm(row, html, caret = null) {
    const form = part(html, "[data-segment-form]");
    if (!form) return;
    row.querySelector("[data-segment-form]")?.remove();
    row.append(form);
    row.classList.add("is-editing");
    const area = form.elements.text;
    drafts.offer(row, form);
    fit(area);
    area.focus();
    const at = caret === null ? area.value.length : Math.min(caret, area.value.length);
    area.setSelectionRange(at, at);
  }

  // Where the style sheet cannot do it.
  function fit(area) {
    if (CSS.supports("field-sizing", "content")) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  }

  function close(row, hasFocus) {
    drafts.drop(row);
    row.classList.remove("is-editing");
    row.querySelector("[data-segment-form]")?.remove();
    if (hasFocus) row.querySelector("[data-edit]")?.focus();
  }

  const isDirty = (form) => form.elements.text.value !== form.elements.was.value;

  /** Save what was typed, and close. `hasFocus`: go on at this line afterwards. */
  async function save(row, hasFocus) {
    const form = row.querySelector("[data-segment-form]");
    if (!form || form.dataset.saving) return true;
    if (!isDirty(form) && !form.querySelector("[role=alert]")) { close(row, hasFocus); return true; }
    form.dataset.saving = "yes";
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    const done = await post(form.action, new FormData(form), row);
    delete form.dataset.saving;
    if (done) drafts.drop(row);
    if (done && hasFocus) (document.getElementById(row.id) ?? neighbour)?.querySelector("[data-edit]")?.focus();
    return done;
  }

  async function leave() {
    const row = editing();
    if (row) await save(row, false);
  }

  function split(row) {
    const form = row.querySelector("[data-segment-form]");
    const body = new FormData(form);
    body.set("head", form.elements.text.value.slice(0, form.elements.text.selectionStart));
    post(form.querySelector("[data-split]").formAction, body, row).then((done) => {
      if (!done) return;
      drafts.drop(row);
      document.getElementById(row.id)?.nextElementSibling?.querySelector("[data-edit]")?.focus();
    });
  }

  /** Another change of the same segment, after what was typed is saved. */
  async function then(row, url, fields = {}) {
    const token = row.querySelector("[name=csrfmiddlewaretoken]").value;
    if (!(await save(row, false))) return;
    const body = new FormData();
    Object.entries({ csrfmiddlewaretoken: token, ...fields }).forEach(([name, value]) => body.set(name, value));
    if (await post(url, body)) document.getElementById(row.id)?.querySelector("[data-edit]")?.focus();
  }

  // --- What people do -------------------------------------------------------------------------
  page.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-edit], .segrow .tx:not(.other), [data-cancel], [data-split], [data-join], [data-original]");
    const row = target?.closest(".segrow");
    if (!row) return;
    if (target.matches(".tx")) { if (getSelection().isCollapsed) edit(row, caretAt(event, target)); return; }
    event.preventDefault();
    if (target.matches("[data-edit]")) edit(row);
    else if (target.matches("[data-cancel]")) close(row, true);
    else if (target.matches("[data-split]")) split(row);
    else if (target.matches("[data-join]")) then(row, target.formAction);
    else post(target.formAction, new FormData(target.form), row).then((done) => { if (done) drafts.drop(row); });
  });

  /** Which letter was clicked. */
  function caretAt(event, text) {
    const found = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    const [node, offset] = found ? [found.offsetNode, found.offset] : [document.caretRangeFromPoint?.(event.clientX, event.clientY)?.startContainer, 0];
    if (!node || !text.contains(node)) return null;
    const range = new Range();
    range.setStart(text, 0);
    range.setEnd(node, offset);
    return range.toString().length;
  }

  page.addEventListener("keydown", (event) => {
    const row = event.target.closest?.(".segrow.is-editing");
    if (!row || event.isComposing) return;
    if (event.key === "Escape") { event.preventDefault(); close(row, true); return; }
    if (event.key !== "Enter") return;
    if (event.target.matches("textarea")) {
      event.preventDefault();
      if (event.shiftKey) split(row);
      else save(row, true);
    } else if (event.target.matches("[data-new-speaker]")) {
      event.preventDefault();
      if (event.target.value.trim()) then(row, row.querySelector("[data-speaker]").dataset.speaker, { name: event.target.value });
    }
  });

  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-segment-form]")) return;
    event.preventDefault();
    save(form.closest(".segrow"), true);
  });

  page.addEventListener("input", (event) => {
    if (!event.target.matches(".seg-text")) return;
    fit(event.target);
    drafts.keep(event.target.closest(".segrow"), event.target.form);
  });

  page.addEventListener("change", (event) => {
    const choice = event.target;
    if (!choice.matches("[data-speaker]")) return;
    if (choice.value === "+") choice.parentElement.querySelector("[data-new-speaker]").focus();
    else then(choice.closest(".segrow"), choice.dataset.speaker, { speaker: choice.value });
  });

  page.addEventListener("focusout", (event) => {
    const row = event.target.closest?.(".segrow.is-editing");
    if (!row || !document.hasFocus() || row.contains(event.relatedTarget)) return;
    setTimeout(() => { if (row.isConnected && row.classList.contains("is-editing") && !row.contains(document.activeElement)) save(row, false); });
  });

  // What somebody writes is not taken away by a page that comes anew.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id === "view" && editing() && event.detail.requestConfig?.triggeringEvent?.type !== "click") event.detail.shouldSwap = false;
  });

  globalThis.correcting = { edit, leave, post, address };
})();
