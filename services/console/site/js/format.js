// Numbers as people read them. No value is a dash, never a zero.

const NONE = "–";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

const known = (value) => value !== undefined && Number.isFinite(value);

export function rate(value) {
  if (!known(value)) return NONE;
  return value >= 100 ? whole.format(value) : tenth.format(value);
}

export function percent(value) {
  if (!known(value)) return NONE;
  // Rounding up to 100 % would hide the last misses.
  const shown = Math.floor(value * 1000) / 10;
  return `${shown === 100 ? "100" : tenth.format(shown)} %`;
}

export function cores(value) {
  return known(value) ? value.toFixed(2) : NONE;
}
