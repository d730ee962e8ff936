// The picture's arrows: their width is the rate, their colour the hit ratio of the cache that they lead to.

import { mark, say, svg } from "./dom.js";
import * as format from "./format.js";
import { shade, width } from "./topology.js";

const NARROW = matchMedia("(max-width: 48rem)");
const ROUTES = {
  wide: { "": ["right", "left"], "varnish minio": ["bottom", "left"], "web minio": ["bottom", "right"] },
  narrow: { "": ["bottom", "top"], "varnish minio": ["right", "top"], "web minio": ["right", "bottom"] },
};
const OUT = { left: [-1, 0], right: [1, 0], top: [0, -1], bottom: [0, 1] };
const APART = 16; // pixels between arrows that leave on one side
const HEAD = 9; // pixels of an arrow's head beyond its line
const THIN = 4.5; // pixels
const LABEL = 15; // pixels from one line of text to the next

export class Hops {
  #made = new Map();
  #hops = [];

  constructor(picture, map) {
    this.picture = picture;
    this.map = map;
    new ResizeObserver(() => this.#place()).observe(map);
  }

  show(hops) {
    const known = this.#hops.length;
    this.#hops = hops;
    for (const hop of hops) this.#fill(hop);
    if (known !== hops.length) this.#place();
    else for (const hop of hops) this.#weigh(hop);
  }

  #of(hop) {
    const key = `${hop.from} ${hop.to}`;
    if (!this.#made.has(key)) {
      const parts = ["line", "hollow", "flow", "head"].map((name) => svg("path", { class: name }));
      const texts = ["rate", "ratio"].map((name) => svg("text", { class: name }));
      const group = svg("g", { class: "hop", "data-hop": key }, ...parts, ...texts);
      this.picture.append(group);
      this.#made.set(key, { group, parts, texts });
    }
    return this.#made.get(key);
  }

  #fill(hop) {
    const { group, texts } = this.#of(hop);
    mark(group, "data-open", hop.open ? "yes" : null);
    mark(group, "data-shade", hop.open ? null : shade(hop.hit_ratio));
    // Few steps: a pace that changes makes the pattern jump.
    mark(group, "data-pace", hop.rate ? Math.min(Math.ceil(Math.log10(1 + hop.rate)), 4) : null);
    say(texts[0], format.known(hop.rate) ? `${format.rate(hop.rate)}/s` : format.NONE);
    say(texts[1], noteOf(hop));
  }

  #weigh(hop) {
    const { group, parts } = this.#of(hop);
    const thick = width(hop.rate);
    parts[0].style.strokeWidth = `${hop.open ? thick + 3 : thick}px`;
    parts[1].style.strokeWidth = `${thick}px`;
    // Beads on a thin line, holes in a thick one.
    const thin = thick < THIN;
    mark(group, "data-thin", thin);
    parts[2].style.strokeWidth = `${thin ? thick + 3 : thick * 0.4}px`;
    const half = HEAD / 2 + thick * 0.45;
    parts[3].setAttribute("d", `M${HEAD} 0L${-HEAD / 2} ${-half}L${-HEAD / 2} ${half}Z`);
  }

  #place() {
    const { width: across, height: down, left, top } = this.map.getBoundingClientRect();
    this.picture.setAttribute("viewBox", `0 0 ${across} ${down}`);
    const kind = NARROW.matches ? "narrow" : "wide";
    const routed = this.#hops.map((hop) => {
      const [start, end] = ROUTES[kind][`${hop.from} ${hop.to}`] ?? ROUTES[kind][""];
      const box = (name) => {
        const node = this.map.querySelector(`[data-name="${name}"]`);
        const { x, y, width: w, height: h } = node.getBoundingClientRect();
        return { x: x - left, y: y - top, w, h };
      };
      return { hop, start, end, from: box(hop.from), to: box(hop.to) };
    });
    for (const route of routed) {
      const fan = routed.filter((other) => other.hop.from === route.hop.from && other.start === route.start);
      const shift = (fan.indexOf(route) - (fan.length - 1) / 2) * APART;
      this.#draw(route, shift);
      this.#weigh(route.hop);
    }
  }

  #draw({ hop, start, end, from, to }, shift) {
    const { parts, texts } = this.#of(hop);
    const [a, b] = [edge(from, start, 2, shift), edge(to, end, HEAD + 3, 0)];
    const path = curve(a, start, b, end);
    for (const part of parts.slice(0, 3)) part.setAttribute("d", path);
    const angle = (Math.atan2(-OUT[end][1], -OUT[end][0]) * 180) / Math.PI;
    parts[3].setAttribute("transform", `translate(${b[0]} ${b[1]}) rotate(${angle})`);
    const { x, y, anchor } = this.#label(parts[0], { start, end, a, b });
    texts.forEach((text, i) => {
      text.setAttribute("text-anchor", anchor);
      text.setAttribute("x", x);
      text.setAttribute("y", y[i]);
    });
  }

  /** Where an arrow's two lines of text go: where the arrow itself is not. */
  #label(line, { start, end, a, b }) {
    const at = (part) => line.getPointAtLength(line.getTotalLength() * part);
    const turns = Math.abs(OUT[start][0]) !== Math.abs(OUT[end][0]);
    if (!turns && OUT[start][0]) {
      // It goes to the right: above and below it; on the outer side of one that rises or falls.
      const middle = (a[0] + b[0]) / 2;
      if (Math.abs(b[1] - a[1]) <= APART) return { x: middle, y: [b[1] - 11, b[1] + 21], anchor: "middle" };
      const first = b[1] < a[1] ? b[1] - 12 - LABEL : b[1] + 21;
      return { x: b[0] - 2, y: [first, first + LABEL], anchor: "end" };
    }
    if (!turns) {
      const lone = a[0] === b[0];
      const { x, y } = lone ? at(0.5) : { x: b[0], y: b[1] - LABEL };
      return { x: x + 10, y: [y - 3, y - 3 + LABEL], anchor: "start" };
    }
    const { x, y } = at(0.72);
    if (NARROW.matches) return { x: x - 8, y: [y - 3, y - 3 + LABEL], anchor: "end" };
    return { x, y: [y - 11, y + 21], anchor: "middle" };
  }
}

function noteOf({ open, hit_ratio: ratio, unit }) {
  if (open) return "off";
  if (format.known(ratio)) return `${format.percent(ratio)} hits`;
  return unit === "requests" ? "" : unit;
}

function edge({ x, y, w, h }, side, away, shift) {
  const [right, down] = OUT[side];
  return [
    x + w / 2 + right * (w / 2 + away) + Math.abs(down) * shift,
    y + h / 2 + down * (h / 2 + away) + Math.abs(right) * shift,
  ];
}

function curve(a, start, b, end) {
  if (Math.abs(OUT[start][0]) !== Math.abs(OUT[end][0])) {
    // Round one corner.
    const corner = OUT[start][0] ? [b[0], a[1]] : [a[0], b[1]];
    const towards = (from) => {
      const far = Math.hypot(corner[0] - from[0], corner[1] - from[1]);
      const part = Math.max(far - 22, 0) / (far || 1);
      return [from[0] + (corner[0] - from[0]) * part, from[1] + (corner[1] - from[1]) * part];
    };
    return `M${a}L${towards(a)}Q${corner} ${towards(b)}L${b}`;
  }
  const reach = Math.max(Math.abs(OUT[start][0] ? b[0] - a[0] : b[1] - a[1]) * 0.5, 12);
  const first = [a[0] + OUT[start][0] * reach, a[1] + OUT[start][1] * reach];
  const second = [b[0] + OUT[end][0] * reach, b[1] + OUT[end][1] * reach];
  return `M${a}C${first} ${second} ${b}`;
}
