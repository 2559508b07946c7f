// Shows a result while its words are typed, with their width as this browser draws them. Without it the page shows what was sent.
(() => {
  const TITLE_PX = 580, WORDS_PX = 920;
  const pen = document.createElement("canvas").getContext("2d");
  const width = (text, size) => { pen.font = `${size}px Arial, sans-serif`; return Math.round(pen.measureText(text).width); };
  const cut = (text, size, most) => {
    if (width(text, size) <= most) return text;
    let kept = text;
    while (kept && width(`${kept} …`, size) > most) kept = kept.slice(0, -1);
    return `${kept.trimEnd()} …`;
  };
  const tidy = (field) => field.value.split(/\s+/).join(" ").trim();
  for (const box of document.querySelectorAll("[data-snippet]")) {
    const title = document.getElementById(`id_engine_title_${box.dataset.snippet}`);
    const words = document.getElementById(`id_engine_description_${box.dataset.snippet}`);
    if (!title || !words) continue;
    const say = () => {
      const own = tidy(title) || box.dataset.title, shop = box.dataset.shop;
      const whole = shop && !own.includes(shop) ? `${own} · ${shop}` : own;
      const said = tidy(words) || box.dataset.words;
      for (const [part, text, size, most] of [["title", whole, 20, TITLE_PX], ["words", said, 14, WORDS_PX]]) {
        box.querySelector(`.sk-snippet__${part}`).textContent = cut(text, size, most);
        const count = box.querySelector(`[data-${part}-px]`);
        count.textContent = width(text, size);
        count.toggleAttribute("data-wide", width(text, size) > most);
      }
    };
    title.addEventListener("input", say);
    words.addEventListener("input", say);
    say();
  }
})();
