// Questions to the page's own server. A failure is one clear line.

const PATIENCE = 20_000; // milliseconds

export class Failed extends Error {
  constructor(text, status = 0) {
    super(text);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...options });
  } catch {
    throw new Failed("The console's server is not answering.");
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Failed(told.error ?? `The console's server answered ${answer.status}.`, answer.status);
  return told;
}

export const get = (path) => ask(path);

export function post(path, body) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}
