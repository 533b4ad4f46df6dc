// What a run needs: the worker's script, the engine, the judge, and the images. Fetched when the tab is opened.

import { picturesOn } from "../../web/drawing/canvas.js";
import { PIXELS, config } from "../../web/page/config.js";
import { DownloadError, download, filesAt } from "../../web/drawing/files.js";
import { text } from "../../web/page/texts.js";
import { loadWorker } from "../../web/drawing/workers.js";

/**
 * url: of the worker's script; module: the engine; judge: its safetensors file.
 * @typedef {{ url: string, module: WebAssembly.Module, judge: ArrayBuffer }} Parts
 *
 * images: grey levels (N * PIXELS); names: of the classes; own: of a person's own pictures, what config.json is to say
 * of the classes, and a summary for the person.
 * @typedef {{
 *   images: Uint8Array, labels: Uint8Array, names: import("../../web/types").ClassNames,
 *   own?: { classes: object, summary: string },
 * }} Data
 */

/** `load` is called once for all who ask, and anew after a failure. */
function once(load) {
  let loading = null;
  return () => {
    loading ??= load().catch((error) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}

/** @type {() => Promise<Parts>} */
export const loadParts = once(async () => {
  if (typeof WebAssembly !== "object") throw new Error(text("no_webassembly"));
  const [worker, judge] = await Promise.all([
    loadWorker("training-worker.js", "training.wasm"),
    download(`${filesAt}judge.safetensors`),
  ]);
  return { ...worker, judge: await judge.arrayBuffer() };
});

/** The images of cgan/data/sheets.py, as many of each class. */
const loadExcerpt = once(async () => {
  const sheet = await createImageBitmap(await download(`${filesAt}excerpt.png`));
  const images = await picturesOn(sheet);
  const [count, names] = [images.length / PIXELS, config.garments];
  const labels = Uint8Array.from({ length: count }, (_, i) => Math.floor((i * names.en.length) / count));
  return { images, labels, names };
});

/** The content of an IDX file of bytes, perhaps compressed: sizes stand before it, four bytes each. */
async function loadIdx(name) {
  const file = await download(filesAt + name);
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isCompressed = first === 0x1f && second === 0x8b;
  const stream = isCompressed ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return bytes.subarray(4 + 4 * bytes[3]);
}

const loadAll = once(async () => {
  const [images, labels] = await Promise.all(["images", "labels"].map((kind) => loadIdx(`training-${kind}.idx`)));
  if (images.length !== labels.length * PIXELS) throw new DownloadError(text("train_images_damaged"));
  return { images, labels, names: config.garments };
});

/** The training images of a choice of links. @param {string} choice @returns {Promise<Data>} */
export const loadImages = (choice) => (choice === "60000" ? loadAll() : loadExcerpt());
