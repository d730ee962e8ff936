// Drawing: lists of numbers in, SVG out. It knows no service and asks nobody.

const SVG = "http://www.w3.org/2000/svg";

export function svg(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export function sparkline() {
  const picture = svg("svg", { class: "spark", viewBox: "0 0 100 30", preserveAspectRatio: "none", "aria-hidden": "true" });
  picture.append(svg("path", { d: "" }));
  return picture;
}

/** Draws values in a sparkline; its height is `most`, or the largest of them. */
export function drawSpark(picture, values, most = Math.max(...values)) {
  const step = 100 / Math.max(values.length - 1, 1);
  const top = most > 0 ? most : 1;
  const points = values.map((value, i) => `${(i * step).toFixed(1)},${(29 - (value / top) * 28).toFixed(2)}`);
  picture.firstChild.setAttribute("d", points.length ? `M${points.join("L")}` : "");
}

/** Areas one upon the other. `layers` is a list of { name, values }, the lowest first. */
export function drawStack(picture, layers, most, lines) {
  const { width, height } = picture.viewBox.baseVal;
  const count = layers[0]?.values.length ?? 0;
  const x = (i) => ((i / Math.max(count - 1, 1)) * width).toFixed(1);
  const y = (value) => (height - Math.min(value / most, 1) * height).toFixed(1);
  let floor = new Array(count).fill(0);
  const areas = layers.map(({ name, values }) => {
    const top = values.map((value, i) => value + floor[i]);
    const upper = top.map((value, i) => `${x(i)},${y(value)}`);
    const lower = floor.map((value, i) => `${x(i)},${y(value)}`).reverse();
    floor = top;
    return svg("path", { d: `M${upper.join("L")}L${lower.join("L")}Z`, fill: `var(--${name})` });
  });
  const grid = lines.map((value) => svg("line", { x1: 0, x2: width, y1: y(value), y2: y(value) }));
  picture.replaceChildren(...areas, ...grid);
}
