// Training runs: their settings, runs to choose from (two sets of settings, and each with one thing changed), and a run
// as text, for links.

import { LOSSES } from "../../../engine/training/losses.js";
import { config } from "./config.js";

/** @typedef {import("../../../engine/training/trainer.js").Settings} Settings */

/** The headings of `train.py --help`, and the settings under each that the MLP pair has in the page. */
export const GROUPS = {
  networks: ["latent_dim", "label_dim", "hidden", "hidden_d", "batchnorm", "batchnorm_eps", "dropout"],
  steps: [
    ...["loss", "penalty", "first_penalty", "penalty_every", "batch_size", "d_steps"],
    ...["learning_rate", "learning_rate_d", "final_rate", "burn_in", "beta1", "beta2", "ema_decay"],
  ],
  run: ["epochs", "steps", "seed"],
};
const NAMES = Object.values(GROUPS).flat();

/** What each setting of numbers may be. */
export const RANGES = config.training.ranges;

/** The report's, which are train.py's defaults. */
export const REPORT = /** @type {Settings} */ (
  Object.fromEntries(NAMES.map((name) => [name, config.training.defaults[name]]))
);

/** A narrower pair, which draws clothes after a minute; found by search. @type {Settings} */
const FIRST_CLOTHES = {
  ...REPORT,
  latent_dim: 16,
  label_dim: 10,
  hidden: [256, 512],
  hidden_d: [256, 256],
  batchnorm_eps: 1e-5,
  loss: "relativistic",
  learning_rate: 5e-4,
  learning_rate_d: 1e-3,
  beta1: 0,
  beta2: 0.99,
};

/** @param {string} name @param {any} value */
function isAllowed(name, value) {
  if (name === "loss") return LOSSES.includes(value);
  if (name === "batchnorm") return typeof value === "boolean";
  const { least, most, whole, empty, layers } = RANGES[name];
  if (value === null) return empty;
  const isNumber = (each) =>
    typeof each === "number" && each >= least && each <= most && (!whole || Number.isInteger(each));
  if (!layers) return isNumber(value);
  const isWidth = (each) => isNumber(each) && each % 4 === 0;
  return Array.isArray(value) && value.length >= 1 && value.length <= layers && value.every(isWidth);
}

/** A setting may not be what was given; the form says what it may be. */
export class SettingError extends Error {}

/**
 * All settings: the report's, and those that are given in their place.
 * @param {Partial<Settings>} given @returns {Settings}
 * @throws {Error} in one line; a SettingError where there is such a setting
 */
export function completeSettings(given) {
  const unknown = Object.keys(given).find((name) => !NAMES.includes(name));
  if (unknown) throw new Error(`there is no setting ${unknown}; there are: ${NAMES.join(", ")}`);
  const settings = { ...REPORT, ...given };
  const wrong = NAMES.find((name) => !isAllowed(name, settings[name]));
  if (wrong) throw new SettingError(`${wrong} may not be ${JSON.stringify(settings[wrong])}`);
  return settings;
}

/** @type {Record<string, Settings>} */
const BASES = { "first-clothes": FIRST_CLOTHES, "report": REPORT };

/** What is changed, by its name. @type {Record<string, Partial<Settings> | ((base: Settings) => Partial<Settings>)>} */
const CHANGES = {
  "rate-10": ({ learning_rate, learning_rate_d }) => ({
    learning_rate: 10 * learning_rate,
    learning_rate_d: learning_rate_d === null ? null : 10 * learning_rate_d,
  }),
  "momentum-0.9": { beta1: 0.9 },
  "no-batchnorm": { batchnorm: false },
  "eps-0.8": { batchnorm_eps: 0.8 },
  "eps-1e-5": { batchnorm_eps: 1e-5 },
  "d-5": { d_steps: 5 },
  "no-dropout": { dropout: 0 },
  "least-squares": { loss: "least-squares" },
  "non-saturating": { loss: "non-saturating" },
  "hinge": { loss: "hinge" },
  "relativistic": { loss: "relativistic" },
  "penalty": { penalty: 0.5, penalty_every: 4 },
  "z-2": { latent_dim: 2 },
};

/** Whether two values of a setting are the same. */
export const isSame = (one, other) => `${one}` === `${other}`;

const changed = (base, change) => ({ ...base, ...(typeof change === "function" ? change(base) : change) });

/** @param {string} base @param {string} change */
const differs = (base, change) =>
  Object.entries(changed(BASES[base], CHANGES[change])).some(([name, value]) => !isSame(value, BASES[base][name]));

/**
 * The presets of each base: its own name, then the name with each change that makes a difference.
 * @type {Record<string, { name: string, change: string | null }[]>}
 */
export const PRESETS = Object.fromEntries(
  Object.keys(BASES).map((base) => {
    const changes = Object.keys(CHANGES).filter((change) => differs(base, change));
    return [base, [null, ...changes].map((change) => ({ name: change ? `${base}.${change}` : base, change }))];
  }),
);

/** All settings of a preset; null where there is none of this name. @param {string} name @returns {Settings | null} */
export function presetSettings(name) {
  const [base] = name.split(".", 1);
  const preset = Object.hasOwn(PRESETS, base) && PRESETS[base].find((each) => each.name === name);
  if (!preset) return null;
  return preset.change ? changed(BASES[base], CHANGES[preset.change]) : BASES[base];
}

/** A value of a setting as a link has it: 0.001, true, null, hinge, 256-512. */
const formatSetting = (value) => (Array.isArray(value) ? value.join("-") : `${value}`);

const WORDS = { true: true, false: false, null: null };

/** The value of a setting from such a text; of what is no value of it, something that completeSettings refuses. */
function parseSetting(name, given) {
  const number = (text) => (text.trim() ? Number(text) : NaN);
  if (Array.isArray(REPORT[name])) return given.split("-").map(number);
  if (name === "loss") return given;
  return Object.hasOwn(WORDS, given) ? WORDS[given] : number(given);
}

/**
 * A run as text: the preset, and each setting that is not the preset's, such as "report.hinge,seed:3,hidden:64-128".
 * @param {string} preset @param {Settings} settings
 */
export function formatRun(preset, settings) {
  const standard = presetSettings(preset);
  const others = Object.keys(standard).filter((name) => !isSame(settings[name], standard[name]));
  return [preset, ...others.map((name) => `${name}:${formatSetting(settings[name])}`)].join(",");
}

/**
 * The run that a text means.
 * @param {string} text @returns {{ preset: string, settings: Settings }}
 * @throws {Error} in one line, where there is no such preset or setting
 */
export function parseRun(text) {
  const [preset, ...others] = text.split(",");
  const standard = presetSettings(preset);
  if (!standard) throw new Error(`there is no preset ${preset}`);
  const given = others.map((each) => {
    const [name, ...value] = each.split(":");
    return [name, parseSetting(name, value.join(":"))];
  });
  return { preset, settings: completeSettings({ ...standard, ...Object.fromEntries(given) }) };
}
