// The figures behind the picture. Each cell keeps its full value beside what is shown of it.

import { element, mark, say } from "./dom.js";
import * as format from "./format.js";
import { titleOf } from "./topology.js";

export class Table {
  #rows = new Map();

  constructor(services, hops) {
    this.services = services;
    this.hops = hops;
  }

  show({ at, services, hops }) {
    for (const service of services) {
      const { name, title, state, requests, hit_ratio: ratio, cpu } = service;
      const cells = this.#row(this.services, name, title, 4);
      say(cells[0], state);
      mark(cells[0], "class", state === "down" ? "bad" : null);
      figure(cells[1], requests, format.rate);
      figure(cells[2], ratio, format.percent);
      figure(cells[3], cpu, format.cores);
    }
    for (const hop of hops) {
      const cells = this.#row(this.hops, `${hop.from} ${hop.to}`, `${titleOf(hop.from)} → ${titleOf(hop.to)}`, 2);
      figure(cells[0], hop.rate, (rate) => `${format.rate(rate)} ${hop.unit}`);
      figure(cells[1], hop.hit_ratio, (ratio) => (hop.open ? "off" : format.percent(ratio)));
    }
    this.#forget(services, hops);
    this.services.dataset.at = at;
  }

  #row(body, key, title, count) {
    if (!this.#rows.has(key)) {
      const cells = Array.from({ length: count }, () => element("td"));
      const row = element("tr", { "data-row": key }, element("th", { scope: "row" }, title), ...cells);
      body.append(row);
      this.#rows.set(key, { row, cells });
    }
    return this.#rows.get(key).cells;
  }

  #forget(services, hops) {
    const told = new Set([...services.map(({ name }) => name), ...hops.map(({ from, to }) => `${from} ${to}`)]);
    for (const [key, { row }] of this.#rows) row.hidden = !told.has(key);
  }
}

function figure(cell, value, shown) {
  cell.className = "number";
  if (!cell.firstElementChild) cell.append(element("data"));
  mark(cell.firstElementChild, "value", value ?? "");
  say(cell.firstElementChild, shown(value));
}
