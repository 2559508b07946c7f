/* Hearts, comparison, what was looked at, and the bar on phones. Everything works without this file; it only saves page loads. */
(() => {
  const root = document.documentElement, $ = (q, at = document) => at.querySelector(q), all = (q, at = document) => [...at.querySelectorAll(q)];
  const announce = (text, link) => document.dispatchEvent(new CustomEvent("shop:say", { detail: { text, link } }));
  /* a browser may refuse to keep anything: then nothing is kept, and nothing breaks */
  const kept = (store, key) => { try { return JSON.parse(window[store].getItem(key)) || []; } catch { return []; } };
  const keep = (store, key, value) => { try { value.length ? window[store].setItem(key, JSON.stringify(value)) : window[store].removeItem(key); } catch { /* refused */ } };

  /* hearts */
  const head = $("[data-wishes]");
  const wished = () => new Set(head ? head.dataset.wishes.split(" ").filter(Boolean) : []);
  const mark = () => { const ids = wished(); all("button.heart").forEach((b) => b.setAttribute("aria-pressed", String(ids.has(b.value)))); };
  mark();

  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (!form.matches("[data-hearts]") || !button) return;
    event.preventDefault();
    const body = new FormData(form), chosen = $('#buy input[name="variant"]:checked');
    if (button.dataset.heart) {
      body.set(button.name, button.name === "variant" && chosen ? chosen.value : button.value);
      body.set("heart", button.dataset.heart);
    } else body.set(wished().has(button.value) ? "drop" : "variant", button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
      const told = await answer.json();
      if (answer.ok) {
        head.dataset.wishes = told.ids.join(" ");
        head.textContent = told.units_text;
        head.hidden = !told.ids.length;
        mark();
        if (told.heart) {
          const box = document.createElement("template");
          box.innerHTML = told.heart;
          const fresh = box.content.firstElementChild;
          button.replaceWith(fresh);
          fresh.focus();
        }
      }
      announce(told.say, told.link);
    } catch {
      const plain = document.createElement("input");
      plain.type = "hidden"; plain.name = button.name; plain.value = button.value;
      form.append(plain);
      HTMLFormElement.prototype.submit.call(form);
    }
  });

  /* comparison: what stands side by side in this tab goes along to the next page of goods */
  const table = $("[data-compared]"), link = $("[data-compare]");
  if (table) keep("sessionStorage", "compare", table.dataset.compared.split(" ").filter(Boolean));
  if (link) {
    const there = kept("sessionStorage", "compare").filter((slug) => slug !== link.dataset.compare).slice(-3);
    const query = new URLSearchParams([...there, link.dataset.compare].map((slug) => ["goods", slug]));
    link.href = link.href.split("?")[0] + "?" + query;
  }

  /* what was looked at: kept in this browser, where its owner agreed; only ids are sent, to get the cards */
  const seen = $("[data-seen-at]");
  if (head && !head.hasAttribute("data-keeps")) keep("localStorage", "seen", []);
  else if (head && seen) {
    const MOST = 12, here = seen.dataset.seen;
    const others = kept("localStorage", "seen").filter((id) => Number.isInteger(id) && String(id) !== here).slice(0, MOST);
    if (here) keep("localStorage", "seen", [Number(here), ...others].slice(0, MOST));
    if (others.length) {
      fetch(seen.dataset.seenAt + "?ids=" + others.join(","), { credentials: "same-origin" }).then(async (answer) => {
        const cards = answer.ok ? await answer.text() : "";
        if (!cards.trim()) return;
        $("[data-seen-list]", seen).innerHTML = cards;
        seen.hidden = false;
        mark();
      }).catch(() => {});
    }
    $("[data-forget]", seen).addEventListener("click", () => {
      keep("localStorage", "seen", []);
      seen.hidden = true;
      announce(seen.dataset.forgotten);
      const main = $("#main");
      if (main) main.focus({ preventScroll: true });
    });
  }

  /* a bar with the price, once the button is out of sight; while a question is asked at the foot of the page there is none */
  const bar = $("[data-buy-bar]"), button = $("#buy .buy .btn");
  if (bar && button && "IntersectionObserver" in window && !$(".consent")) {
    /* what is still below counts as in sight: a leap from above the button to below it is noticed, too */
    new IntersectionObserver(([entry]) => {
      bar.hidden = entry.isIntersecting;
      root.classList.toggle("with-bar", !entry.isIntersecting);
    }, { rootMargin: "0px 0px 1000000px 0px" }).observe(button);
  }
})();
