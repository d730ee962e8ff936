// One chart over time: lines, their names at their ends, and marks for what happened. It asks nobody.

import { svg } from "./dom.js";
import { known } from "./format.js";

const LEFT = 46;
const RIGHT = 92;
const TOP = 8;
const BOTTOM = 20;
const NAME = 13; // pixels that a name at a line's end needs

/** A scale: `of` gives 0 to 1 for a value, `ticks` the values with a line and a text. */
export function linear(most, ticks) {
  return { of: (value) => Math.min(value / most, 1), ticks };
}

/** Zero, then powers of ten; below one it is nearly linear. */
export function logarithmic(most) {
  const powers = Math.max(Math.ceil(Math.log10(1 + most)), 1);
  const of = (value) => Math.min(Math.log10(1 + Math.max(value, 0)) / Math.log10(1 + 10 ** powers), 1);
  return { of, ticks: [0, ...Array.from({ length: powers }, (_, i) => 10 ** (i + 1))] };
}

/** lines: [{ name, title, points: [[seconds, value]] }]. Draws into `picture`, which is as wide as it is shown. */
export function drawChart(picture, { lines, from, to, gap, scale, tick, clock, marks = [], height = 150 }) {
  const width = Math.max(picture.clientWidth, 200);
  picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.style.height = `${height}px`;
  const x = (at) => LEFT + ((at - from) / (to - from)) * (width - LEFT - RIGHT);
  const y = (value) => TOP + (1 - scale.of(value)) * (height - TOP - BOTTOM);
  const inside = ([at, value]) => at >= from && at <= to && known(value);
  const drawn = lines
    .map((line) => ({ ...line, points: line.points.filter(inside) }))
    .filter(({ points }) => points.length > 0);
  picture.replaceChildren(
    ...scale.ticks.flatMap((value) => [
      svg("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }),
      svg("text", { class: "tick", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, tick(value)),
    ]),
    ...times(from, to, width).map((at) =>
      svg("text", { class: "tick", x: x(at), y: height - 4, "text-anchor": "middle" }, clock(at))),
    ...marks.map(({ at, kind }) =>
      svg("line", { class: `mark ${kind}`, x1: x(at), x2: x(at), y1: TOP, y2: height - BOTTOM })),
    ...drawn.map(({ name, points }) => svg("path", { class: `series ${name}`, d: trace(points, x, y, gap) })),
    ...namesAt(drawn, y, height).map(({ name, title, at }) =>
      svg("text", { class: `series-name ${name}`, x: width - RIGHT + 6, y: at + 4 }, title)),
  );
}

/** The place of a moment in a chart of this width. */
export function across(at, from, to, width) {
  return LEFT + ((at - from) / (to - from)) * (width - LEFT - RIGHT);
}

function trace(points, x, y, gap) {
  let before = -Infinity;
  return points
    .map(([at, value]) => {
      const way = at - before > gap ? "M" : "L";
      before = at;
      return `${way}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join("");
}

function times(from, to, width) {
  const steps = [60, 300, 600, 900, 1800, 3600, 7200];
  const most = Math.max(Math.floor((width - LEFT - RIGHT) / 80), 1);
  const step = steps.find((each) => (to - from) / each <= most) ?? steps.at(-1);
  const found = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push(at);
  return found;
}

/** Names beside the ends of their lines, moved apart where they would cover each other. */
function namesAt(lines, y, height) {
  const names = lines
    .map(({ name, title, points }) => ({ name, title, at: y(points.at(-1)[1]) }))
    .sort((a, b) => a.at - b.at);
  for (let i = 1; i < names.length; i++) names[i].at = Math.max(names[i].at, names[i - 1].at + NAME);
  let floor = height - 8;
  for (const each of names.toReversed()) {
    each.at = Math.min(each.at, floor);
    floor = each.at - NAME;
  }
  return names;
}
