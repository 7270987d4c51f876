/* The pictures of the cockpit. Every one stands over a table that says the same; without scripts only they are missing. */
"use strict";

const drawn = new Map();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function options(asked) {
  const ink = colour("--ink"), quiet = colour("--quiet"), line = colour("--line");
  return {
    animation: false,
    title: { text: asked.title, textStyle: { color: ink, fontSize: 14, fontFamily: "inherit" } },
    grid: { left: 8, right: 44, top: 34, bottom: 4, containLabel: true },
    tooltip: { renderMode: "richText", trigger: "axis" },
    xAxis: { type: "value", minInterval: 1, axisLabel: { color: quiet }, splitLine: { lineStyle: { color: line } } },
    yAxis: { type: "category", inverse: true, data: asked.names, axisLabel: { color: ink, width: 120, overflow: "truncate" } },
    series: [{
      type: "bar",
      data: asked.values,
      barMaxWidth: 18,
      itemStyle: { color: colour("--accent") },
      label: { show: true, position: "right", color: ink },
    }],
  };
}

function draw(place) {
  if (typeof echarts === "undefined") return;
  const picture = drawn.get(place) || echarts.init(place, null, { renderer: "svg" });
  drawn.set(place, picture);
  picture.setOption(options(JSON.parse(place.dataset.chart)), true);
}

const drawAll = (root) => root.querySelectorAll("[data-chart]").forEach(draw);

addEventListener("DOMContentLoaded", () => drawAll(document));
document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target));
addEventListener("resize", () => drawn.forEach((picture) => picture.resize()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document));
