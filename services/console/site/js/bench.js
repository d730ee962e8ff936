// The benchmark that runs, and the last reports.

import { get } from "./api.js";
import { byId, element, say } from "./dom.js";
import * as format from "./format.js";

const COLUMNS = [
  ["Variant", "variant"], ["Requests/s", "requests_per_second", format.rate],
  ["CPU ms a request", "cpu_ms", format.rate], ["Hit ratio", "hit_ratio", format.percent],
  ["Stale answers", "stale", format.figure], ["Rounds done", "done", format.figure],
];

export function showBench(bench) {
  if (!bench.running) {
    say(byId("bench-phase"), "");
    const how = element("code", {}, "./scripts/lab bench quick");
    byId("bench").replaceChildren(element("p", { class: "empty" }, "None is running. Start one: ", how));
    return;
  }
  const began = format.known(bench.began) ? `, since ${format.time(bench.began)}` : "";
  say(byId("bench-phase"), `${bench.experiment}: ${bench.phase ?? "starting"}${began}`);
  const head = COLUMNS.map(([title], i) => element("th", { scope: "col", class: i ? "number" : null }, title));
  const rows = (bench.rows ?? []).map((row) => element("tr", {}, ...COLUMNS.map(([title, key, shown], i) =>
    i ? element("td", { class: "number", "data-title": title }, shown(row[key])) : element("th", { scope: "row" }, row[key]))));
  byId("bench").replaceChildren(rows.length
    ? element("table", { class: "stacked" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows))
    : element("p", { class: "empty" }, "No variant has been measured yet."));
}

const JUDGED = new Map([[true, "VALID"], [false, "INVALID"], [null, "not judged"]]);

export async function loadReports() {
  const into = byId("reports");
  try {
    const reports = await get("/api/reports");
    into.replaceChildren(...(reports.length ? reports.map(line) : [element("li", { class: "empty" }, "There is none yet.")]));
  } catch (problem) {
    into.replaceChildren(element("li", { class: "error" }, problem.message));
  }
}

function line({ at, experiment, valid, sentence, html }) {
  const judged = JUDGED.get(valid ?? null);
  return element("li", {},
    element("span", { class: "verdict-word", "data-valid": String(valid) }, judged),
    element("a", { href: html }, `${experiment}, ${format.moment(at)}`),
    sentence ? element("span", { class: "hint" }, sentence) : null);
}
