// Notices that another tab of this browser went to another team, and holds back what would go to the wrong one.
(() => {
  "use strict";
  const banner = document.getElementById("other-team");
  const mine = document.body.dataset.team;
  if (!mine || !banner) return;

  function remember(team) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `team=${team}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  }

  function present() {
    return document.cookie.match(/(?:^|; )team=([0-9a-f-]{36})/)?.[1] ?? mine;
  }

  function isElsewhere() {
    const team = present();
    const named = document.querySelector(`#team-menu [value="${CSS.escape(team)}"]`);
    const words = banner.querySelector("[data-words]");
    words.textContent = named ? words.dataset.words.replace("%s", named.dataset.teamName) : words.dataset.unnamed;
    banner.hidden = team === mine;
    return team !== mine;
  }

  // The page that was loaded last is the team of the session, also when the server chose it.
  remember(mine);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) isElsewhere(); });
  addEventListener("focus", isElsewhere);
  addEventListener("pageshow", isElsewhere);

  // htmx says the team of its page itself; a plain form would go to the team of the other tab.
  function isPlainPost(form) {
    return form.method === "post" && !form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete], [data-any-team], [data-theme-toggle]");
  }

  document.addEventListener("submit", (event) => {
    if (!isPlainPost(event.target) || !isElsewhere()) return;
    event.preventDefault();
    event.stopPropagation();
    banner.querySelector("a").focus();
    banner.scrollIntoView({ block: "nearest" });
  }, { capture: true });
})();
