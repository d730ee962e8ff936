// Who stands where on the path. Where that is on the screen is the style sheet's matter.

export const NODES = [
  { name: "readers", title: "Readers", role: "who asks", unit: "requests/s" },
  { name: "varnish", title: "Varnish", role: "downstream cache", unit: "requests/s", cache: true },
  { name: "nginx", title: "nginx", role: "load balancer", unit: "requests/s" },
  { name: "web", title: "Django", role: "on gunicorn", unit: "requests/s" },
  { name: "redis", title: "Redis", role: "upstream cache", unit: "commands/s", cache: true },
  { name: "memcached", title: "Memcached", role: "upstream cache", unit: "commands/s", cache: true },
  { name: "postgres", title: "Postgres", role: "the durable truth", unit: "transactions/s" },
  { name: "minio", title: "MinIO", role: "object store", unit: "requests/s" },
  { name: "locust", title: "Locust", role: "makes load", unit: "requests/s", guest: true },
];

export const titleOf = (name) => NODES.find((node) => node.name === name)?.title ?? name;

/** Which of the five colours a hit ratio (0 to 1) has; none where there is no ratio. */
export function shade(ratio) {
  return ratio === null || ratio === undefined ? undefined : Math.min(Math.floor(ratio * 5), 4);
}

/** An arrow's width in pixels: the logarithm of requests a second. */
export function width(rate) {
  return 1.5 + 2.6 * Math.log10(1 + Math.max(rate ?? 0, 0));
}
