// The three charts of the figures over time, of all services or of one.

import { drawChart, linear, logarithmic } from "./chart.js";
import { element, svg } from "./dom.js";
import * as format from "./format.js";
import { NODES } from "./topology.js";

const CACHES = NODES.filter(({ cache }) => cache).map(({ name }) => name);
const SERVERS = NODES.filter(({ name, guest }) => name !== "readers" && !guest).map(({ name }) => name);

const most = (lines) => Math.max(...lines.flatMap(({ points }) => points.map(([, value]) => value ?? 0)), 0);

function round(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value);
}

const CHARTS = [
  { part: "requests", title: "Requests a second", names: SERVERS, tick: (value) => value.toLocaleString("en"),
    scale: (lines) => logarithmic(most(lines)) },
  { part: "hit_ratio", title: "Hit ratio", names: CACHES, tick: (value) => `${value * 100} %`,
    scale: () => linear(1, [0, 0.5, 1]) },
  { part: "cpu", title: "CPU, cores", names: SERVERS, tick: (value) => String(Number(value.toPrecision(2))),
    scale: (lines) => {
      const top = round(Math.max(most(lines), 0.1));
      return linear(top, [0, top / 2, top]);
    } },
];

export class Charts {
  #pictures = new Map();

  /** only: the name of the one service that is drawn. */
  constructor(into, only = null) {
    this.only = only;
    for (const chart of CHARTS.filter(({ names }) => !only || names.includes(only))) {
      const picture = svg("svg", { class: "chart", role: "img", "aria-label": `${chart.title} over time` });
      const caption = element("figcaption", {}, chart.title);
      into.append(element("figure", {}, caption, picture));
      this.#pictures.set(chart, picture);
    }
  }

  draw(history, to, marks) {
    const from = to - history.span;
    for (const [chart, picture] of this.#pictures) {
      const names = this.only ? [this.only] : chart.names;
      const lines = names.map((name) => ({
        name,
        title: NODES.find((node) => node.name === name).title,
        points: history.points(chart.part, name),
      })).filter(({ points }) => points.some(([, value]) => format.known(value)));
      drawChart(picture, {
        lines, from, to, marks, gap: history.gap, scale: chart.scale(lines), tick: chart.tick,
        clock: (at) => format.time(at).slice(0, 5), height: this.only ? 120 : 150,
      });
    }
  }
}
