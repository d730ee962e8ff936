// What the picture's widths, colours and dashes mean, drawn by the same rules.

import { element, svg } from "./dom.js";
import { width } from "./topology.js";

const SHADES = ["0–20", "20–40", "40–60", "60–80", "80–100 %"];

function sample(text, rate, extra = {}) {
  const parts = [svg("path", { class: "line", d: "M2 10H34" }), svg("path", { class: "hollow", d: "M2 10H34" })];
  const thick = width(rate);
  parts[0].style.strokeWidth = `${extra["data-open"] ? thick + 3 : thick}px`;
  parts[1].style.strokeWidth = `${thick}px`;
  const picture = svg("svg", { viewBox: "0 0 36 20", width: 36, height: 20 }, svg("g", { class: "hop", ...extra }, ...parts));
  return element("span", { class: "sample" }, picture, text);
}

export function drawLegend(into) {
  const rates = [1, 10, 100, 1000].map((rate) => sample(`${rate.toLocaleString("en")}/s`, rate));
  const shades = SHADES.map((text, i) => sample(text, 20, { "data-shade": i }));
  into.replaceChildren(
    element("span", { class: "entry" }, element("b", {}, "Width: rate"), ...rates),
    element("span", { class: "entry colours" }, element("b", {}, "Colour: hits of the cache it leads to"), ...shades),
    element("span", { class: "entry" }, sample("no cache", 20), sample("switched off", 20, { "data-open": "yes" })),
  );
}
