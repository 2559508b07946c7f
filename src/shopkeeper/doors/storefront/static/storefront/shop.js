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

  document.addEventListener("shop:say", (event) => say(event.detail.text, event.detail.link));

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
        /* what was typed while the answer was on its way stays typed */
        for (const old of all("input:not([type=radio], [type=checkbox], [type=hidden])", part)) { const here = $(`[name="${old.name}"]`, next); if (here) here.value = old.value; }
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
    /* after the way back the page shows what its address says, not what was ticked before it was left */
    addEventListener("pageshow", (event) => { if (event.persisted) { changed = false; all("[data-narrows]").forEach((form) => form.reset()); } });
  }

  /* the menu: one panel at a time, shut by Escape, by a click beside it, and by leaving it with the keyboard; arrows walk along and in */
  const megas = all("[data-mega]");
  if (megas.length) {
    const shut = (but) => megas.forEach((each) => { if (each !== but) each.open = false; });
    document.addEventListener("click", (event) => shut(megas.find((each) => each.contains(event.target))));
    megas.forEach((mega) => {
      mega.addEventListener("toggle", () => { if (mega.open) shut(mega); });
      mega.addEventListener("focusout", (event) => { if (event.relatedTarget && !mega.contains(event.relatedTarget)) mega.open = false; });
    });
    /* on the bar, not on each panel: plain links stand between the panels, and arrows lead on from these too */
    const bar = megas[0].parentElement;
    bar.addEventListener("keydown", (event) => {
      const mega = megas.find((each) => each.contains(event.target)), head = mega && $("summary", mega);
      if (event.key === "Escape" && mega && mega.open) { mega.open = false; head.focus(); }
      const stops = [...bar.children].map((each) => $("summary", each) || each).filter((each) => each.offsetParent);
      const at = stops.indexOf(event.target), step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (at < 0) return;
      if (step && stops[at + step]) { event.preventDefault(); stops[at + step].focus(); }
      if (event.key === "ArrowDown" && mega) { event.preventDefault(); mega.open = true; $("a", mega).focus(); }
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

  /* pictures: thumbs and arrow keys move the strip, a chosen variant shows its picture, the large one opens on top */
  const gallery = $("[data-gallery]");
  if (gallery) {
    const strip = $(".strip", gallery), items = [...strip.children], thumbs = all(".thumbs a", gallery);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const go = (place) => strip.scrollTo({ left: items[place].offsetLeft - items[0].offsetLeft, behavior: calm ? "auto" : "smooth" });
    const here = () => Math.min(items.length - 1, Math.max(0, Math.round(strip.scrollLeft / strip.clientWidth)));
    thumbs.forEach((a, place) => a.addEventListener("click", (event) => { event.preventDefault(); go(place); }));
    strip.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (by && !event.target.closest("video")) { event.preventDefault(); go(Math.min(items.length - 1, Math.max(0, here() + by))); }
    });
    strip.addEventListener("scroll", () => thumbs.forEach((a, place) => {
      if (place === here()) a.setAttribute("aria-current", "true"); else a.removeAttribute("aria-current");
    }), { passive: true });
    const show = (variant) => {
      const place = items.findIndex((li) => (li.dataset.variants || "").split(" ").includes(String(variant)));
      if (place >= 0) go(place);
    };
    document.addEventListener("shop:variant", (event) => show(event.detail.variant ?? event.detail.id));
    document.addEventListener("change", (event) => { if (event.target.name === "variant") show(event.target.value); });
    const large = document.createElement("dialog"), shut = document.createElement("button");
    if (large.showModal) {
      large.className = "large fits"; shut.type = "button"; shut.textContent = "×"; shut.setAttribute("aria-label", gallery.dataset.close);
      shut.addEventListener("click", () => large.close());
      strip.addEventListener("click", (event) => {
        const a = event.target.closest("[data-large]");
        if (!a || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        const img = new Image();
        img.src = a.href; img.alt = $("img", a).alt;
        img.addEventListener("click", () => large.classList.toggle("fits"));
        large.replaceChildren(img, shut);
        if (!large.isConnected) document.body.append(large);
        large.showModal();
      });
    }
  }

  /* options: price, stock and item number follow what is picked; the address names the variant */
  const picker = $("[data-picker]");
  if (picker) {
    const made = all("template[data-values]", picker).map((t) => [t, t.dataset.values.split(" ").sort().join(" ")]), units = $(`[name="units"]`, picker.closest("form") || document);
    const find = (values) => (made.find(([, key]) => key === [...values].sort().join(" ")) || [])[0];
    let shown = null;
    const follow = () => {
      const groups = all("fieldset", picker), now = groups.map((group) => ($(":checked", group) || {}).value), hit = find(now);
      groups.forEach((group, place) => {
        $("legend b", group).textContent = $("label:has(:checked) b", group).textContent;
        all("input", group).forEach((radio) => {
          const there = find(now.map((value, other) => (other === place ? radio.value : value))), label = radio.closest("label");
          label.dataset.state = there ? there.dataset.state : "none";
          $("small", label).textContent = picker.dataset[label.dataset.state] || "";
        });
      });
      if (shown !== null && shown !== now.join()) {
        $("[data-picked]", picker).replaceChildren((hit || $("[data-nothing]", picker)).content.cloneNode(true));
        const to = new URL(location.href);
        ["variant", "opt1", "opt2", "opt3"].forEach((name) => to.searchParams.delete(name));
        if (hit) to.searchParams.set("variant", hit.dataset.variant);
        history.replaceState(history.state, "", to);
        if (hit) { document.dispatchEvent(new CustomEvent("shop:variant", { detail: { variant: hit.dataset.variant } })); retell(to); }
      }
      if (hit && units && Number(hit.dataset.most)) units.max = hit.dataset.most;
      all("#buy .buy .btn, [data-buy-bar] .btn").forEach((button) => { button.disabled = !hit || hit.dataset.state === "gone"; });
      shown = now.join();
    };
    /* what only the shop can work out for the picked variant is asked of it; of several answers the last question's counts */
    let asked = "";
    const retell = async (to) => {
      asked = to.href;
      try {
        const page = new DOMParser().parseFromString(await (await fetch(to)).text(), "text/html");
        if (asked !== to.href) return;
        all("[data-follows]").forEach((part) => {
          const told = $(`[data-follows="${part.dataset.follows}"]`, page), isOpen = $("details[open]", part);
          if (!told) return;
          part.replaceChildren(...told.childNodes);
          if (isOpen && $("details", part)) $("details", part).open = true;
        });
      } catch { /* the page stays as it is; the basket tells the price in any case */ }
    };
    document.addEventListener("shop:variant", (event) => { const back = $(`#id_back:has(option[value="${event.detail.variant}"])`); if (back) back.value = event.detail.variant; });
    const show = $("[data-show]", picker);
    if (show) show.remove();
    shown = all("[checked]", picker).map((radio) => radio.value).join();
    picker.addEventListener("change", follow);
    addEventListener("pageshow", follow);
  }

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
