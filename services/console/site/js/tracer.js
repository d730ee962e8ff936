// One request, followed: which caches it met, and what each said of it.

import { post } from "./api.js";
import { byId, element, mark, say } from "./dom.js";
import * as format from "./format.js";
import { cacheName, explain, outcomeWord, policyOf } from "./words.js";

export function startTracer() {
  const form = byId("trace");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    const path = byId("trace-path").value.trim();
    if (!path.startsWith("/")) return fail("A path of this site is needed: it begins with /, such as /posts/.");
    mark(button, "aria-disabled", "true"); // not `disabled`, which would take the focus away
    try {
      show(path, await post("/api/trace", { path }));
    } catch (problem) {
      fail(problem.message);
    } finally {
      mark(button, "aria-disabled", null);
    }
  });
}

function fail(text) {
  say(byId("trace-error"), text);
  byId("trace-path").setAttribute("aria-invalid", "true");
  byId("trace-answer").replaceChildren();
  byId("trace-path").focus();
}

function show(path, answer) {
  say(byId("trace-error"), "");
  byId("trace-path").removeAttribute("aria-invalid");
  const age = format.known(answer.age) ? `, ${format.age(answer.age)} old` : "";
  const headers = answer.headers.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value)));
  byId("trace-answer").replaceChildren(
    element("p", { class: "verdict" }, element("b", {}, `${answer.status}`),
      ` in ${answer.ms.toLocaleString("en")} ms, ${format.bytes(answer.bytes)}${age}`),
    way(answer.hops, path),
    element("details", {}, element("summary", {}, `All ${headers.length} headers of the answer`),
      element("dl", { class: "headers" }, ...headers)),
  );
}

function way(hops, path) {
  const said = hops.filter(({ past }) => !past);
  const earlier = hops.filter(({ past }) => past);
  const steps = [step("Reader", "asks", `for ${path}`), ...said.map(hopStep)];
  if (!hops.length) steps.push(step("No cache", "said nothing", "The answer has no Cache-Status."));
  const list = element("ol", { class: "way" }, ...steps);
  if (!earlier.length) return list;
  return element("div", {}, list,
    element("details", {}, element("summary", {}, "How the kept copy was made, earlier"),
      element("ol", { class: "way" }, ...earlier.map(hopStep))));
}

function hopStep(hop) {
  const made = step(cacheName(hop.cache), outcomeWord(hop), explain(hop), policyOf(hop), hop.text);
  made.dataset.outcome = hop.outcome === "hit" ? "hit" : hop.outcome === "fwd=bypass" ? "bypass" : "miss";
  return made;
}

function step(name, word, text, note = "", raw = "") {
  return element("li", {},
    element("p", {}, element("b", {}, name), " ", element("span", { class: "outcome" }, word), " ",
      note ? element("span", { class: "hint" }, note) : null),
    element("p", {}, text),
    raw ? element("code", {}, raw) : null);
}
