// What every page does with a script: theme, toasts, copying, counters, dialogs, offline banner, Esc.
(() => {
  "use strict";
  const root = document.documentElement;
  const TOAST_MS = 6000;

  function isDark() {
    return (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  }

  function chooseTheme(theme) {
    root.dataset.theme = theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${theme}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-theme-toggle]")) return;
    event.preventDefault();
    chooseTheme(isDark() ? "light" : "dark");
  });

  // Toasts go after six seconds, but not while somebody reads or uses them.
  function watchToast(toast) {
    if (toast.dataset.watched) return;
    toast.dataset.watched = "yes";
    let timer;
    const start = () => { timer = setTimeout(() => toast.remove(), TOAST_MS); };
    const hold = () => clearTimeout(timer);
    toast.addEventListener("mouseenter", hold);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("mouseleave", start);
    toast.addEventListener("focusout", start);
    start();
  }

  function showToast(templateId) {
    const template = document.getElementById(templateId);
    const toasts = document.getElementById("toasts");
    if (template && toasts) toasts.append(template.content.cloneNode(true));
  }

  const toasts = document.getElementById("toasts");
  if (toasts) {
    toasts.querySelectorAll(".toast").forEach(watchToast);
    new MutationObserver(() => toasts.querySelectorAll(".toast").forEach(watchToast)).observe(toasts, { childList: true });
  }

  // The server's own error toast carries HX-Retarget; an error without one gets ours.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Retarget")) showToast("toast-failed");
  });
  document.addEventListener("htmx:sendError", () => showToast("toast-unsent"));

  // data-copy names the element whose text is copied, or is empty and data-text has the text.
  async function copyFrom(button) {
    const source = button.dataset.copy ? document.getElementById(button.dataset.copy) : null;
    const text = source ? (source.value ?? source.innerText) : button.dataset.text;
    if (text === undefined) return;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      copyBySelection(text);
    }
    showToast("toast-copied");
  }

  // Plain http addresses have no clipboard of their own.
  function copyBySelection(text) {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "vh";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  document.addEventListener("click", (event) => {
    const copier = event.target.closest("[data-copy]");
    if (copier) copyFrom(copier);
    const opener = event.target.closest("[data-open-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.openDialog);
    if (dialog && !dialog.open) { event.preventDefault(); dialog.showModal(); }
    const closer = event.target.closest("[data-close-dialog]");
    if (closer) closer.closest("dialog")?.close();
  });

  // One less, one more: within the bounds, and told as a change, so that an estimate follows.
  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    const input = step?.closest("[data-stepper]")?.querySelector("input");
    if (!input) return;
    const wanted = (parseInt(input.value, 10) || 0) + Number(step.dataset.step);
    input.value = Math.min(Number(input.dataset.max), Math.max(Number(input.dataset.min), wanted));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // A slider's <output for="id"> follows it; data-unit and data-words say how the value reads.
  document.addEventListener("input", (event) => {
    if (event.target.type !== "range" || !event.target.id) return;
    document.querySelectorAll(`output[for="${CSS.escape(event.target.id)}"]`).forEach((output) => { output.value = reading(output, event.target.value); });
  });

  function reading(output, value) {
    if (!output.dataset.words) return value;
    const words = Math.round((Number(value) * 0.75) / 10) * 10;
    return output.dataset.words.replace("%s", words.toLocaleString(root.lang));
  }

  // Elements with data-since (epoch in ms) count the seconds until they leave the page; those with data-until count down to it.
  setInterval(() => {
    document.querySelectorAll("[data-since]").forEach((element) => { element.textContent = spoken((Date.now() - Number(element.dataset.since)) / 1000); });
    document.querySelectorAll("[data-until]").forEach((element) => { element.textContent = spoken((Number(element.dataset.until) - Date.now()) / 1000); });
  }, 1000);

  function spoken(time) {
    const seconds = Math.max(0, time);
    return seconds < 90 ? `${Math.floor(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  }

  // The list of the pages of Settings is one line on a phone: the page one is on is in view.
  document.querySelector(".settings-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

  function showConnection() {
    const banner = document.getElementById("offline");
    if (banner) banner.hidden = navigator.onLine;
  }
  addEventListener("online", showConnection);
  addEventListener("offline", showConnection);
  showConnection();

  // Esc stops the newest answer, unless it closes something first.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (document.querySelector("dialog[open], :popover-open")) return;
    const stops = document.querySelectorAll("[data-stop]");
    if (stops.length) { event.preventDefault(); stops[stops.length - 1].click(); }
  });
})();
