// The services, in the order of the request path. `up` names the figures that must all be 1.

export const SERVICES = [
  { id: "varnish", title: "Varnish", role: "downstream cache", unit: "requests/s", onPath: true,
    cache: "pages and the bucket's objects", up: ["up/varnish", "varnish_up"] },
  { id: "nginx", title: "nginx", role: "load balancer", unit: "requests/s", onPath: true,
    up: ["up/nginx", "nginx_up"] },
  { id: "web", title: "Django", role: "on gunicorn", unit: "pages/s asked of it", onPath: true, up: [] },
  { id: "redis", title: "Redis", role: "upstream cache", unit: "commands/s", onPath: true,
    cache: "values and fragments", up: ["up/redis", "redis_up"] },
  { id: "memcached", title: "Memcached", role: "upstream cache", unit: "commands/s", onPath: true,
    cache: "values and fragments", up: ["up/memcached", "memcached_up"] },
  { id: "postgres", title: "Postgres", role: "the durable truth", unit: "transactions/s", onPath: true,
    up: ["up/postgres", "pg_up"] },
  { id: "minio", title: "MinIO", role: "object store", unit: "requests/s", onPath: true, up: ["up/minio"] },
  { id: "partner", title: "Partner's feed", up: [] },
  { id: "locust", title: "Locust", up: [] },
  { id: "prometheus", title: "Prometheus", up: ["up/prometheus"] },
  { id: "exporters", title: "Exporters", up: ["up/containers", "up/node"] },
  { id: "console", title: "This page's server", up: [] },
  // What the machine uses beyond the services: the engine, health checks, a browser, other people's work.
  { id: "rest", title: "Rest of the machine", up: [] },
];

/** Which cache is out of use under these toggles. */
export function switchedOff(id, toggles) {
  if (id === "varnish") return toggles.LAB_EDGE_PAGES === "off" && toggles.LAB_EDGE_ASSETS === "off";
  if (id === "redis" || id === "memcached") return "LAB_UPSTREAM" in toggles && toggles.LAB_UPSTREAM !== id;
  return false;
}

/** `LAB_EDGE_PAGES` as people say it: "edge pages". */
export function layerName(variable) {
  return variable.replace(/^LAB_/, "").replaceAll("_", " ").toLowerCase();
}
