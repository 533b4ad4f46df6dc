// From a seed to z: the twin of cgan/sampling/latents.py, which explains it.

import { CLASSES, config } from "../page/config.js";
import { text } from "../page/texts.js";

const PHILOX_MULTIPLIERS = [0xd2511f53, 0xcd9e8d57];
const PHILOX_KEY_STEPS = [0x9e3779b9, 0xbb67ae85];
const PHILOX_ROUNDS = 10;

/** The upper 32 bits of the product of two 32-bit words. */
function multiplyHigh(a, b) {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const [crossA, crossB] = [aHigh * bLow, aLow * bHigh];
  const carry = ((aLow * bLow) >>> 16) + (crossA & 0xffff) + (crossB & 0xffff);
  return aHigh * bHigh + (crossA >>> 16) + (crossB >>> 16) + (carry >>> 16);
}

/**
 * Philox4x32-10: a counter of four words and a key of two, to four random words.
 * @param {number[]} counter
 * @param {number[]} key
 * @returns {number[]}
 */
export function philox4x32([c0, c1, c2, c3], [k0, k1]) {
  for (let round = 0; round < PHILOX_ROUNDS; round++) {
    [c0, c1, c2, c3] = [
      (multiplyHigh(PHILOX_MULTIPLIERS[1], c2) ^ c1 ^ k0) >>> 0,
      Math.imul(PHILOX_MULTIPLIERS[1], c2) >>> 0,
      (multiplyHigh(PHILOX_MULTIPLIERS[0], c0) ^ c3 ^ k1) >>> 0,
      Math.imul(PHILOX_MULTIPLIERS[0], c0) >>> 0,
    ];
    [k0, k1] = [(k0 + PHILOX_KEY_STEPS[0]) >>> 0, (k1 + PHILOX_KEY_STEPS[1]) >>> 0];
  }
  return [c0, c1, c2, c3];
}

/**
 * z of each seed, or z itself, one after the other: Float32Array (seeds * dimensions). Throws for seeds that there are
 * not.
 * @param {(number | ArrayLike<number>)[]} seeds
 * @param {number} dimensions
 * @returns {Float32Array}
 */
export function latents(seeds, dimensions, truncation = 1) {
  const numbers = seeds.filter((seed) => typeof seed === "number");
  const last = Math.max(...numbers);
  if (last > config.maxSeed) {
    throw new RangeError(text("seeds_beyond", { first: Math.min(...numbers), last, high: config.maxSeed }));
  }
  const z = new Float32Array(seeds.length * dimensions);
  const uniform = (word) => (word + 0.5) / 2 ** 32;
  seeds.forEach((seed, row) => {
    if (typeof seed !== "number") {
      z.set(Float32Array.from(seed, (value) => truncation * value), row * dimensions);
      return;
    }
    for (let first = 0; first < dimensions; first += 4) {
      const words = philox4x32([first / 4, 0, 0, 0], [seed, 0]);
      for (const pair of [0, 2]) {
        const radius = Math.sqrt(-2 * Math.log(uniform(words[pair])));
        const angle = 2 * Math.PI * uniform(words[pair + 1]);
        const normals = [radius * Math.cos(angle), radius * Math.sin(angle)];
        for (const index of [0, 1]) {
          const place = first + pair + index;
          if (place < dimensions) z[row * dimensions + place] = truncation * normals[index];
        }
      }
    }
  });
  return z;
}

/**
 * Class weights of each class, one after the other: Float32Array (classes * CLASSES).
 * @param {number[]} classes
 */
export function oneHot(classes) {
  const weights = new Float32Array(classes.length * CLASSES);
  classes.forEach((index, row) => (weights[row * CLASSES + index] = 1));
  return weights;
}

/**
 * The point at `position`, 0 to 1, of the straight line between two.
 * @param {Float32Array} start
 * @param {Float32Array} end
 * @param {number} position
 * @returns {Float32Array}
 */
export const lerp = (start, end, position) => start.map((from, i) => (1 - position) * from + position * end[i]);

/**
 * The same on the great circle; where there is no angle between the two, the straight line is the arc.
 * @param {Float32Array} start
 * @param {Float32Array} end
 * @param {number} position
 * @returns {Float32Array}
 */
export function slerp(start, end, position) {
  const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  const norms = Math.sqrt(dot(start, start)) * Math.sqrt(dot(end, end));
  const angle = norms > 0 ? Math.acos(Math.min(1, Math.max(-1, dot(start, end) / norms))) : 0;
  const sine = Math.sin(angle);
  if (sine < 1e-6) return lerp(start, end, position);
  const [fromStart, fromEnd] = [Math.sin((1 - position) * angle) / sine, Math.sin(position * angle) / sine];
  return start.map((from, i) => fromStart * from + fromEnd * end[i]);
}

/**
 * A z, and its neighbours: each a share of the way, on the great circle, from it to the z of seed 1, 2, ...
 * @param {ArrayLike<number>} z
 * @param {number} count of all
 * @param {number} strength the share, 0 to 1
 */
export function neighbours(z, count, strength) {
  const start = Float32Array.from(z);
  const near = (seed) => (seed ? slerp(start, latents([seed], z.length), strength) : start);
  return Array.from({ length: count }, (_, seed) => near(seed));
}

/** The ways of z, by name. */
export const PATHS = { slerp, lerp };

/**
 * Weights of a square's corners (top left, top right, bottom left, bottom right) at a position in it, 0 to 1.
 * @param {number[]} position
 * @returns {number[]}
 */
export const bilinear = ([x, y]) => [(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y];

/**
 * The weighted sum of points (arrays of one length), at the weighted length of theirs.
 * @param {Float32Array[]} points
 * @param {number[]} weights
 * @returns {number[]}
 */
export function blend(points, weights) {
  const norm = (point) => Math.sqrt(point.reduce((sum, value) => sum + value * value, 0));
  const sum = Array.from(points[0], (_, i) => points.reduce((total, point, k) => total + weights[k] * point[i], 0));
  const wanted = points.reduce((total, point, k) => total + weights[k] * norm(point), 0);
  const length = norm(sum);
  return length > 0 ? sum.map((value) => (value * wanted) / length) : sum;
}

/**
 * Weights scaled to sum to 1; where all are zero, all count the same.
 * @param {number[]} weights
 * @returns {number[]}
 */
export function normalized(weights) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total > 0 ? weight / total : 1 / weights.length));
}

/**
 * z moved along directions (arrays of its length), along each by so many sigmas.
 * @param {Float32Array} z
 * @param {number[][]} directions
 * @param {number[]} sigmas
 * @returns {Float32Array}
 */
export const moved = (z, directions, sigmas) =>
  z.map((value, i) => directions.reduce((sum, direction, k) => sum + sigmas[k] * direction[i], value));
