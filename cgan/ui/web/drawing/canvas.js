// Grey levels on canvases: one pixel each, enlarged without smoothing.

import { PIXELS, SIZE, config } from "../page/config.js";
import { make, saveFile } from "../page/dom.js";

export const GAP = 1; // pixels between two pictures
export const SAVED_SCALE = config.animationScale;

/**
 * Paint the pictures in `pixels` (count * PIXELS) row by row at one pixel a grey level. Returns whether the canvas has
 * another size than before: then it has to be fitted anew, for which the browser has to lay out the page.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} pixels
 * @param {number} columns that there is room for
 * @param {number} [gap] between two pictures
 * @param {number} [filled] columns in which there are pictures
 */
export function paint(canvas, pixels, columns, gap = GAP, filled = columns) {
  const count = pixels.length / PIXELS;
  const [width, height] = [sideOf(columns, gap), sideOf(Math.ceil(count / filled), gap)];
  const resized = canvas.width !== width || canvas.height !== height;
  if (resized) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height); // transparent where no picture is
  const rgba = new Uint32Array(image.data.buffer);
  let source = 0;
  for (let picture = 0; picture < count; picture++) {
    const left = (picture % filled) * (SIZE + gap);
    const top = Math.floor(picture / filled) * (SIZE + gap);
    for (let y = 0; y < SIZE; y++) {
      let target = (top + y) * width + left;
      for (let x = 0; x < SIZE; x++) rgba[target++] = 0xff000000 | (pixels[source++] * 0x010101);
    }
  }
  context.putImageData(image, 0, 0);
  return resized;
}

/**
 * The pictures from `first` on, `count` of them.
 * @param {Uint8Array} pixels
 */
export const picturesOf = (pixels, first, count = 1) => pixels.subarray(first * PIXELS, (first + count) * PIXELS);

/** Pixels of so many pictures side by side. */
const sideOf = (count, gap = GAP) => count * (SIZE + gap) - gap;

/**
 * In how many columns `count` pictures are largest in a room of CSS pixels; of equals, the most square.
 * @param {number} count
 * @param {number} width
 * @param {number} height
 */
export function columnsFor(count, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const scale = (columns) =>
    Math.floor(Math.min(width / sideOf(columns), height / sideOf(Math.ceil(count / columns))) * ratio);
  let best = Math.ceil(Math.sqrt(count));
  for (let columns = best + 1; columns <= count; columns++) if (scale(columns) > scale(best)) best = columns;
  return best;
}

/**
 * Show a canvas as large as its stage and `maxHeight` (CSS pixels) allow, by a whole number of screen pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {number} maxHeight
 */
export function fit(canvas, maxHeight) {
  const ratio = window.devicePixelRatio || 1;
  const room = Math.min(canvas.parentElement.clientWidth / canvas.width, maxHeight / canvas.height);
  const scale = Math.max(1, Math.floor(room * ratio)) / ratio;
  canvas.style.width = `${canvas.width * scale}px`;
  canvas.style.height = `${canvas.height * scale}px`;
}

/**
 * Call `refit` now, and whenever the stage's width changes (also from none, when its tab is opened).
 * @param {HTMLCanvasElement} canvas
 * @param {() => void} refit
 */
export function keepFitted(canvas, refit) {
  new ResizeObserver(refit).observe(canvas.parentElement);
}

/**
 * Save a canvas, each of its pixels `scale` times as large.
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 */
export function savePng(canvas, name, scale = SAVED_SCALE) {
  const enlarged = make("canvas", { width: canvas.width * scale, height: canvas.height * scale });
  const context = enlarged.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, enlarged.width, enlarged.height);
  enlarged.toBlob((blob) => saveFile(blob, `${name}.png`), "image/png");
}
