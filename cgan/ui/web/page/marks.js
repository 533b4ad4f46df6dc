// The small print under a picture: who drew it, and in how many milliseconds.

import { text } from "./texts.js";
import { RendererStopped } from "../drawing/workers.js";

const MARK_MS = 200; // between two of the times that are said under a picture

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
  const time = milliseconds === undefined ? "" : ` · ${text("milliseconds", { count: Math.round(milliseconds) })}`;
  writeMark(mark, text(`drawn_${renderer}`) + time);
}

const written = new WeakMap(); // of each mark: when it was written, and what is to be written next

/**
 * Write on a mark, no more often than it can be read; what comes last stays.
 * @param {HTMLElement} mark
 * @param {string} words
 */
export function writeMark(mark, words) {
  const state = written.get(mark) ?? { at: -Infinity, waiting: false };
  written.set(mark, Object.assign(state, { words }));
  const write = () => {
    mark.textContent = state.words;
    Object.assign(state, { at: performance.now(), waiting: false });
  };
  if (state.waiting) return;
  const wait = state.at + MARK_MS - performance.now();
  if (wait <= 0) return write();
  state.waiting = true;
  setTimeout(write, wait);
}
