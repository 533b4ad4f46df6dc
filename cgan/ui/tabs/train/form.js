// All settings of both runs in one table: a row each, marked where the two differ.

import { make } from "../../web/page/dom.js";
import { text } from "../../web/page/texts.js";
import { flagOf } from "./command.js";
import { LOSSES } from "../../../engine/training/losses.js";
import { GROUPS, RANGES, REPORT, SettingError, completeSettings, isSame } from "../../web/page/training_runs.js";

/** @typedef {import("../../../engine/training/trainer.js").Settings} Settings */

const CHOICES = { loss: LOSSES, batchnorm: ["true", "false"] };

/** A value as one reads it: 0.0005, 256, 512, true; nothing for null. */
export function showSetting(value) {
  if (value === null) return text("train_none");
  if (typeof value === "boolean") return text(`train_${value}`);
  return Array.isArray(value) ? value.join(", ") : `${value}`;
}

/** The value that was typed or chosen; what is no value, completeSettings refuses. */
function readSetting(name, given) {
  if (name === "loss") return given;
  if (name === "batchnorm") return given === "true";
  if (Array.isArray(REPORT[name])) return given.split(/[\s,]+/).filter(Boolean).map(Number);
  if (given.trim() === "") return RANGES[name].empty ? null : NaN;
  return Number(given);
}

/** What a setting may be, in words. @param {string} name */
function describe(name) {
  const { least, most, whole, empty, layers } = RANGES[name];
  if (layers) return text("train_allowed_widths", { layers, least, most });
  const words = text(whole ? "train_allowed_whole" : "train_allowed_number", { least, most });
  return empty ? `${words}${text("train_allowed_empty")}` : words;
}

function makeInput(name) {
  const inputMode = Array.isArray(REPORT[name]) ? "text" : "decimal";
  if (!CHOICES[name]) return make("input", { type: "text", inputMode, spellcheck: false });
  const words = (value) => (name === "loss" ? value : text(`train_${value}`));
  return make("select", {}, ...CHOICES[name].map((value) => new Option(words(value), value)));
}

/**
 * @param {HTMLTableElement} table
 * @param {HTMLElement} refused where a value that is not allowed is said
 * @param {string[]} letters of the runs
 * @param {(letter: string, settings: Settings) => void} change
 */
export function mountForm(table, refused, letters, change) {
  const current = {}; // settings by the run's letter
  const rows = {}; // by the name of a setting: { row, inputs by letter }

  const edit = (letter, name, input) => {
    if (!current[letter]) return;
    try {
      const settings = completeSettings({ ...current[letter], [name]: readSetting(name, input.value) });
      refused.textContent = "";
      input.ariaInvalid = "false";
      change(letter, settings);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      refused.textContent = text("train_refused", { name, given: input.value, allowed: describe(name) });
      input.ariaInvalid = "true";
    }
  };
  const makeRow = (name) => {
    const words = [make("code", {}, flagOf(name)), make("small", {}, text(`train_set_${name}`))];
    const inputs = letters.map((letter) => {
      const input = makeInput(name);
      input.ariaLabel = `${letter.toUpperCase()}: ${flagOf(name)}`;
      Object.assign(input.dataset, { run: letter, setting: name });
      input.addEventListener("change", () => edit(letter, name, input));
      return input;
    });
    const row = make("tr", {}, make("th", { scope: "row" }, ...words), ...inputs.map((input) => make("td", {}, input)));
    rows[name] = { row, inputs: Object.fromEntries(letters.map((letter, index) => [letter, inputs[index]])) };
    return row;
  };
  const heads = letters.map((letter) => make("th", {}, letter.toUpperCase()));
  table.append(make("thead", {}, make("tr", {}, make("th"), ...heads)));
  for (const [group, names] of Object.entries(GROUPS)) {
    const title = make("th", { colSpan: 1 + letters.length, scope: "rowgroup" }, text(`train_of_${group}`));
    table.append(make("tbody", {}, make("tr", {}, title), ...names.map(makeRow)));
  }

  /** Show the settings of a run; null where it is off. @param {string} letter @param {Settings | null} settings */
  return (letter, settings) => {
    current[letter] = settings;
    for (const [name, { row, inputs }] of Object.entries(rows)) {
      const input = inputs[letter];
      input.disabled = settings === null;
      if (settings) input.value = fieldText(settings[name]);
      row.dataset.differs = `${Boolean(current.a && current.b) && !isSame(current.a[name], current.b[name])}`;
    }
  };
}

const fieldText = (value) => (value === null ? "" : Array.isArray(value) ? value.join(", ") : `${value}`);
