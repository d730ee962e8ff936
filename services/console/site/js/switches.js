// The toggles: the command that switches each, and real switches where the host allows them.

import { get, post } from "./api.js";
import { announce, byId, element, mark, say } from "./dom.js";

const ENDED = ["done", "failed"];

export class Switches {
  #toggles = [];
  #allowed = false;
  #under = new Map(); // toggle to the newest state of its switch
  #rows = new Map();

  /** Reads again what is in force; what is under way stays as it is. */
  async load() {
    try {
      const [toggles, switching] = await Promise.all([get("/api/toggles"), get("/api/switching")]);
      const same = switching.allowed === this.#allowed && this.#rows.size === toggles.length;
      this.#toggles = toggles;
      this.#allowed = switching.allowed;
      this.#hint(switching);
      if (!switching.allowed) this.#giveUp();
      if (!same) this.#build();
      for (const toggle of toggles) this.#show(toggle);
    } catch (problem) {
      say(byId("switches-hint"), problem.message);
    }
  }

  /** Nobody on the host takes up what was asked for. */
  #giveUp() {
    for (const [name, state] of this.#under) {
      if (ENDED.includes(state.state)) continue;
      this.#under.set(name, { ...state, state: "failed", text: "switching was ended on the host" });
    }
  }

  #hint({ allowed, how }) {
    const into = byId("switches-hint");
    if (allowed) say(into, "Switching is allowed: what uses the layer is made anew, in a few seconds.");
    else into.replaceChildren("Each command switches in a terminal. To switch here: ", element("code", {}, how));
  }

  #build() {
    this.#rows = new Map(this.#toggles.map((toggle) => [toggle.name, this.#row(toggle)]));
    byId("switches").replaceChildren(...[...this.#rows.values()].map(({ root }) => root));
  }

  #row(toggle) {
    const value = element("span", { class: "value" });
    const code = element("code");
    const copy = element("button", { type: "button", "aria-label": `Copy the command for ${toggle.name}` }, "Copy");
    const progress = element("p", { class: "progress" });
    copy.addEventListener("click", () => copied(code));
    const control = this.#allowed ? this.#control(toggle) : null;
    const root = element("li", { "data-toggle": toggle.name },
      element("div", { class: "what" }, element("b", {}, nameOf(toggle.name)), value, control?.root),
      element("p", { class: "hint" }, toggle.what),
      element("div", { class: "command" }, code, copy), progress);
    return { root, value, code, progress, control };
  }

  #control(toggle) {
    const ask = (value) => this.#ask(toggle.name, value);
    const { values } = toggle;
    if (values.length === 2 && values.includes("on")) return onOff(toggle, ask);
    return chooser(toggle, ask);
  }

  #show(toggle) {
    const { root, value, code, progress, control } = this.#rows.get(toggle.name);
    mark(root, "data-value", toggle.value);
    say(value, toggle.value);
    say(code, toggle.command);
    const state = this.#under.get(toggle.name);
    const busy = state !== undefined && !ENDED.includes(state.state);
    mark(root, "aria-busy", busy ? "true" : null);
    say(progress, state ? `${state.state}: ${state.text}` : "");
    mark(progress, "data-state", state?.state);
    control?.show(toggle.value, busy);
  }

  async #ask(toggle, value) {
    this.told({ toggle, value, state: "waiting", text: `${toggle}=${value}` });
    try {
      await post("/api/switch", { toggle, value });
    } catch (problem) {
      this.told({ toggle, value, state: "failed", text: problem.message });
    }
  }

  /** The event `switching`. */
  told(state) {
    const before = this.#under.get(state.toggle);
    if (before?.id === state.id && before?.state === state.state && before?.text === state.text) return;
    this.#under.set(state.toggle, state);
    const toggle = this.#toggles.find(({ name }) => name === state.toggle);
    if (toggle) this.#show(toggle);
    if (before || !ENDED.includes(state.state)) announce(`${nameOf(state.toggle)} to ${state.value}: ${state.state}`);
    if (state.state === "done") this.load();
  }
}

function nameOf(variable) {
  return variable.replace(/^LAB_/, "").replaceAll("_", " ").toLowerCase();
}

function onOff(toggle, ask) {
  const root = element("button", { type: "button", role: "switch", class: "switch", "aria-label": nameOf(toggle.name) },
    element("span", { class: "knob" }));
  root.addEventListener("click", () => {
    if (root.getAttribute("aria-disabled") !== "true") ask(root.getAttribute("aria-checked") === "true" ? "off" : "on");
  });
  const show = (value, busy) => {
    root.setAttribute("aria-checked", String(value === "on"));
    // Not `disabled`, which would take the focus away.
    mark(root, "aria-disabled", busy ? "true" : null);
  };
  return { root, show };
}

function chooser(toggle, ask) {
  const label = `New value of ${nameOf(toggle.name)}`;
  const [least, most] = toggle.range ?? [];
  const field = toggle.values.length
    ? element("select", { "aria-label": label }, ...toggle.values.map((value) => element("option", {}, value)))
    : element("input", { type: "number", min: least, max: most, required: true, "aria-label": label });
  const root = element("form", { class: "choose" }, field, element("button", {}, "Switch"));
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    if (root.getAttribute("aria-disabled") !== "true") ask(field.value);
  });
  let shown = null;
  const show = (value, busy) => {
    if (shown !== value) field.value = shown = value;
    mark(root, "aria-disabled", busy ? "true" : null);
  };
  return { root, show };
}

async function copied(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    announce(`Copied: ${code.textContent}`);
    const button = code.nextElementSibling;
    say(button, "Copied");
    setTimeout(() => say(button, "Copy"), 2000);
  } catch {
    getSelection().selectAllChildren(code);
    announce("The browser does not let this page copy. The command is selected.");
  }
}
