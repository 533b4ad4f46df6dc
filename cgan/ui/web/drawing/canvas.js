// Grey levels on canvases: one pixel each, enlarged without smoothing by the style sheet (`styles/stage.css`).

import { PIXELS, SIZE, config } from "../page/config.js";
import { make, saveFile } from "../page/dom.js";
import { pause } from "../page/schedule.js";
import { text } from "../page/texts.js";

export const GAP = 1; // pixels between two pictures
const SAVED_SCALE = config.animationScale;
const ROWS_AT_ONCE = 10; // of pictures that are read, between two pauses for the page

/**
 * Paint the pictures in `pixels` (count * PIXELS) row by row at one pixel a grey level.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} pixels
 * @param {number} columns that there is room for
 * @param {number} [gap] between two pictures
 * @param {number} [filled] columns in which there are pictures
 */
export function paint(canvas, pixels, columns, gap = GAP, filled = columns) {
  const count = pixels.length / PIXELS;
  const [width, height] = [sideOf(columns, gap), sideOf(Math.ceil(count / filled), gap)];
  resize(canvas, width, height);
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
}

/**
 * Give a canvas another size, and tell the style sheet. The same size costs nothing: the browser need not lay out the
 * page.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function resize(canvas, width, height) {
  if (canvas.width === width && canvas.height === height) return;
  Object.assign(canvas, { width, height });
  canvas.style.setProperty("--across", `${width}`);
  canvas.style.setProperty("--down", `${height}`);
}

/** Tell the style sheet how large a pixel of the screen is; zooming the page changes that. */
export function followScreen() {
  const tell = () => document.documentElement.style.setProperty("--dot", `${1 / window.devicePixelRatio}px`);
  window.addEventListener("resize", tell);
  tell();
}

/**
 * The grey levels of a picture on a context: red, the lowest byte of each pixel.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 */
export const levelsOn = (context, left = 0, top = 0) =>
  new Uint8Array(new Uint32Array(context.getImageData(left, top, SIZE, SIZE).data.buffer));

/**
 * The pictures on a sheet without gaps, row by row: grey levels (count * PIXELS).
 * @param {ImageBitmap} sheet
 */
export async function picturesOn(sheet) {
  const context = new OffscreenCanvas(sheet.width, sheet.height).getContext("2d", { willReadFrequently: true });
  context.drawImage(sheet, 0, 0);
  const [columns, rows] = [sheet.width / SIZE, sheet.height / SIZE];
  const pixels = new Uint8Array(columns * rows * PIXELS);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      pixels.set(levelsOn(context, column * SIZE, row * SIZE), (row * columns + column) * PIXELS);
    }
    if (row % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await pause(0);
  }
  return pixels;
}

/**
 * Some of the pictures, by their numbers, one after the other.
 * @param {Uint8Array} pixels
 * @param {number[]} order
 */
export function arranged(pixels, order) {
  const found = new Uint8Array(order.length * PIXELS);
  order.forEach((from, to) => found.set(picturesOf(pixels, from), to * PIXELS));
  return found;
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
 * Paint the frames of a walk in as few rows as there is room for on the stage.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} frames
 */
export function paintStrip(canvas, frames) {
  const count = frames.length / PIXELS;
  const room = Math.max(1, Math.floor(canvas.parentElement.clientWidth / (SIZE + GAP)));
  paint(canvas, frames, Math.ceil(count / Math.ceil(count / room)));
  canvas.ariaLabel = text("strip", { frames: count });
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
