// Small comforts; every page works without them.
(() => {
  "use strict";
  for (const form of document.querySelectorAll("form[data-bulk]")) {
    const boxes = [...form.querySelectorAll("input[name=row]")], all = form.querySelector("[data-all]"), told = form.querySelector("[data-chosen]");
    const tell = () => { const n = boxes.filter((box) => box.checked).length; told.hidden = !n; told.textContent = n; all.checked = n === boxes.length && n > 0; all.indeterminate = n > 0 && n < boxes.length; };
    all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; tell(); });
    for (const box of boxes) box.addEventListener("change", tell);
    tell();
  }
  for (const button of document.querySelectorAll("[data-print]")) { button.hidden = false; button.addEventListener("click", () => window.print()); }
  // Leave a drop-down form with Escape or by pressing elsewhere.
  for (const days of document.querySelectorAll("details.sk-days")) {
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && days.open) { days.open = false; days.querySelector("summary").focus(); } });
    document.addEventListener("click", (event) => { if (days.open && !days.contains(event.target)) days.open = false; });
  }
  // A second press while the first is under way does nothing.
  for (const form of document.querySelectorAll(".sk form[method=post]")) form.addEventListener("submit", (event) => { if (form.dataset.sent) event.preventDefault(); form.dataset.sent = "1"; setTimeout(() => delete form.dataset.sent, 4000); });
})();
