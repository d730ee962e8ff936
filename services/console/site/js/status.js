// How the page does: live, paused, reconnecting; how old its figures are; and what is wrong, in a line.

import { byId, mark, say } from "./dom.js";
import * as format from "./format.js";
import { titleOf } from "./topology.js";

const WORDS = { waiting: "Connecting", live: "Live", partial: "Live, in part", lost: "Reconnecting …", paused: "Paused" };

const PATIENT = 12; // events

export class Status {
  #heard = null;
  #problems = new Map();
  #state = "waiting";
  #unread = 0; // events in a row that lacked a figure

  constructor() {
    setInterval(() => this.#age(), 1000);
  }

  set(state) {
    this.#state = state;
    const partial = state === "live" && this.#problems.get("services");
    const shown = partial ? "partial" : state;
    say(byId("status"), WORDS[shown]);
    mark(byId("status"), "data-state", shown);
    mark(document.body, "data-feed", shown);
  }

  heard({ services }) {
    this.#heard = performance.now();
    const silent = services.filter(({ state }) => state === "down").map(({ name }) => titleOf(name));
    const unread = services
      .filter(({ name, state, requests }) => state === "up" && requests === null && name !== "readers")
      .map(({ name }) => titleOf(name));
    this.problem("services", silent.length ? `No answer from ${silent.join(", ")}. See: docker compose ps` : "");
    this.problem("figures", this.#lasting(unread));
    this.set("live");
    this.#age();
  }

  /** The first readings give no rate yet: only what lasts is said. */
  #lasting(unread) {
    this.#unread = unread.length ? this.#unread + 1 : 0;
    return this.#unread > PATIENT ? `No figures for ${unread.join(", ")}.` : "";
  }

  /** A problem's line, or "" when it is over. Said once, when it changes. */
  problem(kind, text) {
    if (text) this.#problems.set(kind, text);
    else this.#problems.delete(kind);
    const all = [...this.#problems.values()].join(" ");
    say(byId("notice"), all);
    byId("notice").hidden = all === "";
  }

  #age() {
    if (this.#heard === null) return;
    const seconds = (performance.now() - this.#heard) / 1000;
    const fresh = this.#state === "live" && seconds < 2;
    say(byId("age"), fresh ? "figures of this second" : `figures ${format.age(seconds)} old`);
  }
}
