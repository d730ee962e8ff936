// Every two seconds: ask, remember, show. Each part is in a module of its own.

import { Memory } from "./memory.js";
import * as query from "./query.js";
import { SERVICES, layerName, switchedOff } from "./services.js";
import { View } from "./view.js";

const PERIOD = 2000; // milliseconds: Prometheus reads every two seconds, more would show nothing new

const memory = new Memory();
const view = new View(SERVICES);
let toggles = {};
let complete = false; // whether the memory has what happened before now
let paused = false;

function stateOf(service, figures) {
  if (service.up.some((key) => figures.get(key) === 0)) return "down";
  if (switchedOff(service.id, toggles)) return "off";
  const measured = figures.has(`service:cpu_cores:rate10s/${service.id}`);
  if (service.up.some((key) => figures.has(key)) || measured) return "up";
  return service.onPath ? "down" : "absent";
}

function noteOf(id, figures) {
  const toSite = figures.get("backend:requests:rate10s/site");
  const toStore = figures.get("backend:requests:rate10s/store");
  if (id === "varnish" && toSite !== undefined)
    return `asks Django ${toSite.toFixed(1)}, MinIO ${(toStore ?? 0).toFixed(1)} a second`;
  return switchedOff(id, toggles) ? "switched off" : "";
}

function showService(service, figures, at) {
  // gunicorn counts nothing itself: what Varnish asks of the site is what Django is asked.
  const requestsKey =
    service.id === "web" ? "backend:requests:rate10s/site" : `layer:requests:rate10s/${service.id}`;
  const cpuKey = `service:cpu_cores:rate10s/${service.id}`;
  view.service(service.id, {
    state: stateOf(service, figures),
    requests: figures.get(requestsKey),
    hitRatio: figures.get(`cache:hit_ratio:rate10s/${service.id}`),
    cpu: figures.get(cpuKey),
    note: noteOf(service.id, figures),
    requestsPast: memory.grid(requestsKey, at),
    cpuPast: memory.grid(cpuKey, at),
  });
}

function showCache(id, figures, at) {
  view.cache(id, {
    state: switchedOff(id, toggles) ? "off" : "up",
    hits: figures.get(`cache:hits:rate10s/${id}`),
    misses: figures.get(`cache:misses:rate10s/${id}`),
    passes: figures.get(`cache:passes:rate10s/${id}`),
    hitRatio: figures.get(`cache:hit_ratio:rate10s/${id}`),
    ratioPast: memory.grid(`cache:hit_ratio:rate10s/${id}`, at),
  });
}

function showCpu(figures, at) {
  view.cpu(
    SERVICES.map(({ id }) => ({ name: id, values: memory.grid(`service:cpu_cores:rate10s/${id}`, at) })),
    { used: figures.get("machine:cpu_cores:rate10s"), cores: figures.get("machine:cpu_cores:count") },
  );
}

function showLayers() {
  view.layers(
    Object.entries(toggles).map(([variable, value]) => ({ name: layerName(variable), value, on: value !== "off" })),
  );
}

function showStatus(figures) {
  const silent = SERVICES.filter((service) => stateOf(service, figures) === "down").map(({ title }) => title);
  if (silent.length === 0) view.status("live", "Live");
  else view.status("partial", "Live, in part", `No figures from: ${silent.join(", ")}. See: docker compose ps`);
}

async function refresh() {
  if (!complete) {
    memory.replace(await query.history());
    complete = true;
  }
  const figures = await query.now();
  const at = Date.now() / 1000;
  memory.add(figures, at);
  toggles = await query.toggles();
  for (const service of SERVICES) showService(service, figures, at);
  for (const { id } of SERVICES.filter(({ cache }) => cache)) showCache(id, figures, at);
  showCpu(figures, at);
  showLayers();
  showStatus(figures);
}

function showLost(error) {
  complete = false;
  view.status(
    "lost",
    "No connection",
    `Prometheus can't be reached (${error.message}), so what you see is old. See: docker compose ps prometheus`,
  );
}

async function tick() {
  if (!paused && !document.hidden) {
    try {
      await refresh();
    } catch (error) {
      showLost(error);
    }
  } else {
    complete = false; // what happens meanwhile is fetched afterwards
  }
  setTimeout(tick, PERIOD);
}

document.getElementById("pause").addEventListener("click", ({ currentTarget }) => {
  paused = !paused;
  currentTarget.setAttribute("aria-pressed", String(paused));
  if (paused) view.status("waiting", "Paused");
});

tick();
