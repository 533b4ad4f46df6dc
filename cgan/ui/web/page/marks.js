// The small print under a picture: who drew it, and in how many milliseconds.

import { text } from "./texts.js";
import { RendererStopped } from "../drawing/workers.js";

const READING_MS = 200; // between two texts in the same place

/**
 * Run `draw` and say on the mark who drew and how long it took; what fails is said there too.
 * @param {HTMLElement} mark
 * @param {() => Promise<{renderer: string}>} draw
 */
export async function timed(mark, draw) {
  const start = performance.now();
  try {
    const { renderer } = await draw();
    showMark(mark, renderer, performance.now() - start);
  } catch (error) {
    if (error instanceof RendererStopped) throw error; // the server draws in its place
    writeMark(mark, `${text("failed")}: ${error.message}`);
  }
}

/**
 * @param {HTMLElement} mark
 * @param {string} renderer
 * @param {number} [milliseconds]
 */
export function showMark(mark, renderer, milliseconds) {
  mark.dataset.renderer = renderer;
  writeReadably(mark, () => {
    const time = milliseconds === undefined ? "" : ` · ${text("milliseconds", { count: Math.round(milliseconds) })}`;
    mark.textContent = text(`drawn_${renderer}`) + time;
  });
}

/**
 * @param {HTMLElement} mark
 * @param {string} words
 */
export const writeMark = (mark, words) => writeReadably(mark, () => (mark.textContent = words));

const written = new WeakMap(); // of each place: when it was written, and what writes there next

/**
 * Write in a place by `write()`, no more often than it can be read; what comes last stays. A text for every picture of
 * a drag would have the browser lay out the page once more in every frame.
 * @param {HTMLElement} place
 * @param {() => void} write
 */
export function writeReadably(place, write) {
  const state = written.get(place) ?? { at: -Infinity, waiting: false };
  written.set(place, Object.assign(state, { write }));
  const writeNewest = () => {
    state.write();
    Object.assign(state, { at: performance.now(), waiting: false });
  };
  if (state.waiting) return;
  const wait = state.at + READING_MS - performance.now();
  if (wait <= 0) return writeNewest();
  state.waiting = true;
  setTimeout(writeNewest, wait);
}
