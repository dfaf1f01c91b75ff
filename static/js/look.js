// The page of the look: what the server has kept is shown at once; what it has not kept goes back.
(() => {
  "use strict";
  const form = document.getElementById("look");
  const root = document.documentElement;

  function mark(element, name, value) {
    if (value) element.dataset[name] = value;
    else delete element.dataset[name];
  }

  document.addEventListener("look:saved", ({ detail }) => {
    mark(root, "theme", detail.theme);
    mark(root, "motion", detail.motion);
    mark(root, "density", detail.density === "compact" ? "compact" : "");
    document.body.dataset.keys = detail.uses_keys ? "on" : "off";
    document.body.dataset.enter = detail.sends_with_enter ? "sends" : "line";
    form.querySelectorAll("input").forEach((input) => { input.defaultChecked = input.checked; });
  });

  for (const failure of ["htmx:responseError", "htmx:sendError"]) form.addEventListener(failure, () => form.reset());
})();
