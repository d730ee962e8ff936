// What is asked of Prometheus, and its answers as plain values. It knows nothing of the page.

// Every figure has a name of its own, made by Prometheus' rules; so one question fetches them all.
const FIGURES =
  '{__name__=~"layer:requests:rate10s|backend:requests:rate10s|cache:(hits|misses|passes|hit_ratio):rate10s' +
  '|service:cpu_cores:rate10s|machine:cpu_cores:(rate10s|count)|up|(varnish|nginx|redis|memcached|pg)_up"}';

const PATIENCE = 4000; // milliseconds
export const WINDOW = 300; // seconds of history
export const STEP = 5; // seconds between two points of it

/** A figure's key: its name and the one label that tells it from its like: `up job=redis`. */
function keyOf({ __name__: name, layer, cache, service, backend, job }) {
  const which = layer ?? cache ?? service ?? backend ?? (name === "up" ? job : undefined);
  return which === undefined ? name : `${name}/${which}`;
}

async function ask(path, parameters) {
  const answer = await fetch(`api/v1/${path}?${new URLSearchParams(parameters)}`, {
    signal: AbortSignal.timeout(PATIENCE),
    cache: "no-store",
  });
  if (!answer.ok) throw new Error(`Prometheus answered ${answer.status}`);
  const { status, data } = await answer.json();
  if (status !== "success") throw new Error("Prometheus did not understand the question");
  return data.result;
}

/** The figures of this moment: a Map from key to number. */
export async function now() {
  const result = await ask("query", { query: FIGURES });
  return new Map(result.map(({ metric, value }) => [keyOf(metric), Number(value[1])]));
}

/** The last five minutes: a Map from key to a list of [seconds, number]. */
export async function history() {
  const end = Math.floor(Date.now() / 1000);
  const range = { query: FIGURES, start: end - WINDOW, end, step: STEP };
  const result = await ask("query_range", range);
  return new Map(
    result.map(({ metric, values }) => [keyOf(metric), values.map(([at, text]) => [at, Number(text)])]),
  );
}

/** The toggles that the stack was started with: an object from variable to value. */
export async function toggles() {
  const answer = await fetch("toggles.json", { cache: "no-store" });
  return answer.ok ? answer.json() : {};
}
