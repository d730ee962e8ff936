// The page: puts figures into elements. It works nothing out and asks nobody.

import { drawSpark, drawStack, sparkline } from "./charts.js";
import * as format from "./format.js";

const byId = (id) => document.getElementById(id);

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function card(item, unit) {
  const root = element("li", "card");
  root.style.setProperty("--tone", `var(--${item.id})`);
  const value = element("span", "value", "–");
  const big = element("p", "big");
  big.append(value, " ", element("small", "", unit));
  const note = element("p", "note");
  const spark = sparkline();
  root.append(element("h3", "", item.title), element("p", "role", item.role), big, note);
  return { root, value, note, spark };
}

export class View {
  #cards = new Map();
  #caches = new Map();
  #rows = new Map();

  constructor(services) {
    for (const service of services) {
      if (service.onPath) this.#addCard(service);
      if (service.cache) this.#addCache(service);
      this.#addRow(service);
    }
  }

  #addCard(service) {
    const made = card(service, service.unit);
    made.root.append(made.spark);
    byId("path").append(made.root);
    this.#cards.set(service.id, made);
  }

  #addCache(service) {
    const made = card({ ...service, role: service.cache }, "hits of what it was asked for");
    const bar = element("div", "bar");
    bar.setAttribute("aria-hidden", "true");
    const parts = ["hit", "miss", "pass"].map((name) => element("span", name));
    bar.append(...parts);
    made.root.append(bar, made.spark);
    byId("caches").append(made.root);
    this.#caches.set(service.id, { ...made, parts });
  }

  #addRow(service) {
    const row = element("tr");
    row.style.setProperty("--tone", `var(--${service.id})`);
    const name = element("th");
    name.scope = "row";
    const swatch = element("span", "swatch");
    swatch.style.background = "var(--tone)";
    name.append(swatch, service.title);
    const cells = ["state", "number", "number", "number"].map((c) => element("td", c));
    const picture = element("td");
    const spark = sparkline();
    picture.append(spark);
    row.append(name, ...cells, picture);
    byId("rows").append(row);
    this.#rows.set(service.id, { row, cells, spark });
  }

  service(id, { state, requests, hitRatio, cpu, note, requestsPast, cpuPast }) {
    const shown = this.#cards.get(id);
    if (shown) {
      shown.root.dataset.state = state;
      shown.value.textContent = format.rate(requests);
      shown.note.textContent = state === "down" ? "does not answer" : note;
      drawSpark(shown.spark, requestsPast);
    }
    const { row, cells, spark } = this.#rows.get(id);
    row.hidden = state === "absent";
    const [stateCell, requestsCell, ratioCell, cpuCell] = cells;
    stateCell.textContent = state;
    stateCell.classList.toggle("down", state === "down");
    requestsCell.textContent = format.rate(requests);
    ratioCell.textContent = format.percent(hitRatio);
    cpuCell.textContent = format.cores(cpu);
    drawSpark(spark, cpuPast);
  }

  cache(id, { state, hits, misses, passes, hitRatio, ratioPast }) {
    const { root, value, note, parts, spark } = this.#caches.get(id);
    root.dataset.state = state;
    value.textContent = format.percent(hitRatio);
    note.textContent =
      state === "off"
        ? "switched off"
        : `${format.rate(hits)} hits, ${format.rate(misses)} misses` +
          (passes === undefined ? " a second" : `, ${format.rate(passes)} passes a second`);
    [hits, misses, passes].forEach((part, i) => (parts[i].style.flexGrow = part || 0));
    drawSpark(spark, ratioPast, 1);
  }

  cpu(layers, machine) {
    const most = machine.cores ?? 1;
    const apart = Math.ceil(most / 8); // on a large machine not every core gets its line
    const lines = Array.from({ length: Math.floor(most / apart) }, (_, i) => (i + 1) * apart);
    drawStack(byId("cpu"), layers, most, lines);
    byId("cpu-scale").textContent =
      `The machine is using ${format.cores(machine.used)} of its ${machine.cores ?? "?"} cores, ` +
      `which are the full height${apart === 1 ? ", with a line at each" : ""}. ` +
      "Colours are those of the table below.";
  }

  layers(list) {
    byId("layers").replaceChildren(
      ...list.map(({ name, value, on }) => {
        const item = element("li");
        item.dataset.on = on ? "yes" : "no";
        item.append(`${name} `, element("b", "", value));
        return item;
      }),
    );
  }

  /** Says a state once, when it changes: a screen reader must not hear it every two seconds. */
  status(state, text, notice = "") {
    const pill = byId("status");
    if (pill.textContent !== text) pill.textContent = text;
    pill.dataset.state = state;
    const box = byId("notice");
    if (box.textContent !== notice) box.textContent = notice;
    box.hidden = notice === "";
  }
}
