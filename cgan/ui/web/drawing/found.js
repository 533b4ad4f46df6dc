// The z that was found in a person's picture, in place of a seed: what says so beside the seed, and the way back.

import { findIn, makeButton } from "../page/dom.js";
import { openedTab, plainValuesOf, standInFor, update, valuesOf, whenChanged } from "../page/store.js";
import { percent, text } from "../page/texts.js";

/** @typedef {import("../types").Seed} Seed */

const DECIMALS = 5; // of z: as many as the exported Python has, and more than a grey level takes
const NEAR = 0.2; // how far its neighbours are at first

/**
 * @param {any} seed
 * @returns {seed is import("../types").FoundZ}
 */
export const isFound = (seed) => seed?.z !== undefined;

/**
 * A seed in a file's name, and for tests.
 * @param {Seed} seed
 */
export const seedSlug = (seed) => (isFound(seed) ? "found" : `${seed}`);

/**
 * A text that speaks of a seed, in the words that it has for a found z.
 * @param {string} key
 * @param {Seed} seed
 * @param {Record<string, import("../types").Words>} values
 */
export const seedText = (key, seed, values) => text(isFound(seed) ? `${key}_found` : key, values);

/**
 * The found z itself, at 0, or one of its neighbours, in words.
 * @param {number} number
 */
export const neighbourName = (number) => text(number ? "found_neighbour" : "found_itself", { number });

/**
 * Have the found z stand in for a seed, on each tab that has it, and its class come along.
 * @param {{checkpoint: string, z: number[], class: number}} found
 * @param {"seed" | "to-seed"} name
 */
export function takeFound({ checkpoint, z, class: index }, name) {
  const rounded = z.map((value) => Number(value.toFixed(DECIMALS)));
  const { weights } = plainValuesOf("mix");
  const others = weights.map((weight, other) => (other === index ? 0 : weight));
  const half = weights.map((_, other) => (other === index || other === others.indexOf(Math.max(...others)) ? 0.5 : 0));
  update(name === "seed" ? { class: index, weights: half } : { "to-class": index });
  standInFor(name, { checkpoint, z: rounded, strength: NEAR });
}

/**
 * Beside a seed's slider: that the found z stands in for it, how far its neighbours are, and a button back to seeds.
 * @param {import("../types").Component} component
 * @param {string} tab
 * @param {string} name of the seed
 */
export function mountFound({ element }, tab, name) {
  const chip = findIn(element, ".cgan-found");
  const [strength, share] = ["input", "output"].map((part) => findIn(element, part));
  const back = makeButton("×", () => standInFor(name, null));
  back.ariaLabel = back.title = text("found_back");
  findIn(element, ".cgan-chip").append(back);
  strength?.addEventListener("input", () => {
    standInFor(name, { ...valuesOf(tab)[name], strength: Number(strength.value) });
  });
  const show = () => {
    if (openedTab() !== tab) return;
    const seed = valuesOf(tab)[name];
    chip.hidden = !isFound(seed);
    if (!strength || !isFound(seed)) return;
    strength.value = seed.strength;
    share.textContent = percent(seed.strength);
  };
  whenChanged(show);
  show();
}

/**
 * Python that opens a checkpoint's sampler.
 * @param {string} checkpoint
 */
export const pythonSampler = (checkpoint) => `import numpy as np

from cgan.models.checkpoints import resolve
from cgan.sampling import Sampler, latents

sampler = Sampler(resolve(${JSON.stringify(checkpoint)}))`;

/**
 * Python for the seeds, or the z, that `count` pictures are drawn from.
 * @param {Seed} first
 * @param {number} count
 */
export const pythonSeeds = (first, count) =>
  isFound(first)
    ? `latents.neighbours(np.array(${pythonList(first.z)}), ${count}, ${first.strength})`
    : `np.arange(${first}, ${first + count})`;

/**
 * Python for a list.
 * @param {ArrayLike<number>} numbers
 */
export const pythonList = (numbers) => `[${Array.from(numbers).join(", ")}]`;

/**
 * What a link to a tab cannot carry, in words; empty where it carries everything.
 * @param {string} tab
 */
export function missingInLink(tab) {
  const plain = plainValuesOf(tab);
  const found = Object.entries(valuesOf(tab)).filter(([, value]) => isFound(value));
  return found.map(([name]) => text("link_without_found", { seed: plain[name] })).join(" ");
}
