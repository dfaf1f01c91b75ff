// The profile: where no time zone is chosen, the browser's own is put into the form. It counts once it is saved.
(() => {
  "use strict";
  const select = document.querySelector("select[data-detect-zone]");
  if (!select || select.value) return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (![...select.options].some((option) => option.value === zone)) return;
  select.value = zone;
  document.getElementById(select.dataset.detectZone).hidden = false;
})();
