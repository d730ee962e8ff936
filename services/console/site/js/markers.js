// What happened: each kind has a shape and a word, never a colour alone.

import { across } from "./chart.js";
import { byId, element, say, svg } from "./dom.js";
import * as format from "./format.js";

const KINDS = {
  purge: { word: "purge", path: "M0-5A5 5 0 1 1 0 5A5 5 0 1 1 0-5Z" },
  toggle: { word: "toggle", path: "M0-6.5L6.5 0L0 6.5L-6.5 0Z" },
  fault: { word: "fault", path: "M-5-5L5 5M5-5L-5 5" },
  phase: { word: "benchmark phase", path: "M-5-5H5V5H-5Z" },
  alert: { word: "alert", path: "M0-6.5L6.5 5.5H-6.5Z" },
};
const NEAR = 18; // pixels: closer ones of a kind are drawn as one
const TOGETHER = 10; // seconds: purges that are closer are one line of the list
const MOST = 500;
const UNREAD = 30; // seconds in which Prometheus counts them together

function shape(kind) {
  return svg("path", { class: `shape ${kind}`, d: KINDS[kind].path });
}

export class Markers {
  #all = new Map();

  add(markers) {
    for (const marker of markers) {
      if (KINDS[marker.kind]) this.#all.set(marker.id, marker);
    }
    const sorted = [...this.#all.entries()].sort(([, a], [, b]) => a.at - b.at).slice(-MOST);
    this.#all = new Map(sorted);
  }

  /** The past's purges, counted by Prometheus, replace those that this page was told one by one; but for
   * the last ones, which Prometheus has not read yet. */
  replace(markers) {
    const known = Math.max(0, ...markers.filter(({ kind }) => kind === "purge").map(({ at }) => at));
    const late = Math.max(known, Date.now() / 1000 - UNREAD);
    const fresh = [...this.#all.values()].filter(({ kind, at }) => kind === "purge" && at > late);
    this.#all.clear();
    this.add([...markers, ...fresh]);
  }

  since(moment) {
    return [...this.#all.values()].filter(({ at }) => at >= moment);
  }

  /** The row of shapes above the charts. */
  drawRow(picture, from, to) {
    const width = Math.max(picture.clientWidth, 200);
    picture.setAttribute("viewBox", `0 0 ${width} 18`);
    const ends = {};
    const shapes = [];
    for (const { kind, at, text } of this.since(from)) {
      const x = across(at, from, to, width);
      if (x - (ends[kind] ?? -Infinity) < NEAR) continue;
      ends[kind] = x;
      const made = shape(kind);
      made.setAttribute("transform", `translate(${x.toFixed(1)} 9)`);
      made.append(svg("title", {}, `${format.time(at)} ${KINDS[kind].word}: ${text}`));
      shapes.push(made);
    }
    picture.replaceChildren(...shapes);
  }

  list(from) {
    const lines = together(this.since(from)).toReversed();
    say(byId("event-count"), String(lines.length));
    if (!byId("events").open) return;
    const key = lines.map(({ id, count }) => `${id}:${count}`).join();
    const into = byId("event-list");
    if (into.dataset.key === key) return;
    into.dataset.key = key;
    into.replaceChildren(...lines.map(line));
  }
}

function line({ at, kind, text }) {
  const picture = svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16, "aria-hidden": "true" }, shape(kind));
  const when = element("time", { datetime: new Date(at * 1000).toISOString() }, format.time(at));
  return element("li", { "data-kind": kind }, picture, when, element("b", {}, KINDS[kind].word), element("span", {}, text));
}

function together(markers) {
  const lines = [];
  for (const marker of markers) {
    const last = lines.findLast(({ kind }) => kind === "purge");
    if (marker.kind === "purge" && last && lines.at(-1) === last && marker.at - last.until < TOGETHER) {
      last.count += marker.count ?? 1;
      last.until = marker.at;
      last.text = `${last.count} purged downstream in ${format.age(Math.max(last.until - last.at, 1))}`;
    } else lines.push({ ...marker, count: marker.count ?? 1, until: marker.at });
  }
  return lines;
}

export function drawKinds(into) {
  into.replaceChildren(...Object.entries(KINDS).map(([kind, { word }]) =>
    element("span", { class: "sample" },
      svg("svg", { viewBox: "-8 -8 16 16", width: 16, height: 16 }, shape(kind)), word)));
}
