/* A press on a picture says where the eye should rest; without this file the two numbers below it say the same. */
(() => {
  for (const item of document.querySelectorAll("[data-picture]")) {
    const box = item.querySelector("[data-focus]"), dot = box.querySelector("i"), img = box.querySelector("img");
    const x = item.querySelector("[name^=focus_x]"), y = item.querySelector("[name^=focus_y]");
    const show = () => { dot.style.left = (Number(x.value) || 0) + "%"; dot.style.top = (Number(y.value) || 0) + "%"; dot.hidden = false; };
    item.querySelector("[data-hint]").hidden = false;
    img.style.cursor = "crosshair";
    img.addEventListener("click", (event) => {
      const at = img.getBoundingClientRect(), within = (part) => Math.min(100, Math.max(0, Math.round(part * 100)));
      x.value = within((event.clientX - at.left) / at.width);
      y.value = within((event.clientY - at.top) / at.height);
      show();
    });
    x.addEventListener("input", show); y.addEventListener("input", show); show();
  }
})();
