// The classes of a checkpoint: how many there are, and their names in the page's language.

import { checkpointAt, downloadJson } from "./files.js";
import { TRAINED_HERE, config } from "../page/config.js";
import { language } from "../page/texts.js";

/** @typedef {import("../types").ClassNames} ClassNames */

/** @type {Map<string, ClassNames>} by checkpoint */
const known = new Map(Object.entries(config.classes));

/**
 * Names of a checkpoint's classes by language, the same object until they change; those of Fashion-MNIST where nothing
 * else is known.
 * @param {string} checkpoint
 */
export const classesOf = (checkpoint) => known.get(checkpoint) ?? config.garments;

/**
 * Names in the page's language.
 * @param {string} checkpoint
 * @returns {string[]}
 */
export const classNames = (checkpoint) => classesOf(checkpoint)[language()];

/**
 * @param {string} checkpoint
 * @param {number} index
 */
export const className = (checkpoint, index) => classNames(checkpoint)[index];

/**
 * Indices of all classes.
 * @param {string} checkpoint
 */
export const allClasses = (checkpoint) => [...classNames(checkpoint).keys()];

/** @param {string} checkpoint */
export const hasGarments = (checkpoint) => `${classesOf(checkpoint).en}` === `${config.garments.en}`;

/** @param {number} index */
export const garmentName = (index) => config.garments[language()][index];

/**
 * Ask the server for the classes of a checkpoint that is newer than the page, or was chosen anew.
 * @param {string} checkpoint
 */
export async function learnClasses(checkpoint) {
  if (checkpoint === TRAINED_HERE) return; // no server knows it
  const names = (await downloadJson(`${checkpointAt(checkpoint)}card.json`))?.names;
  if (names && JSON.stringify(names) !== JSON.stringify(known.get(checkpoint))) known.set(checkpoint, names);
}

/**
 * Tell the page the classes of a checkpoint that it has trained itself.
 * @param {string} checkpoint
 * @param {ClassNames} names
 */
export const setClasses = (checkpoint, names) => known.set(checkpoint, names);

/**
 * Whether the page was told a checkpoint's classes.
 * @param {string} checkpoint
 */
export const knowsClasses = (checkpoint) => checkpoint === TRAINED_HERE || known.has(checkpoint);
