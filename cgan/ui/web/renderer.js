// The renderer of the page: workers with the generator. Where it cannot draw, the server does (`drawing.js`).

import { CLASSES, PIXELS, SIZE, config } from "./config.js";
import { checkpointAt, decompressed, download, downloadJson, filesAt } from "./files.js";
import { shares } from "./shares.js";
import { DrawingWorker } from "./workers.js";

/** @typedef {import("./types").Inputs} Inputs */

const WORKERS = Math.min(2, navigator.hardwareConcurrency || 1); // two halve the time of a sheet of pictures
const PATIENCE_MS = 10_000; // with a worker that draws
const POLL_MS = 3000; // while the app is still fetching the runtime
const MOST_OPENED = 3; // generators, each a few MB

const NOTHING = { runtime: null, generators: {} };

let offer = null; // generators.json: the runtime's folder, and a card for each checkpoint whose generator can be had
const opened = new Map(); // checkpoint: the card of the generator that the workers have opened
const workers = [];
const urgent = new Set(); // what is being drawn at once
const readers = new Set(); // called with a checkpoint that the page can draw from now on, or no longer

/**
 * Whether the page draws this checkpoint's pictures.
 * @param {string} checkpoint
 */
export const drawsHere = (checkpoint) => opened.has(checkpoint);

/**
 * What is known of a generator that draws here: {latent_dim, steps, ...}.
 * @param {string} checkpoint
 */
export const cardOf = (checkpoint) => opened.get(checkpoint);

/**
 * Have `read(checkpoint)` called whenever another renderer draws that checkpoint than before.
 * @param {(checkpoint: string) => void} read
 */
export const whenRendererChanges = (read) => readers.add(read);

const askAll = (kind, details) => Promise.all(workers.map((worker) => worker.ask(kind, details)));

async function startWorkers() {
  const base = `${filesAt}${offer.runtime}/`;
  const wasm = await decompressed(await download(`${base}ort-wasm-simd-threaded.wasm.gz`));
  for (let index = 0; index < WORKERS; index++) {
    workers.push(new DrawingWorker(`${filesAt}worker.js`, leaveItToTheServer));
  }
  await askAll("start", { base, wasm });
}

/** Reject pending work and fall back to the server; the console says why. */
function leaveItToTheServer(reason) {
  console.info(`The page does not draw by itself: ${reason}`);
  const lost = [...opened.keys()];
  opened.clear();
  offer = NOTHING;
  for (const worker of workers.splice(0)) worker.stop();
  for (const checkpoint of lost) for (const read of readers) read(checkpoint);
}

let preparing = Promise.resolve();

/**
 * Make the page able to draw a checkpoint, or with newer weights than before; where it cannot be, nothing changes.
 * @param {string} checkpoint
 */
export function prepare(checkpoint) {
  preparing = preparing.then(() => open(checkpoint)).catch(leaveItToTheServer);
  return preparing;
}

async function open(checkpoint) {
  if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function") return;
  if (offer && !offer.runtime && !offer.pending) return;
  offer = (await downloadJson(`${filesAt}generators.json`)) ?? NOTHING;
  if (offer.pending) setTimeout(() => prepare(checkpoint), POLL_MS);
  if (!offer.runtime) return;

  const card = offer.generators[checkpoint];
  if (card?.weights === opened.get(checkpoint)?.weights) return;
  if (card) await openGenerator(checkpoint, card);
  else opened.delete(checkpoint);
  for (const read of readers) read(checkpoint);
}

async function openGenerator(checkpoint, card) {
  const url = `${checkpointAt(checkpoint)}generator.onnx?${card.weights}`;
  const [blob] = await Promise.all([download(url), workers.length ? null : startWorkers()]);
  await askAll("open", { checkpoint, model: await blob.arrayBuffer() });
  const [z, classWeights] = [card.latent_dim, CLASSES].map((length) => new Float32Array(length));
  await askAll("draw", { checkpoint, count: 1, z, classWeights }); // the first one takes longer; nobody waits for this
  opened.delete(checkpoint);
  opened.set(checkpoint, card);
  for (const oldest of [...opened.keys()].slice(0, -MOST_OPENED)) {
    opened.delete(oldest);
    await askAll("release", { checkpoint: oldest });
  }
}

/**
 * Grey levels (count * PIXELS), drawn in the page, by each worker a share, at once. Rejects with RendererStopped.
 * @param {string} checkpoint
 * @param {Inputs} inputs
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export function drawHere(checkpoint, inputs) {
  const drawing = shareOut(checkpoint, inputs).finally(() => urgent.delete(drawing));
  urgent.add(drawing);
  return drawing;
}

/**
 * The same behind what is drawn at once: a picture a worker, then another one, so that no hand waits for more.
 * @param {string} checkpoint
 * @param {Inputs} inputs
 */
export async function drawBehind(checkpoint, inputs) {
  const pixels = new Uint8Array(inputs.count * PIXELS);
  const most = workers.length;
  for (let first = 0; first < inputs.count; first += most) {
    await Promise.allSettled(urgent); // whether they succeed is for those who wait for them
    const end = Math.min(inputs.count, first + most);
    pixels.set(await shareOut(checkpoint, part(inputs, first, end)), first * PIXELS);
  }
  return pixels;
}

/** The inputs of the pictures from `first` up to `end`. */
function part({ count, z, classWeights }, first, end) {
  const of = (values) => values.slice((first * values.length) / count, (end * values.length) / count);
  return { count: end - first, z: of(z), classWeights: of(classWeights) };
}

async function shareOut(checkpoint, inputs) {
  const pixels = new Uint8Array(inputs.count * PIXELS);
  /** @type {(share: number[], index: number) => Promise<void>} */
  const drawShare = async ([first, end], index) => {
    pixels.set(await workers[index].ask("draw", { checkpoint, ...part(inputs, first, end) }), first * PIXELS);
  };
  const patience = setTimeout(() => leaveItToTheServer(`nothing drawn in ${PATIENCE_MS} ms`), PATIENCE_MS);
  try {
    await Promise.all(shares(inputs.count, workers.length).map(drawShare));
    return pixels;
  } catch (error) {
    if (drawsHere(checkpoint)) leaveItToTheServer(error);
    throw error;
  } finally {
    clearTimeout(patience);
  }
}

/**
 * Frames (count * PIXELS) as the bytes of an endless GIF.
 * @param {Uint8Array} frames
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export function gifHere(frames) {
  const { animationScale: scale, animationSeconds: seconds } = config;
  return workers[0].ask("gif", { frames, size: SIZE, scale, seconds });
}
