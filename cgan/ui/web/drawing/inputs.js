// What the generator takes, z and class weights: the twin of `Sampler` in cgan/sampling/sampler.py.

import { isFound } from "./found.js";
import { bilinear, blend, latents, lerp, moved, neighbours, normalized, oneHot } from "./latents.js";

/** @typedef {import("../types").Card} Card */
/** @typedef {import("../types").Inputs} Inputs */

/**
 * What `count` pictures are drawn from: seeds from the first on, or a found z and its neighbours.
 * @param {import("../types").Seed} first
 * @param {number} [count]
 * @returns {(number | Float32Array)[]}
 */
export const seedsFrom = (first, count = 1) =>
  isFound(first) ? neighbours(first.z, count, first.strength) : range(first, count);

/**
 * One picture for each class and seed (or z, as `seedsFrom` gives it).
 * @param {number[]} classes
 * @param {(number | ArrayLike<number>)[]} seeds
 * @param {Card} card of the generator
 * @returns {Inputs}
 */
export const sampleInputs = (classes, seeds, card, truncation = 1) => ({
  count: seeds.length,
  z: latents(seeds, card.latent_dim, truncation),
  classWeights: oneHot(classes, card.classes),
});

/**
 * One picture for each position, 0 to 1, on the way from one input to another.
 * @param {Inputs} from of one picture
 * @param {Inputs} to the same
 * @param {number[]} positions
 * @param {(start: Float32Array, end: Float32Array, position: number) => Float32Array} path of z
 * @returns {Inputs}
 */
export const walkInputs = (from, to, positions, path) => ({
  count: positions.length,
  z: joined(positions.map((position) => path(from.z, to.z, position))),
  classWeights: joined(positions.map((position) => lerp(from.classWeights, to.classWeights, position))),
});

/**
 * One picture for each seed (or z), all of one mixture of classes.
 * @param {number[]} weights of the classes
 * @param {(number | ArrayLike<number>)[]} seeds
 * @param {Card} card of the generator
 * @returns {Inputs}
 */
export const mixInputs = (weights, seeds, card) => ({
  count: seeds.length,
  z: latents(seeds, card.latent_dim),
  classWeights: joined(seeds.map(() => normalized(weights))),
});

/**
 * One picture for each position, [x, y], in a square with four pictures in its corners.
 * @param {number[]} classes of the corners
 * @param {number[]} seeds of the corners
 * @param {number[][]} positions
 * @param {Card} card of the generator
 * @returns {Inputs}
 */
export function blendInputs(classes, seeds, positions, card) {
  const corners = seeds.map((seed) => latents([seed], card.latent_dim));
  const shares = positions.map(bilinear);
  const classWeights = new Float32Array(positions.length * card.classes);
  shares.forEach((weights, row) =>
    weights.forEach((weight, corner) => (classWeights[row * card.classes + classes[corner]] += weight)),
  );
  return { count: positions.length, z: joined(shares.map((weights) => blend(corners, weights))), classWeights };
}

/**
 * One picture of a class for each row of sigmas: how far z is moved along each direction.
 * @param {number} index of the class
 * @param {Float32Array} z
 * @param {number[][]} directions
 * @param {number[][]} rows
 * @param {Card} card of the generator
 * @returns {Inputs}
 */
export const moveInputs = (index, z, directions, rows, card) => ({
  count: rows.length,
  z: joined(rows.map((sigmas) => moved(z, directions, sigmas))),
  classWeights: oneHot(rows.map(() => index), card.classes),
});

/** @param {ArrayLike<number>[]} rows of one length */
export function joined(rows) {
  const whole = new Float32Array(rows.length * (rows[0]?.length ?? 0));
  rows.forEach((row, index) => whole.set(row, index * row.length));
  return whole;
}

/** `count` numbers from `first` on. */
export const range = (first, count) => Array.from({ length: count }, (_, index) => first + index);

/** `count` positions from 0 to 1. */
export const evenly = (count) => Array.from({ length: count }, (_, index) => index / (count - 1));
