// The time line: the charts of all services, with a mark for all that happened.

import { get } from "./api.js";
import { Charts } from "./charts.js";
import { byId, element, say, svg } from "./dom.js";
import { drawKinds } from "./markers.js";

const AGAIN = 10_000; // milliseconds until Prometheus is asked again after it gave no answer

export class TimeLine {
  #charts;
  #row = svg("svg", { class: "markers", role: "img", "aria-label": "What happened: see the list below" });
  #timer = 0;
  #asked = 0;
  #to = 0; // seconds: the moment that was drawn last

  constructor(history, markers, lost) {
    this.history = history;
    this.markers = markers;
    this.lost = lost;
    byId("charts").append(element("figure", {}, element("figcaption", {}, "What happened"), this.#row));
    this.#charts = new Charts(byId("charts"));
    drawKinds(byId("kinds"));
    byId("minutes").addEventListener("change", ({ target }) => {
      history.minutes = Number(target.value);
      this.load();
    });
    byId("events").addEventListener("toggle", () => markers.list(Date.now() / 1000 - history.span));
    new ResizeObserver(() => this.#to && this.draw(this.#to)).observe(byId("charts"));
  }

  /** Fetches what was before; of several calls the last one's answer counts. */
  async load() {
    clearTimeout(this.#timer);
    const number = ++this.#asked;
    const { minutes } = this.history;
    const [past, happened] = await Promise.allSettled([
      get(`/api/history?minutes=${minutes}`), get(`/api/markers?minutes=${minutes}`),
    ]);
    if (number !== this.#asked) return;
    if (happened.status === "fulfilled") this.markers.replace(happened.value);
    if (past.status === "fulfilled") this.history.fill(past.value);
    else this.#timer = setTimeout(() => this.load(), AGAIN);
    const problem = past.reason ?? happened.reason;
    this.lost(problem ? problem.message : "");
    byId("time-note").hidden = !problem;
    say(byId("time-note"), problem ? "What was before this page was opened is missing." : "");
    this.draw(this.#to || Date.now() / 1000);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  draw(to) {
    this.#to = to;
    const from = to - this.history.span;
    const marks = this.markers.since(from).filter(({ kind }) => kind !== "purge");
    this.markers.drawRow(this.#row, from, to);
    this.#charts.draw(this.history, to, marks);
    this.markers.list(from);
  }
}
