// Texts of the page, in the language that it has.

import { ALL_CLASSES, TRAINED_HERE, config } from "./config.js";

/** The language that Gradio, or the page without it, has chosen from the browser's. */
export const language = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");

/**
 * A text of the table, with its {names} filled in.
 * @param {string} key
 * @param {Record<string, import("../types").Words>} [values]
 * @returns {string}
 */
export function text(key, values = {}) {
  return config.texts[language()][key].replace(/\{(\w+)\}/g, (_, name) => say(values[name]));
}

/**
 * A text from the server in the page's language.
 * @param {import("../types").Words} words
 * @returns {string}
 */
export function say(words) {
  return typeof words === "object" ? text(words.key, words.values) : `${words}`;
}

/** @param {number} index */
export const className = (index) => text(`class_${index}`);

export const classNames = () => ALL_CLASSES.map(className);

/** How a checkpoint is called. @param {string} checkpoint */
export const checkpointName = (checkpoint) => (checkpoint === TRAINED_HERE ? text("trained_here") : checkpoint);

/**
 * For the name of a file, or a class in a link.
 * @param {string} name
 */
export const slug = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");

/**
 * A word of a command line, as a shell takes it for one.
 * @param {string} word
 */
export const quoted = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`);

/** @param {number} share 0 to 1 */
export const percent = (share) => `${Math.round(100 * share)} %`;
