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
  // A question that only some answers ask for waits for one of them.
  for (const form of document.querySelectorAll(".sk form:has([data-asker])")) {
    const waiting = [...form.querySelectorAll("[data-asker]")], sections = [...form.querySelectorAll("section:has(> div > [data-asker])")];
    for (const field of waiting) field.querySelector(".sk-optional")?.remove();
    const tell = () => {
      for (const field of waiting) {
        const asker = form.elements[field.dataset.asker];
        field.hidden = !field.dataset.answers.split(" ").includes(asker.value) || !!asker.closest(".sk-field[hidden]");
        // What is not asked is not sent either: nobody is refused for what they do not see.
        for (const input of field.querySelectorAll("input, select, textarea")) input.disabled = field.hidden;
      }
      for (const section of sections) section.hidden = !section.querySelector(".sk-field:not([hidden])");
    };
    form.addEventListener("change", tell); addEventListener("pageshow", tell); tell();
  }
  // What is made of an answer follows it while it is typed.
  for (const shown of document.querySelectorAll(".sk [data-typed]")) {
    const field = document.querySelector(`.sk form [name="${shown.dataset.typed}"]`);
    const tell = () => { shown.textContent = field.value.trim() || "…"; };
    field?.addEventListener("input", tell); if (field) { addEventListener("pageshow", tell); tell(); }
  }
  for (const button of document.querySelectorAll("[data-print]")) { button.hidden = false; button.addEventListener("click", () => window.print()); }
  // Leave a drop-down form with Escape or by pressing elsewhere.
  for (const days of document.querySelectorAll("details.sk-days")) {
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && days.open) { days.open = false; days.querySelector("summary").focus(); } });
    document.addEventListener("click", (event) => { if (days.open && !days.contains(event.target)) days.open = false; });
  }
  // A second press while the first is under way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".sk form[method=post]")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1"; setTimeout(() => delete form.dataset.sent, 4000);
  });
  // What is under way says by itself how far it is, and at last what became of it. A page that loaded itself anew would lose the reader's place.
  const goOn = (page, here) => {
    const next = page.querySelector("[data-under-way]"), whole = page.querySelector(".sk");
    if (!whole) return location.reload();
    if (next) { if (next.innerHTML !== here.innerHTML) here.replaceChildren(...next.childNodes); return; }
    document.querySelector(".sk").replaceWith(whole);
    const told = document.createElement("p");
    told.className = "sk-only-read"; told.setAttribute("role", "status"); whole.append(told);
    setTimeout(() => { told.textContent = whole.querySelector("h1").textContent; }, 100);
  };
  const follow = async () => {
    const here = document.querySelector("[data-under-way]");
    if (!here) return;
    // Where the shop does not answer for a moment, the next look does.
    const text = await fetch(location.href).then((answer) => answer.text(), () => "");
    if (text) goOn(new DOMParser().parseFromString(text, "text/html"), here);
    setTimeout(follow, 3000);
  };
  setTimeout(follow, 3000);
})();
