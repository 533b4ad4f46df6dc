// What the fields of a link may say: each value from text and to text.

import { formatRun, parseRun } from "../../../engine/training/presets.js";
import { ALL_CLASSES, config } from "./config.js";
import { slug, text } from "./texts.js";

/** @typedef {import("../types").Field} Field */

const { en, zh } = config.texts;
const CLASS_NAMES = ALL_CLASSES.map((index) => [en[`class_${index}`], zh[`class_${index}`]]);
export const OFF = "off"; // of a run that there need not be

/** @param {string} name */
const isClass = (name) => /(^|-)class$/.test(name);

const folded = (name) => name.normalize("NFKC").toLowerCase().trim();
const letters = (name) => folded(name).replace(/[^\p{L}\p{N}]+/gu, "");

/**
 * The index of a class from any of its names, in any spelling, or from its index; undefined where there is no such
 * class. The same as `parse_class` of cgan/common/classes.py.
 * @param {string} given
 * @param {string[][]} [names] of each class, in each language
 * @returns {number | undefined}
 */
export function parseClass(given, names = CLASS_NAMES) {
  for (const spelling of [folded, letters]) {
    const wanted = spelling(given);
    const index = names.findIndex((ofClass) => wanted && ofClass.some((name) => spelling(name) === wanted));
    if (index >= 0) return index;
  }
  return [...names.keys()].find((index) => `${index}` === folded(given));
}

/**
 * A field's value as a link has it.
 * @param {string} name
 * @param {any} value
 * @returns {string}
 */
export const formatValue = (name, value) =>
  isClass(name) && CLASS_NAMES[value] ? slug(CLASS_NAMES[value][0]) : `${value}`;

/**
 * The value that a text in a link gives to a field; undefined where the field may not say that.
 * @param {string} name
 * @param {Field} field
 * @param {string} given
 * @returns {any}
 */
export function parseValue(name, field, given) {
  if (field.word) return /^[\w.-]{1,60}$/.test(given) ? given : undefined;
  if (field.each) return parseNumbers(field.each, given.split(","));
  if (field.run) return field.optional && given === OFF ? OFF : normalRun(given);
  if (field.choices) {
    const named = isClass(name) ? parseClass(given) : undefined;
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
  const numbers = parts.map((part, index) => each[index] && parseValue("", each[index], part));
  return numbers.length === each.length && !numbers.includes(undefined) ? numbers : undefined;
}

/**
 * What a field may say, in words.
 * @param {string} name
 * @param {Field} field
 * @returns {string}
 */
export function describeAllowed(name, field) {
  if (field.word) return text("link_word");
  if (field.each) return describeNumbers(field.each);
  if (field.run) return text("link_run");
  if (!field.choices) return text("link_range", { low: field.low, high: field.high });
  return field.choices.map((choice) => formatValue(name, choice)).join(", ");
}

/** How many numbers, and which: each range once. */
function describeNumbers(each) {
  const ranges = new Set(each.map(({ low, high }) => text("link_range", { low, high })));
  return text("link_numbers", { count: each.length, ranges: [...ranges].join("; ") });
}

/**
 * A value held in its field's range, for one may be typing; undefined where the field may not say it.
 * @param {string} name
 * @param {Field} field
 * @param {any} value
 * @returns {any}
 */
export function heldValue(name, field, value) {
  if (value === undefined || field.checkpoint) return value; // menus know checkpoints that are newer than the page
  if ("low" in field) return Math.min(field.high, Math.max(field.low, field.step < 1 ? value : Math.round(value)));
  return parseValue(name, field, formatValue(name, value));
}
