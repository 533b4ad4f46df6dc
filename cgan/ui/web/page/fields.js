// What the fields of a link may say: each value from text and to text.

import { formatRun, parseRun } from "./training_runs.js";
import { slug, text } from "./texts.js";

/** @typedef {import("../types").Field} Field */

export const OFF = "off"; // of a run that there need not be

const folded = (name) => name.normalize("NFKC").toLowerCase().trim();
const letters = (name) => folded(name).replace(/[^\p{L}\p{N}]+/gu, "");

/**
 * The index of a class from any of its names, in any spelling, or from its index; undefined where there is no such
 * class. The same as `parse_class` of cgan/common/classes.py.
 * @param {string} given
 * @param {string[][]} names of each class, in each language
 * @returns {number | undefined}
 */
export function parseClass(given, names) {
  for (const spelling of [folded, letters]) {
    const wanted = spelling(given);
    const index = names.findIndex((ofClass) => wanted && ofClass.some((name) => spelling(name) === wanted));
    if (index >= 0) return index;
  }
  return [...names.keys()].find((index) => `${index}` === folded(given));
}

/**
 * A field as it is for the classes of a checkpoint: what may be chosen, and what it says at first.
 * @param {Field} field
 * @param {import("../types").ClassNames} classes
 * @returns {Field}
 */
export function fieldFor(field, { en, zh }) {
  const last = en.length - 1;
  if (field.ofClasses) {
    const others = field.choices.filter((choice) => choice < 0); // such as "any"
    const names = en.map((name, index) => [name, zh[index]]);
    return { ...field, names, first: Math.min(field.first, last), choices: [...others, ...en.keys()] };
  }
  if (field.eachClass) {
    const first = Array(en.length).fill(0);
    field.first.forEach((value, index) => (first[Math.min(index, last)] += value));
    return { ...field, first, each: en.map(() => field.each[0]) };
  }
  if (field.each?.some(({ ofClasses }) => ofClasses)) {
    const each = field.each.map((one) => (one.ofClasses ? { ...one, high: last } : one));
    return { ...field, each, first: field.first.map((value, index) => Math.min(value, each[index].high)) };
  }
  return field;
}

/**
 * A field's value as a link has it. A class goes by its name, in lower case with hyphens unless that means another one.
 * @param {Field} field
 * @param {any} value
 * @returns {string}
 */
export function formatValue({ names }, value) {
  if (!names?.[value]) return `${value}`;
  const [name] = names[value];
  return parseClass(slug(name), names) === value ? slug(name) : name;
}

/**
 * The value that a text in a link gives to a field; undefined where the field may not say that.
 * @param {Field} field
 * @param {string} given
 * @returns {any}
 */
export function parseValue(field, given) {
  if (field.word) return /^[\w.-]{1,60}$/.test(given) ? given : undefined;
  if (field.each) return parseNumbers(field.each, given.split(","));
  if (field.run) return field.optional && given === OFF ? OFF : normalRun(given);
  if (field.choices) {
    const isAny = field.names && Number(given) < 0; // no class, though one may be called "1"
    const named = field.names && !isAny ? parseClass(given, field.names) : undefined;
    return named ?? field.choices.find((choice) => `${choice}` === given);
  }
  const number = given.trim() ? Number(given) : NaN;
  const isOnStep = field.step < 1 || Number.isInteger(number);
  return number >= field.low && number <= field.high && isOnStep ? number : undefined;
}

/** A run in the shortest text that means it; undefined where the text means none. */
function normalRun(given) {
  try {
    const { preset, settings } = parseRun(given);
    return formatRun(preset, settings);
  } catch {
    return undefined; // the link's note says what is allowed
  }
}

function parseNumbers(each, parts) {
  const numbers = parts.map((part, index) => each[index] && parseValue(each[index], part));
  return numbers.length === each.length && !numbers.includes(undefined) ? numbers : undefined;
}

/**
 * What a field may say, in words.
 * @param {Field} field
 * @returns {string}
 */
export function describeAllowed(field) {
  if (field.word) return text("link_word");
  if (field.each) return describeNumbers(field.each);
  if (field.run) return text("link_run");
  if (!field.choices) return text("link_range", { low: field.low, high: field.high });
  return field.choices.map((choice) => formatValue(field, choice)).join(", ");
}

/** How many numbers, and which: each range once. */
function describeNumbers(each) {
  const ranges = new Set(each.map(({ low, high }) => text("link_range", { low, high })));
  return text("link_numbers", { count: each.length, ranges: [...ranges].join("; ") });
}

/**
 * A value held in its field's range, for one may be typing; undefined where the field may not say it.
 * @param {Field} field
 * @param {any} value
 * @returns {any}
 */
export function heldValue(field, value) {
  if (value === undefined || field.checkpoint) return value; // menus know checkpoints that are newer than the page
  if ("low" in field) return Math.min(field.high, Math.max(field.low, field.step < 1 ? value : Math.round(value)));
  if (field.choices) return field.choices.includes(value) ? value : undefined;
  return parseValue(field, `${value}`);
}
