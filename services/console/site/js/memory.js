// The last five minutes of every figure, kept in the page so that each refresh asks for one moment only.

import { STEP, WINDOW } from "./query.js";

export class Memory {
  #series = new Map();

  replace(series) {
    this.#series = series;
  }

  /** Adds a moment's figures; at most one point every STEP seconds, so that old and new are alike. */
  add(figures, at) {
    for (const [key, value] of figures) {
      const points = this.#series.get(key) ?? [];
      const last = points.at(-1);
      if (last && at - last[0] < STEP) last[1] = value;
      else points.push([at, value]);
      this.#series.set(key, points);
    }
    this.#forget(at - WINDOW);
  }

  #forget(before) {
    for (const points of this.#series.values()) {
      while (points.length && points[0][0] < before) points.shift();
    }
  }

  points(key) {
    return this.#series.get(key) ?? [];
  }

  /** Values on a common grid that ends at `at`: 0 where nothing was measured. */
  grid(key, at) {
    const cells = new Array(WINDOW / STEP + 1).fill(undefined);
    for (const [when, value] of this.points(key)) {
      const cell = cells.length - 1 - Math.round((at - when) / STEP);
      if (cell >= 0 && cell < cells.length && Number.isFinite(value)) cells[cell] = value;
    }
    // A reading that came a little late leaves one cell empty: its neighbour stands in for it.
    return cells.map((value, i) => value ?? cells[i - 1] ?? 0);
  }
}
