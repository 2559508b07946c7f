/* Everything works without this file; it only saves page loads. */
(() => {
  const root = document.documentElement, $ = (q, at = document) => at.querySelector(q), all = (q, at = document) => [...at.querySelectorAll(q)];
  root.classList.add("js");
  let hush;
  const say = (text, link) => {
    const box = $("[data-say]");
    if (!box) return;
    box.textContent = text;
    if (link) { const a = document.createElement("a"); a.href = link.href; a.textContent = link.text; box.append(a); }
    clearTimeout(hush);
    hush = setTimeout(() => { box.textContent = ""; }, 6000);
  };
  const count = (units, text) => all("[data-units]").forEach((b) => { b.textContent = text; b.hidden = !units; });
  const send = (form, extra) => {
    const body = new FormData(form);
    for (const [key, value] of Object.entries(extra || {})) body.set(key, value);
    return fetch(form.getAttribute("action") || location.href, { method: "POST", body, headers: { Accept: "text/html", "X-Part": "1" }, credentials: "same-origin" });
  };
  const page = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");
  const plainly = (form) => { form.dataset.plain = "1"; HTMLFormElement.prototype.submit.call(form); };

  const dress = (at) => all("[data-step]", at).forEach((b) => { b.hidden = false; });
  dress(document);
  const focus = $("[data-focus]");
  if (focus) focus.focus();

  /* an order whose payment is still on its way looks again a few times */
  if ($("[data-again]")) {
    const seen = Number(sessionStorage.getItem(location.pathname) || 0);
    if (seen < 10) setTimeout(() => { sessionStorage.setItem(location.pathname, seen + 1); location.reload(); }, 4000);
  }

  document.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]");
    if (!step) return;
    const input = $("input", step.parentNode), now = Number(input.value) || 0;
    input.value = Math.min(Number(input.max), Math.max(Number(input.min), now + Number(step.dataset.step)));
    if (Number(input.value) !== now) input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* basket: change a quantity, the list and the sums follow */
  let turn = 0;
  const refresh = async (form) => {
    const mine = ++turn, box = $("#basket"), held = document.activeElement && document.activeElement.id;
    box.classList.add("waiting");
    try {
      const fresh = await page(await send(form)), next = $("#basket", fresh), units = $("[data-units]", fresh);
      if (mine !== turn) return;
      if (!next) return plainly(form);
      box.replaceWith(next);
      dress(next);
      if (units) count(!units.hidden, units.textContent);
      const total = $(".totals .sum dd", next), again = held && document.getElementById(held);
      if (again) again.focus();
      else { const main = $("#main"); if (main) main.focus({ preventScroll: true }); }
      const title = $("h1", next);
      say(total ? $(".totals .sum dt", next).textContent + " " + total.textContent : title ? title.textContent : "");
    } catch { plainly(form); }
  };

  /* checkout: another country or delivery asks for a new quote */
  const requote = async (form) => {
    const mine = ++turn, parts = all("[data-part]", form);
    parts.forEach((part) => part.classList.add("waiting"));
    try {
      const fresh = await page(await send(form, { act: "update" }));
      if (mine !== turn) return;
      const held = document.activeElement, where = held && held.name && [held.name, held.value];
      for (const part of parts) {
        const next = $(`[data-part="${part.dataset.part}"]`, fresh);
        if (!next) return plainly(form);
        part.replaceWith(next);
      }
      for (const name of ["seen_digest", "seen_total"]) form.elements[name].value = $(`[name="${name}"]`, fresh).value;
      if (where) { const again = all(`[name="${where[0]}"]`, form).find((e) => e.type !== "radio" || e.value === where[1]); if (again) again.focus(); }
      const total = $(".totals .sum", form);
      if (total) say(total.textContent);
    } catch { parts.forEach((part) => part.classList.remove("waiting")); }
  };

  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (!form) return;
    if (form.matches("[data-auto]")) form.requestSubmit();
    if (form.matches("[data-change]")) refresh(form);
    if (event.target.matches("[data-requote]")) requote(form);
  });

  /* narrowing down: answers are sent when their panel is closed, by whatever way */
  const narrow = $(".sift");
  if (narrow) {
    let changed = false;
    narrow.addEventListener("change", () => { changed = true; });
    narrow.addEventListener("toggle", (event) => { if (!event.target.open && changed) narrow.requestSubmit(); }, true);
    document.addEventListener("click", (event) => all("details[open]", narrow).forEach((each) => { if (!each.contains(event.target)) each.open = false; }));
    narrow.addEventListener("keydown", (event) => {
      const open = event.key === "Escape" && $("details[open]", narrow);
      if (open) { open.open = false; $("summary", open).focus(); }
    });
  }

  /* search: lines to go on with while somebody types; the arrow keys walk them, Enter opens one */
  const find = $("[data-suggest]");
  if (find) {
    const input = $("input", find), list = document.createElement("ul");
    list.id = "going"; list.className = "going"; list.hidden = true; list.setAttribute("role", "listbox"); list.setAttribute("aria-label", $("label", find).textContent);
    find.append(list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", "going"], ["aria-expanded", "false"]]) input.setAttribute(name, value);
    let timer, at = -1;
    const mark = (place) => {
      at = place;
      [...list.children].forEach((li, here) => li.setAttribute("aria-selected", String(here === at)));
      if (at < 0) input.removeAttribute("aria-activedescendant");
      else { input.setAttribute("aria-activedescendant", list.children[at].id); list.children[at].scrollIntoView({ block: "nearest" }); }
    };
    const shut = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); mark(-1); };
    const show = (lines) => {
      list.replaceChildren(...lines.map((line, here) => {
        const li = document.createElement("li"), small = document.createElement("small");
        li.id = "going-" + here; li.setAttribute("role", "option"); li.dataset.url = line.url; li.textContent = line.text;
        small.textContent = line.about; li.append(" ", small);
        return li;
      }));
      list.hidden = !lines.length; input.setAttribute("aria-expanded", String(!!lines.length)); mark(-1);
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const typed = input.value;
        if (!typed.trim()) return shut();
        try {
          const told = await (await fetch(find.dataset.suggest + "?q=" + encodeURIComponent(typed), { headers: { Accept: "application/json" }, credentials: "same-origin" })).json();
          if (input.value === typed && document.activeElement === input) show(told.lines);
        } catch { shut(); }
      }, 150);
    });
    input.addEventListener("keydown", (event) => {
      const count = list.hidden ? 0 : list.children.length;
      if (event.key === "Escape" && count) { event.preventDefault(); shut(); }
      if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) { event.preventDefault(); mark(((at + 1 + (event.key === "ArrowDown" ? 1 : -1) + count + 1) % (count + 1)) - 1); }
      if (event.key === "Enter" && count && at >= 0) { event.preventDefault(); location.href = list.children[at].dataset.url; }
    });
    input.addEventListener("blur", shut);
    list.addEventListener("mousedown", (event) => { const li = event.target.closest("li"); event.preventDefault(); if (li) location.href = li.dataset.url; });
  }

  /* search: that a result was opened is counted, nothing else */
  document.addEventListener("click", (event) => {
    const grid = event.target.closest("a") && event.target.closest("[data-opened]");
    if (grid) navigator.sendBeacon(grid.dataset.opened, new URLSearchParams({ q: grid.dataset.q }));
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.dataset.plain) return;
    if (form.matches("[data-change]")) { event.preventDefault(); refresh(form); return; }
    if (form.matches("[data-add]")) {
      event.preventDefault();
      const button = $(".btn", form);
      button.classList.add("busy");
      try {
        const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, credentials: "same-origin" });
        const told = await answer.json();
        if (answer.ok) count(told.units, told.units_text);
        say(told.say, told.link);
      } catch { plainly(form); }
      button.classList.remove("busy");
      return;
    }
    /* one press, one order */
    const once = event.submitter && event.submitter.matches("[data-once]") ? event.submitter : null;
    if (!once) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    once.classList.add("busy");
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) { all("form").forEach((f) => { delete f.dataset.sent; }); all(".busy").forEach((b) => b.classList.remove("busy")); }
  });
})();
