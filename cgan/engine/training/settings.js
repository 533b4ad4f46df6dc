// The settings of a training run: TrainingConfig's names and ranges, as far as the MLP pair needs them.

import { LOSSES } from "./losses.js";

/**
 * hidden, hidden_d: the widths of both networks' hidden layers. batchnorm: whether the generator normalizes what each
 * hidden layer but the first computes. The rest is explained in cgan/training/config.py.
 * @typedef {{
 *   latent_dim: number, label_dim: number, hidden: number[], hidden_d: number[], batchnorm: boolean,
 *   batchnorm_eps: number, dropout: number, loss: string, penalty: number, first_penalty: number | null,
 *   penalty_every: number, batch_size: number, d_steps: number, learning_rate: number, learning_rate_d: number | null,
 *   final_rate: number, burn_in: number, beta1: number, beta2: number, ema_decay: number, seed: number, epochs: number,
 *   steps: number | null,
 * }} Settings
 */

/** The report's. @type {Settings} */
export const REPORT = {
  latent_dim: 100,
  label_dim: 50,
  hidden: [128, 256, 512, 1024],
  hidden_d: [512, 512, 512],
  batchnorm: true,
  batchnorm_eps: 0.8,
  dropout: 0.4,
  loss: "least-squares",
  penalty: 0,
  first_penalty: null,
  penalty_every: 1,
  batch_size: 64,
  d_steps: 1,
  learning_rate: 2e-4,
  learning_rate_d: null,
  final_rate: 1,
  burn_in: 0,
  beta1: 0.5,
  beta2: 0.999,
  ema_decay: 0.999,
  seed: 0,
  epochs: 200,
  steps: null,
};

/** A narrower pair, which draws clothes after a minute; found by search. @type {Settings} */
export const FIRST_CLOTHES = {
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

const WIDTHS = { least: 4, most: 4096, whole: true, layers: 8 };

/**
 * Least and most; `empty`: null is allowed; `layers`: a list of up to so many, each a multiple of 4.
 * @typedef {{ least: number, most: number, whole?: boolean, empty?: boolean, layers?: number }} Range
 */

/** What each setting of numbers may be. @type {Record<string, Range>} */
export const RANGES = {
  latent_dim: { least: 1, most: 4096, whole: true },
  label_dim: { least: 1, most: 4096, whole: true },
  hidden: WIDTHS,
  hidden_d: WIDTHS,
  batchnorm_eps: { least: 0, most: 100 },
  dropout: { least: 0, most: 0.99 },
  penalty: { least: 0, most: 1e6 },
  first_penalty: { least: 1e-6, most: 1e6, empty: true },
  penalty_every: { least: 1, most: 1e9, whole: true },
  batch_size: { least: 2, most: 4096, whole: true },
  d_steps: { least: 1, most: 100, whole: true },
  learning_rate: { least: 0, most: 10 },
  learning_rate_d: { least: 0, most: 10, empty: true },
  final_rate: { least: 0, most: 1 },
  burn_in: { least: 0, most: 1e9, whole: true },
  beta1: { least: 0, most: 0.9999 },
  beta2: { least: 0, most: 0.999999 },
  ema_decay: { least: 0, most: 1 },
  seed: { least: 0, most: 2 ** 32 - 1, whole: true },
  epochs: { least: 1, most: 1e6, whole: true },
  steps: { least: 1, most: 1e9, whole: true, empty: true },
};

/** @param {any} value @param {Range} range */
function isAllowed(value, { least, most, whole, empty, layers }) {
  if (value === null) return Boolean(empty);
  const isNumber = (each) =>
    typeof each === "number" && each >= least && each <= most && (!whole || Number.isInteger(each));
  if (!layers) return isNumber(value);
  const isWidth = (each) => isNumber(each) && each % 4 === 0;
  return Array.isArray(value) && value.length >= 1 && value.length <= layers && value.every(isWidth);
}

/** What a setting may be, in words. @param {Range} range */
function allowed({ least, most, whole, empty, layers }) {
  if (layers) return `1 to ${layers} multiples of 4, ${least} to ${most}`;
  return `${whole ? "a whole number" : "a number"}, ${least} to ${most}${empty ? ", or null" : ""}`;
}

/** A setting may not be what was given: `setting` is its name. The message is one line with what is allowed. */
export class SettingError extends Error {
  constructor(setting, given, words) {
    super(`${setting} is ${given}; allowed: ${words}`);
    this.setting = setting;
  }
}

/**
 * All settings: the report's, and those that are given in their place.
 * @param {Partial<Settings>} given @returns {Settings}
 * @throws {Error} in one line: the name, what was given, what is allowed; a SettingError where there is such a setting
 */
export function completeSettings(given) {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(REPORT, name));
  if (unknown) throw new Error(`there is no setting ${unknown}; there are: ${Object.keys(REPORT).join(", ")}`);
  const settings = { ...REPORT, ...given };
  for (const [name, range] of Object.entries(RANGES))
    if (!isAllowed(settings[name], range))
      throw new SettingError(name, JSON.stringify(settings[name]), allowed(range));
  if (!LOSSES.includes(settings.loss)) throw new SettingError("loss", settings.loss, LOSSES.join(", "));
  if (typeof settings.batchnorm !== "boolean") throw new SettingError("batchnorm", settings.batchnorm, "true, false");
  return settings;
}

/**
 * The content of a checkpoint's config.json.
 * @param {Settings} settings
 * @param {object} [classes] as `Classes.to_json` makes it; Fashion-MNIST's where there are none
 */
export function checkpointConfig(settings, classes) {
  const { latent_dim, label_dim, batchnorm_eps, dropout, hidden, hidden_d, batchnorm } = settings;
  const generator = { latent_dim, label_dim, batchnorm_eps, hidden, batchnorm };
  const discriminator = { label_dim, dropout, hidden: hidden_d };
  return { format: 1, arch: "mlp", generator, discriminator, classes, training: { arch: "mlp", ...settings } };
}
