// Making elements. Styles are set through the CSSOM: the page's policy allows no inline ones.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

/** An HTML element; a child that is a string becomes text, never markup. */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** Puts text in an element only if it is other text: nothing is drawn or read out anew without need. */
export function say(into, text) {
  if (into.textContent !== text) into.textContent = text;
}

/** Sets or takes away an attribute. */
export function mark(on, name, value) {
  if (value === undefined || value === null || value === false) on.removeAttribute(name);
  else if (on.getAttribute(name) !== String(value)) on.setAttribute(name, value);
}

/** Tells a screen reader what was just done, once. */
export function announce(text) {
  const into = byId("said");
  into.textContent = "";
  // A change in the same turn would not be noticed.
  setTimeout(() => (into.textContent = text), 50);
}
