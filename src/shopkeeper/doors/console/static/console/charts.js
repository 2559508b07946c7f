// Draws the trend from the data beside it, in the page's own colours; redraws when the light changes.
(() => {
  "use strict";
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const draw = (box) => {
    const data = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    box.querySelector(".sk-chart__wait")?.remove();
    const canvas = box.firstElementChild ?? box.appendChild(document.createElement("div"));
    canvas.style.cssText = "width:100%;height:100%";
    const chart = window.echarts.init(canvas, null, {renderer: "svg"});
    const axis = new Intl.NumberFormat(data.locale, {notation: "compact", maximumFractionDigits: 1});
    const short = (value) => axis.format(value) + (data.unit === "ratio" ? "%" : "");
    const words = document.createElement("div");
    const safe = (text) => { words.textContent = text; return words.innerHTML; };
    const paint = () => {
      const ink = colour("--ink-3"), line = colour("--line"), d1 = colour("--d1"), before = colour("--d-before");
      const solo = data.labels.length <= 2;
      chart.setOption({
        animation: !calm, animationDuration: 350, textStyle: {fontFamily: getComputedStyle(box).fontFamily},
        aria: {enabled: false},
        grid: {left: 4, right: 14, top: 14, bottom: 4, containLabel: true},
        tooltip: {trigger: "axis", confine: true, backgroundColor: colour("--sheet"), borderColor: colour("--line-strong"), borderWidth: 1, padding: [8, 12], textStyle: {color: colour("--ink"), fontSize: 12}, axisPointer: {type: "line", lineStyle: {color: colour("--line-strong")}},
          formatter: (items) => { const i = items[0].dataIndex; return `<b>${safe(data.labels[i])}</b><br><span style="color:${d1}">■</span> ${safe(data.nowName)}&nbsp; <b>${safe(data.nowWords[i])}</b><br><span style="color:${before}">■</span> ${safe(data.beforeName)}&nbsp; ${safe(data.beforeWords[i])}`; }},
        xAxis: {type: "category", data: data.labels, boundaryGap: solo, axisLine: {lineStyle: {color: colour("--line-strong")}}, axisTick: {show: false}, axisLabel: {color: ink, fontSize: 11, hideOverlap: true, margin: 10}},
        yAxis: {type: "value", splitNumber: 4, minInterval: data.unit === "count" ? 1 : 0, axisLabel: {color: ink, fontSize: 11, formatter: short}, splitLine: {lineStyle: {color: line}}},
        series: [
          {name: data.beforeName, type: solo ? "bar" : "line", data: data.before, symbol: "none", lineStyle: {color: before, width: 2}, itemStyle: {color: before}, emphasis: {disabled: true}, z: 2},
          {name: data.nowName, type: solo ? "bar" : "line", data: data.now, symbol: "circle", symbolSize: 7, showSymbol: false, lineStyle: {color: d1, width: 3}, itemStyle: {color: d1}, areaStyle: solo ? undefined : {color: d1, opacity: 0.07}, emphasis: {disabled: true}, z: 3,
            endLabel: {show: false}},
        ],
      });
    };
    paint();
    new ResizeObserver(() => chart.resize()).observe(box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  };
  for (const bar of document.querySelectorAll("[data-share]")) bar.style.setProperty("--share", bar.dataset.share);
  const ready = () => document.querySelectorAll("[data-chart]").forEach(draw);
  document.readyState === "complete" || window.echarts ? ready() : addEventListener("load", ready);
})();
