// Numbers as people read them. No value is a dash, never a zero.

export const NONE = "–";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export const known = (value) => typeof value === "number" && Number.isFinite(value);

export function rate(value) {
  if (!known(value)) return NONE;
  return value >= 100 || value === 0 ? whole.format(value) : tenth.format(value);
}

/** value: 0 to 1. */
export function percent(value) {
  if (!known(value)) return NONE;
  // Rounding up to 100 % would hide the last misses.
  const shown = Math.floor(value * 1000) / 10;
  return `${shown === 100 ? "100" : tenth.format(shown)} %`;
}

export function cores(value) {
  return known(value) ? value.toFixed(2) : NONE;
}

export function bytes(value) {
  if (!known(value)) return NONE;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = value < 1 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), units.length - 1);
  return `${power ? tenth.format(value / 1024 ** power) : whole.format(value)} ${units[power]}`;
}

/** A figure with the unit that the server names. */
export function figure(value, unit = "") {
  if (unit.startsWith("bytes")) return bytes(value) + unit.slice("bytes".length);
  if (!known(value)) return NONE;
  const number = Number.isInteger(value) ? whole.format(value) : rate(value);
  return unit.startsWith("/") || !unit ? number + unit : `${number} ${unit}`;
}

/** seconds: since 1970. */
export const time = (seconds) => clock.format(seconds * 1000);
export const moment = (seconds) => day.format(seconds * 1000);

export function age(seconds) {
  return seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} min`;
}
