// Directions of a checkpoint in z, which two tabs move a garment along.

import { TRAINED_HERE, config } from "../page/config.js";
import { labelledSlider } from "../page/dom.js";
import { checkpointAt, downloadJson } from "./files.js";
import { text } from "../page/texts.js";

/** @typedef {import("../types").Direction} Direction */

const SLIGHT = 0.5; // standard deviations over seeds, from −2 to 2 σ: a smaller change is hardly seen
const known = new Map(); // checkpoint: its directions by scope, null where it has none

/**
 * Directions of a checkpoint found in a scope: "all", or a class, "0" to "9"; null where there are none.
 * @param {string} checkpoint
 * @param {string} scope
 * @returns {Promise<Direction[] | null>}
 */
export async function directionsOf(checkpoint, scope) {
  if (checkpoint === TRAINED_HERE) return null;
  if (!known.has(checkpoint)) {
    const found = await downloadJson(`${checkpointAt(checkpoint)}directions.json`);
    known.set(checkpoint, found?.scopes ?? null);
  }
  return known.get(checkpoint)?.[scope] ?? null;
}

/**
 * A checkpoint was chosen anew: its directions may have been made meanwhile, or its weights be other ones.
 * @param {string} checkpoint
 */
export const forgetDirections = (checkpoint) => known.delete(checkpoint);

/**
 * What a direction is named after, else what it changes most: the attribute, and its [correlation, change].
 * @param {Direction} direction
 * @returns {[string, [number, number]]}
 */
export function strongest({ name, effects }) {
  if (name) return [name, effects[name]];
  return Object.entries(effects).sort(([, a], [, b]) => Math.abs(b[1]) - Math.abs(a[1]))[0];
}

/**
 * The name; of a direction without one its number, and in words what it changes most.
 * @param {Direction} direction
 * @param {number} index
 */
export function directionName(direction, index) {
  const [attribute, [, change]] = strongest(direction);
  const attributeName = text(`direction_${attribute}`);
  if (direction.name) return attributeName;
  const key = Math.abs(change) < SLIGHT ? "direction_slight" : change > 0 ? "direction_more" : "direction_less";
  return text(key, { number: index + 1, attribute: attributeName });
}

/** @param {number} sigma */
const signed = (sigma) => `${sigma < 0 ? "−" : sigma > 0 ? "+" : ""}${Math.abs(sigma).toFixed(1)} σ`;

/**
 * Sliders of directions, which `list` is to have alone, and a button that sets all of them to 0; `change` is called
 * with what they say. Returns a function that lays them out for other directions, and returns their rows.
 * @param {Element} list
 * @param {Element} reset
 * @param {(sigmas: number[]) => void} change
 */
export function directionSliders(list, reset, change) {
  let rows = [];
  const tell = () => {
    const sigmas = rows.map(({ slider }) => Number(slider.value));
    rows.forEach(({ value }, index) => (value.textContent = signed(sigmas[index])));
    change(sigmas);
  };
  reset.addEventListener("click", () => {
    for (const { slider } of rows) slider.value = 0;
    tell();
  });
  list.addEventListener("input", tell);
  /** @type {(found: Direction[], sigmas: number[]) => ReturnType<typeof labelledSlider>[]} */
  return (found, sigmas) => {
    const limits = { min: -config.maxSigma, max: config.maxSigma, step: 0.1 };
    rows = found.map((direction, index) => labelledSlider(directionName(direction, index), limits));
    rows.forEach(({ slider }, index) => (slider.value = sigmas[index]));
    list.replaceChildren(...rows.map(({ row }) => row));
    if (rows.length) tell();
    return rows;
  };
}

/**
 * What was moved, in words.
 * @param {Direction[]} found
 * @param {number[]} sigmas
 */
export function movesOf(found, sigmas) {
  const steps = found.flatMap((direction, k) =>
    sigmas[k] ? [`${directionName(direction, k)} ${signed(sigmas[k])}`] : [],
  );
  return steps.join(" · ") || text("direction_start");
}
