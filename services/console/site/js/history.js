// The last minutes of every figure: what Prometheus kept, and what came since.

export const PARTS = ["requests", "hit_ratio", "cpu"];

export class History {
  #series = new Map(); // "part/service" to a list of [seconds, value or null], the oldest first
  #step = 2; // seconds between two points

  constructor() {
    this.minutes = 5;
  }

  get span() {
    return this.minutes * 60;
  }

  /** Puts the past before what this page has seen itself. */
  fill({ from, step, series }) {
    this.#step = step;
    for (const part of PARTS) {
      for (const [name, values] of Object.entries(series[part] ?? {})) {
        const past = values.map((value, i) => [from + i * step, value]);
        const last = past.at(-1)?.[0] ?? 0;
        const since = this.points(part, name).filter(([at]) => at > last);
        this.#series.set(`${part}/${name}`, [...past, ...since]);
      }
    }
  }

  add({ at, services }) {
    for (const service of services) {
      for (const part of PARTS) this.#put(`${part}/${service.name}`, at, service[part]);
    }
    for (const [key, points] of this.#series) {
      const kept = points.findIndex(([when]) => when >= at - this.span);
      if (kept > 0) this.#series.set(key, points.slice(kept));
    }
  }

  #put(key, at, value) {
    const points = this.#series.get(key) ?? [];
    // One point a step, so that old and new look alike.
    if (points.length && at - points.at(-1)[0] < this.#step) return;
    points.push([at, value]);
    this.#series.set(key, points);
  }

  points(part, name) {
    return this.#series.get(`${part}/${name}`) ?? [];
  }

  /** Seconds over which a line is drawn through: more is a gap. */
  get gap() {
    return 3 * this.#step + 2;
  }
}
