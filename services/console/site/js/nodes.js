// The picture's nodes: a button for each service, with its figures. The arrow keys go from one to the next.

import { element, mark, say } from "./dom.js";
import * as format from "./format.js";
import { NODES, shade } from "./topology.js";

const WORDS = { up: "up", off: "off", down: "down", unknown: "not read" };
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Nodes {
  #made = new Map();
  #map;

  /** choose: is told the name of the node that was pressed. */
  constructor(map, choose) {
    this.#map = map;
    for (const node of NODES) {
      const made = this.#make(node);
      made.button.addEventListener("click", () => choose(node.name));
      map.append(made.button);
      this.#made.set(node.name, made);
    }
    map.addEventListener("keydown", (event) => this.#walk(event));
    map.addEventListener("focusin", ({ target }) => target.dataset.name && this.#enter(target));
    this.#enter(this.button("varnish"));
  }

  #make(node) {
    const part = (name) => element("span", { class: name });
    const [word, big, unit, facts, meter, chips] =
      [part("word"), part("big"), part("unit"), part("facts"), part("meter"), part("chips")];
    meter.append(part("filled"));
    say(big, format.NONE);
    say(unit, node.unit);
    const button = element(
      "button",
      {
        type: "button", class: "node", "data-name": node.name, "data-state": "unknown", tabindex: -1,
        "aria-expanded": "false", "aria-controls": "panel", hidden: node.guest, "data-cache": node.cache,
      },
      element("span", { class: "top" }, element("span", { class: "name" }, node.title), word),
      element("span", { class: "role" }, node.role),
      element("span", { class: "count" }, big, " ", unit), facts, node.cache ? meter : undefined, chips,
    );
    mark(button, "aria-label", `${node.title}, ${node.role}, ${WORDS.unknown}`);
    return { node, button, word, big, unit, facts, meter, chips };
  }

  button(name) {
    return this.#made.get(name)?.button;
  }

  /** The nodes of services that the event does not name are those that do not run. */
  show({ services }, toggles) {
    const told = new Map(services.map((service) => [service.name, service]));
    for (const made of this.#made.values()) {
      const service = told.get(made.node.name);
      if (made.node.guest) this.#come(made.button, Boolean(service));
      if (service) this.#fill(made, service, toggles);
    }
  }

  /** A guest that goes while Tab leads to it would leave the whole picture out of its order. */
  #come(button, there) {
    button.hidden = !there;
    if (!there && button.tabIndex === 0) this.#enter(this.button("varnish"));
  }

  #fill({ node, button, word, big, facts, meter, chips }, service, toggles) {
    const { state } = service;
    mark(button, "data-state", state);
    mark(button, "aria-label", `${node.title}, ${service.role}, ${WORDS[state] ?? state}`);
    say(word, state === "up" ? "" : (WORDS[state] ?? state));
    say(big, format.rate(service.requests));
    const lines = state === "down" ? ["does not answer"] : factsOf(service);
    if (facts.childElementCount !== lines.length) facts.replaceChildren(...lines.map(() => element("span")));
    lines.forEach((line, i) => say(facts.children[i], line));
    meter.firstChild.style.setProperty("--part", service.hit_ratio ?? 0);
    mark(meter, "data-shade", shade(service.hit_ratio));
    const off = chipsOf(node.name, toggles);
    if (chips.textContent !== off.join("")) chips.replaceChildren(...off.map((text) => element("span", {}, text)));
  }

  chosen(name) {
    for (const [each, { button }] of this.#made) mark(button, "aria-expanded", String(each === name));
  }

  /** One node at a time is in the order of Tab: that which was last in use. */
  #enter(button) {
    for (const made of this.#made.values()) made.button.tabIndex = made.button === button ? 0 : -1;
  }

  #walk(event) {
    const here = event.target.closest("[data-name]");
    const way = KEYS[event.key];
    if (!here || !way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#nearest(here, way)?.focus();
  }

  #nearest(here, [right, down]) {
    const middle = (button) => {
      const { left, top, width, height } = button.getBoundingClientRect();
      return [left + width / 2, top + height / 2];
    };
    const [x, y] = middle(here);
    const found = [...this.#map.querySelectorAll("[data-name]:not([hidden])")]
      .filter((button) => button !== here)
      .map((button) => {
        const [bx, by] = middle(button);
        const along = right ? (bx - x) * right : (by - y) * down;
        const aside = Math.abs(right ? by - y : bx - x);
        return { button, along, far: along + 2 * aside };
      })
      .filter(({ along }) => along > 8);
    return found.sort((a, b) => a.far - b.far)[0]?.button;
  }
}

function factsOf({ hit_ratio: ratio, cpu, more }) {
  const lines = [];
  if (format.known(ratio)) lines.push(`${format.percent(ratio)} hits`);
  const queries = more.find(({ label }) => label.startsWith("queries"));
  if (queries) lines.push(`${format.rate(queries.value)} queries/s`);
  if (format.known(cpu)) lines.push(`CPU ${format.cores(cpu)}`);
  return lines;
}

const USES = ["PROPERTIES", "COMPILED", "FRAGMENTS", "GENERATED", "AGGREGATES", "SYNDICATED"];

/** What of a layer is off while the layer works. */
function chipsOf(name, toggles) {
  if (name === "varnish") {
    const off = ["PAGES", "ASSETS"].filter((what) => toggles[`LAB_EDGE_${what}`] === "off");
    return off.length === 1 ? [`${off[0].toLowerCase()} off`] : [];
  }
  if (name !== "web") return [];
  if (toggles.LAB_UPSTREAM === "off") return ["upstream off"];
  const off = USES.filter((what) => toggles[`LAB_${what}`] === "off").map((what) => `${what.toLowerCase()} off`);
  return toggles.LAB_UPSTREAM === "local" ? ["values in its memory", ...off] : off;
}
