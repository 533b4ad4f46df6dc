// Runs to choose from: two sets of settings, and each with one thing changed. And a run as text, for links.

import { completeSettings, FIRST_CLOTHES, REPORT } from "./settings.js";

/** @typedef {import("./settings.js").Settings} Settings */

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
