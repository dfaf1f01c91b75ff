// A key that is being typed can be looked at: each password field with data-show gets a button beside it.
// Without script the field works, only unseen.
document.querySelectorAll("input[type=password][data-show]").forEach((input) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm key-show";
  button.textContent = input.dataset.show;
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    const isShown = input.type === "text";
    input.type = isShown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!isShown));
  });
  // Nothing readable stays behind in the page's history.
  input.form?.addEventListener("submit", () => { input.type = "password"; });
  input.after(button);
});
