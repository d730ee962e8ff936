// What a cache said of a request (Cache-Status, RFC 9211), in plain words.

const NAMES = { varnish: "Varnish", nginx: "nginx", upstream: "Django's upstream cache" };

const DETAILS = {
  "pages-off": "Varnish keeps no pages, for LAB_EDGE_PAGES is off.",
  "assets-off": "Varnish keeps no objects of the bucket, for LAB_EDGE_ASSETS is off.",
  authorization: "The request says who asks, so the answer is only for them.",
  part: "It is a part of a page that is made anew for each reader.",
  "purged-meanwhile": "It was purged while it was fetched, so the fetched copy is not kept.",
  "long-request": "The request's address is too long to be kept.",
  "not-cacheable": "Django says that this answer must not be kept.",
  error: "It is an error, which is not kept.",
  stale: "The copy is too old, and is shown while a new one is fetched.",
  aged: "The value was too old.",
  invalidated: "What the value was made of has changed, so it was made anew.",
  doubted: "The store might have missed a change, so its value was not believed.",
  lapsed: "The request took so long that the store's value could no longer be believed.",
  absent: "The value was not there.",
};

const REASONS = {
  "fwd=miss": "It was not kept here, so the next one was asked.",
  "fwd=uri-miss": "It was not kept here, so the next one was asked.",
  "fwd=vary-miss": "It is kept here for other readers' headers, not for these.",
  "fwd=stale": "What was kept here is too old or was purged, so the next one was asked.",
  "fwd=method": "Only GET and HEAD are answered from what is kept.",
  "fwd=request": "The request asks for a fresh answer.",
  "fwd=partial": "Only a part of it is kept here.",
};

const BYPASS = {
  nginx: "nginx keeps no pages here (LAB_MICROCACHE).",
  upstream: "The store was not asked: the value is one reader's own, or its use is switched off.",
};

export const cacheName = (cache) => NAMES[cache] ?? cache;

export function outcomeWord({ outcome, collapsed }) {
  if (outcome === "hit") return "hit";
  if (collapsed) return "miss, answered together with another";
  return { "fwd=bypass": "not asked", "fwd=stale": "stale", "fwd=miss": "miss" }[outcome] ?? (outcome.replace("fwd=", "") || "said nothing");
}

/** Why it was no hit, or how it was one; one or two sentences. */
export function explain({ cache, outcome, ttl, detail, stored, collapsed }) {
  // Upstream a detail is the policy and how often, then a word of why.
  const why = cache === "upstream" ? (detail ?? "").split(", ")[1] : detail;
  const known = DETAILS[why] ?? "";
  if (outcome === "hit") return known || `It was kept here${lifetime(ttl, " for another")}, and nobody further on was asked.`;
  if (collapsed) return "It was just being fetched for another request, which it waited for.";
  const reason = outcome === "fwd=bypass" ? known || (BYPASS[cache] ?? "This cache was not to be asked.") : (REASONS[outcome] ?? "");
  const parts = [reason === known ? known : [reason, known].filter(Boolean).join(" ")];
  if (stored) parts.push(`It is kept now${lifetime(ttl, " for")}.`);
  return parts.filter(Boolean).join(" ");
}

/** What an upstream cache was asked for: the policy's name, and how often on this page. */
export function policyOf({ cache, detail }) {
  if (cache !== "upstream" || !detail) return "";
  const [name, times] = detail.split(", ")[0].split("*");
  return times ? `${name}, ${times} times` : name;
}

function lifetime(ttl, word) {
  return typeof ttl === "number" && ttl > 0 ? `${word} ${ttl.toLocaleString("en")} s` : "";
}
