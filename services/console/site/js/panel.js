// One service's own figures: now, over time, and what it is asked for most.

import { Failed, get } from "./api.js";
import { Charts } from "./charts.js";
import { byId, element, mark, say } from "./dom.js";
import * as format from "./format.js";
import { titleOf } from "./topology.js";

export class Panel {
  name = null;
  #charts = null;

  /** closed: is told the name of the service whose panel was closed. */
  constructor(history, markers, closed) {
    this.history = history;
    this.markers = markers;
    this.closed = closed;
    this.root = byId("panel");
    byId("panel-close").addEventListener("click", () => this.close());
    document.addEventListener("keydown", ({ key }) => key === "Escape" && this.name && this.close());
  }

  open(name, live) {
    if (this.name === name) return this.close();
    this.name = name;
    this.root.hidden = false;
    say(byId("panel-title"), titleOf(name));
    byId("panel-charts").replaceChildren();
    byId("panel-facts").replaceChildren();
    this.#charts = new Charts(byId("panel-charts"), name);
    this.show(live);
    this.#fetchTop(name);
    this.root.focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "nearest" });
  }

  close() {
    const { name } = this;
    this.name = null;
    this.root.hidden = true;
    this.closed(name);
  }

  show(live) {
    const service = live?.services.find(({ name }) => name === this.name);
    if (!service) {
      // Whatever stands there would be of before.
      if (live) say(byId("panel-role"), "it does not run");
      byId("panel-facts").replaceChildren();
      return;
    }
    say(byId("panel-role"), `${service.role}, ${service.state === "down" ? "down: it does not answer" : service.state}`);
    const facts = factsOf(service);
    const into = byId("panel-facts");
    if (into.childElementCount !== facts.length)
      into.replaceChildren(...facts.map(() => element("div", {}, element("dt"), element("dd"))));
    facts.forEach(([label, text], i) => {
      say(into.children[i].firstChild, label);
      say(into.children[i].lastChild, text);
    });
    this.draw(live.at);
  }

  draw(to) {
    if (!this.name) return;
    const marks = this.markers.since(to - this.history.span).filter(({ kind }) => kind !== "purge");
    this.#charts.draw(this.history, to, marks);
  }

  async #fetchTop(name) {
    const into = byId("panel-top");
    into.hidden = true;
    try {
      const top = await get(`/api/top/${name}`);
      if (this.name === name) {
        into.replaceChildren(...topTable(top));
        into.hidden = false;
      }
    } catch (problem) {
      if (this.name !== name || !(problem instanceof Failed) || problem.status === 404) return;
      into.replaceChildren(element("p", { class: "error" }, problem.message));
      into.hidden = false;
    }
  }
}

function factsOf(service) {
  const perSecond = (value) => `${format.rate(value)}/s`;
  const facts = [
    ["requests", service.requests, perSecond], ["hits", service.hits, perSecond],
    ["misses", service.misses, perSecond], ["passes", service.passes, perSecond],
    ["hit ratio", service.hit_ratio, format.percent], ["CPU", service.cpu, (v) => `${format.cores(v)} cores`],
    ["memory", service.memory, format.bytes], ["containers", service.containers, format.figure],
  ].filter(([, value]) => format.known(value));
  return [
    ...facts.map(([label, value, shown]) => [label, shown(value)]),
    ...Object.entries(service.totals ?? {}).filter(([, count]) => format.known(count))
      .map(([what, count]) => [`${what} since it began`, format.figure(count)]),
    ...service.more.map(({ label, value, unit }) => [label, format.figure(value, unit)]),
  ];
}

function topTable({ title, columns, rows, note }) {
  const numeric = columns.map((_, i) => rows.every((row) => typeof row[i] === "number" || row[i] === null));
  const cell = (value, i) => {
    const text = !numeric[i] ? String(value ?? format.NONE)
      : /ratio|share/.test(columns[i]) ? format.percent(value) : format.figure(value);
    const made = element(i ? "td" : "th", i ? { class: numeric[i] ? "number" : null } : { scope: "row" }, text);
    mark(made, "title", text.length > 40 ? text : null);
    return made;
  };
  const head = columns.map((text, i) => element("th", { scope: "col", class: numeric[i] ? "number" : null }, text));
  const body = rows.map((row) => element("tr", {}, ...row.map(cell)));
  return [
    element("h3", {}, title),
    rows.length
      ? element("table", { class: "top-list" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body))
      : element("p", { class: "empty" }, "Nothing was asked for while it was sampled."),
    element("p", { class: "hint" }, note ?? ""),
  ];
}
