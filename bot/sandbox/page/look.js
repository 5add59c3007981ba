// Light, dark or as the system, as it was chosen on this page: asked for in the head, so that no page flashes in the other one.

(() => {
  const KEY = "look";
  const root = document.documentElement;

  function stored() {
    try { return localStorage.getItem(KEY); } catch { return null; } // storage is switched off in this browser
  }

  /** Show a look, "light" or "dark"; anything else is the system's. */
  function show(look) {
    if (look === "light" || look === "dark") root.dataset.look = look;
    else delete root.dataset.look;
    const choice = document.querySelector(`[name="look"][value="${root.dataset.look ?? ""}"]`);
    if (choice) choice.checked = true;
  }

  show(stored());
  document.addEventListener("DOMContentLoaded", () => show(root.dataset.look));
  document.addEventListener("change", ({ target }) => {
    if (target.name !== "look") return;
    show(target.value);
    try { localStorage.setItem(KEY, target.value); } catch { /* then it lasts as long as this page */ }
  });
  // Another tab, or the person beside this one.
  addEventListener("storage", ({ key, newValue }) => (key === KEY || key === null) && show(newValue));
})();
