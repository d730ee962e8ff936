// Puts the parts together: events come in, each part shows its own. What was shown stays until it is replaced.

import { loadReports, showBench } from "./bench.js";
import { byId } from "./dom.js";
import { Feed } from "./feed.js";
import { History } from "./history.js";
import { Hops } from "./hops.js";
import { drawLegend } from "./legend.js";
import { Markers } from "./markers.js";
import { Nodes } from "./nodes.js";
import { Panel } from "./panel.js";
import { Status } from "./status.js";
import { Switches } from "./switches.js";
import { Table } from "./table.js";
import { TimeLine } from "./timeline.js";
import { startTracer } from "./tracer.js";

const CHARTS = 2; // seconds between two drawings of the time line
const ALLOWED = 15_000; // milliseconds between two looks whether switching is allowed

const history = new History();
const markers = new Markers();
const status = new Status();
const switches = new Switches();
const nodes = new Nodes(byId("map"), (name) => choose(name));
const hops = new Hops(byId("hops"), byId("map"));
const table = new Table(byId("service-rows"), byId("hop-rows"));
const panel = new Panel(history, markers, (name) => {
  nodes.chosen(null);
  nodes.button(name)?.focus();
});
const timeLine = new TimeLine(history, markers, (text) => status.problem("history", text));
let toggles = {};
let live = null;
let drawn = 0;
let paused = false;
let running = null;

function choose(name) {
  panel.open(name, live);
  nodes.chosen(panel.name);
}

function showLive(message) {
  live = message;
  history.add(message);
  status.heard(message);
  nodes.show(message, toggles);
  hops.show(message.hops);
  table.show(message);
  if (message.at - drawn < CHARTS) return;
  drawn = message.at;
  timeLine.draw(message.at);
  panel.show(message);
}

const feed = new Feed("/events", {
  open() {
    timeLine.load();
    switches.load();
    loadReports();
  },
  lost: () => status.set("lost"),
  live: showLive,
  toggles(told) {
    toggles = told;
    switches.load();
  },
  marker: (marker) => markers.add([marker]),
  bench(bench) {
    showBench(bench);
    // A benchmark that has ended has left a report.
    if (running && !bench.running) loadReports();
    running = bench.running;
  },
  switching: (state) => switches.told(state),
});

/** While nobody looks nothing is asked: the server then rests, too. */
function attend() {
  if (paused || document.hidden) {
    feed.close();
    timeLine.stop();
    status.set("paused");
  } else {
    status.set(live ? "lost" : "waiting");
    feed.open();
  }
}

byId("pause").addEventListener("click", ({ currentTarget }) => {
  paused = !paused;
  currentTarget.setAttribute("aria-pressed", String(paused));
  attend();
});
document.addEventListener("visibilitychange", attend);
setInterval(() => {
  if (!paused && !document.hidden) switches.load();
}, ALLOWED);

drawLegend(byId("legend"));
startTracer();
attend();
