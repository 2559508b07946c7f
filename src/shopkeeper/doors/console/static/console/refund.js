// The sum of a refund as pieces are chosen. The server says what each piece gives back, equal ones in runs; here they are only added up.
(() => {
  "use strict";
  const form = document.querySelector("form[data-refund]");
  if (!form) return;
  const digits = Number(form.dataset.digits), button = form.querySelector("button[data-pay]"), seen = form.querySelector("[name=sum]");
  const writer = new Intl.NumberFormat(form.dataset.locale, {style: "currency", currency: form.dataset.currency, minimumFractionDigits: digits, maximumFractionDigits: digits});
  const money = (minor) => writer.format(minor / 10 ** digits);
  const find = (name) => form.querySelector(`.sk-sum [data-${name}]`);
  const rows = [...form.querySelectorAll("tr[data-runs]")].map((row) => ({
    field: row.querySelector("input[name^=units_]"), told: row.querySelector("td[data-gives]"),
    runs: row.dataset.runs.split(" ").filter(Boolean).map((run) => run.split(":").map(Number)),
  }));
  // What the chosen pieces of a line give back; null for an answer the server will refuse.
  const given = ({field, runs}) => {
    const typed = field.value.trim() || "0";
    if (!/^\d{1,9}$/.test(typed)) return null;
    let left = Number(typed), sum = 0;
    for (const [units, each] of runs) { const taken = Math.min(left, units); sum += taken * each; left -= taken; }
    return left ? null : sum;
  };
  const tell = () => {
    const sums = rows.map(given), isKnown = !sums.includes(null), box = form.querySelector("[name=delivery]");
    rows.forEach((row, place) => { row.told.textContent = sums[place] === null || !Number(row.field.value) ? "–" : money(sums[place]); });
    const goods = sums.reduce((whole, sum) => whole + sum, 0), delivery = box?.checked ? Number(box.dataset.gives) : 0;
    const isChosen = isKnown && (delivery > 0 || rows.some((row) => Number(row.field.value) > 0));
    find("hint").hidden = true;
    find("sums").hidden = !isKnown;
    find("goods").textContent = money(goods);
    if (find("delivery")) find("delivery").textContent = money(delivery);
    find("total").textContent = money(goods + delivery);
    find("free").hidden = !isChosen || goods + delivery > 0;
    seen.value = isChosen ? goods + delivery : "";
    button.textContent = isChosen ? button.dataset.pay.replace("{amount}", money(goods + delivery)) : button.dataset.nothing;
  };
  form.addEventListener("input", tell);
  form.addEventListener("change", tell);
  tell();
})();
