// The renderer of the page: workers with the generator. Where it cannot draw, the server does (`drawing.js`).

import { encodeGif } from "../encoding/gif.js";
import { PictureCache } from "./cache.js";
import { PIXELS, SIZE, config as page } from "../page/config.js";
import { checkpointAt, versioned } from "./files.js";
import { joined } from "./inputs.js";
import { text } from "../page/texts.js";
import { DrawingWorker, RendererStopped, loadWorker, shares } from "./workers.js";

/** @typedef {import("../types").Inputs} Inputs */

const WORKERS = Math.min(2, navigator.hardwareConcurrency || 1); // two halve the time of a sheet of pictures
const PATIENCE_MS = 10_000; // with a worker that draws
const MOST_OPENED = 3; // generators, each a few MB
const BEHIND = 5; // pictures a worker draws before it looks whether something is urgent: of ten classes half

const opened = new Map(); // checkpoint: {version, card, cache} of the generator that the workers have
const workers = [];
const urgent = new Set(); // drawings that a hand waits for
const kept = new Map(); // generators that are in this page alone: {version, read, config} by checkpoint
const watchers = new Set(); // called when a drawing begins that a hand waits for
const listeners = new Set(); // called with a checkpoint that the page can draw from now on, or no longer
let starting = null; // the start of the workers
let problem = null; // why the page does not draw by itself, in words

/**
 * Whether the page draws this checkpoint's pictures.
 * @param {string} checkpoint
 */
export const drawsHere = (checkpoint) => opened.has(checkpoint);

/**
 * What is known of a generator that draws here.
 * @param {string} checkpoint
 * @returns {import("../types").Card}
 */
export const cardOf = (checkpoint) => opened.get(checkpoint).card;

/** Why the page does not draw by itself, in words; null where it does, or where there is no generator for it. */
export const rendererProblem = () => problem;

/**
 * Have `read(checkpoint)` called whenever another renderer draws that checkpoint than before.
 * @param {(checkpoint: string) => void} read
 */
export const whenRendererChanges = (read) => listeners.add(read);

/** Have `yieldNow` called at the start of each drawing that a hand waits for. @param {() => void} yieldNow */
export const whenDrawing = (yieldNow) => watchers.add(yieldNow);

const askAll = (kind, details) => Promise.all(workers.map((worker) => worker.ask(kind, details)));
const tell = (checkpoint) => listeners.forEach((read) => read(checkpoint));

async function startWorkers() {
  const { url, module } = await loadWorker("worker.js", "engine.wasm");
  for (let index = 0; index < WORKERS; index++) workers.push(new DrawingWorker(url, leaveItToTheServer));
  await askAll("start", { module });
}

/** Reject pending work and fall back to the server; the console says why. */
function leaveItToTheServer(reason) {
  problem = `${reason instanceof Error ? reason.message : reason}`;
  console.info(`The page does not draw by itself: ${problem}`);
  const lost = [...opened.keys()];
  opened.clear();
  for (const worker of workers.splice(0)) worker.stop();
  lost.forEach(tell);
}

let preparing = Promise.resolve();
let versions = 0; // of the generators that are kept

/**
 * Keep a generator that is on no server, in the place of one of the same name, and make the page able to draw it.
 * @param {string} checkpoint its name
 * @param {ArrayBuffer} model a safetensors file
 * @param {object} config as in config.json
 */
export function keepGenerator(checkpoint, model, config) {
  kept.set(checkpoint, { version: `kept ${++versions}`, read: async () => model, config });
  return prepare(checkpoint);
}

/** @param {string} checkpoint */
export const isKept = (checkpoint) => kept.has(checkpoint);

/**
 * Make the page able to draw a checkpoint, or with newer weights than before; where it cannot be, nothing changes.
 * @param {string} checkpoint
 */
export function prepare(checkpoint) {
  preparing = preparing.then(() => open(checkpoint)).catch(leaveItToTheServer);
  return preparing;
}

async function open(checkpoint) {
  if (problem !== null) return;
  if (location.protocol === "file:") throw new Error(text("from_disk"));
  if (typeof WebAssembly !== "object") throw new Error(text("no_webassembly"));
  starting ??= startWorkers();
  const newest = kept.get(checkpoint) ?? versioned(`${checkpointAt(checkpoint)}generator.safetensors`);
  const [file] = await Promise.all([newest, starting]);
  if (file?.version && file.version === opened.get(checkpoint)?.version) return;
  const generator = file && (await openGenerator(checkpoint, await file.read(), file.config));
  const wasOpened = opened.delete(checkpoint); // so that it becomes the newest
  if (!generator) {
    if (wasOpened) tell(checkpoint);
    return;
  }
  const cache = new PictureCache();
  const card = { latent_dim: generator.latentDim, classes: generator.classes, steps: generator.step };
  opened.set(checkpoint, { version: file.version, card, cache });
  for (const oldest of [...opened.keys()].slice(0, -MOST_OPENED)) {
    opened.delete(oldest);
    await askAll("release", { checkpoint: oldest });
  }
  tell(checkpoint);
}

/** The answer of the workers to a generator; null where the engine cannot draw it, and the server has to. */
async function openGenerator(checkpoint, model, config) {
  try {
    return (await askAll("open", { checkpoint, model, config }))[0];
  } catch (error) {
    if (!(error instanceof RendererStopped) || !workers.length) throw error;
    console.info(`The page does not draw ${checkpoint} by itself: ${error.message}`);
    return null;
  }
}

/**
 * Grey levels (count * PIXELS), drawn in the page, by each worker a share, at once. Rejects with RendererStopped.
 * @param {string} checkpoint
 * @param {Inputs} inputs
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export function drawHere(checkpoint, inputs) {
  const drawing = draw(checkpoint, inputs).finally(() => urgent.delete(drawing));
  urgent.add(drawing);
  for (const yieldNow of watchers) yieldNow();
  return drawing;
}

/**
 * The same behind what is drawn at once: a few pictures a worker, then a few more, so that no hand waits for long.
 * @param {string} checkpoint
 * @param {Inputs} inputs
 */
export async function drawBehind(checkpoint, inputs) {
  const pixels = new Uint8Array(inputs.count * PIXELS);
  const most = BEHIND * workers.length;
  for (let first = 0; first < inputs.count; first += most) {
    await Promise.allSettled(urgent); // whether they succeed is for those who wait for them
    const end = Math.min(inputs.count, first + most);
    pixels.set(await draw(checkpoint, part(inputs, first, end)), first * PIXELS);
  }
  return pixels;
}

/** The inputs of the pictures from `first` up to `end`. */
function part({ count, z, classWeights }, first, end) {
  const of = (values) => values.slice((first * values.length) / count, (end * values.length) / count);
  return { count: end - first, z: of(z), classWeights: of(classWeights) };
}

/** What the cache does not have is drawn. */
async function draw(checkpoint, inputs) {
  const { cache } = opened.get(checkpoint);
  const pixels = new Uint8Array(inputs.count * PIXELS);
  const missing = [];
  for (let index = 0; index < inputs.count; index++) {
    const one = part(inputs, index, index + 1);
    const key = new Float32Array(one.z.length + one.classWeights.length);
    key.set(one.z);
    key.set(one.classWeights, one.z.length);
    const picture = cache.find(key);
    if (picture) pixels.set(picture, index * PIXELS);
    else missing.push({ ...one, key, index });
  }
  if (!missing.length) return pixels;
  const drawn = await shareOut(checkpoint, missing);
  missing.forEach(({ key, index }, place) => {
    const picture = drawn.subarray(place * PIXELS, (place + 1) * PIXELS);
    cache.keep(key, picture);
    pixels.set(picture, index * PIXELS);
  });
  return pixels;
}

/** Pictures drawn, each worker a share of them. */
async function shareOut(checkpoint, pictures) {
  const pixels = new Uint8Array(pictures.length * PIXELS);
  /** @type {(share: number[], index: number) => Promise<void>} */
  const drawShare = async ([first, end], index) => {
    const share = pictures.slice(first, end);
    const [z, classWeights] = ["z", "classWeights"].map((name) => joined(share.map((picture) => picture[name])));
    const answer = workers[index].ask("draw", { checkpoint, count: share.length, z, classWeights });
    pixels.set(await answer, first * PIXELS);
  };
  const patience = setTimeout(() => leaveItToTheServer(`nothing drawn in ${PATIENCE_MS} ms`), PATIENCE_MS);
  try {
    await Promise.all(shares(pictures.length, workers.length).map(drawShare));
    return pixels;
  } catch (error) {
    if (drawsHere(checkpoint)) leaveItToTheServer(error);
    throw error;
  } finally {
    clearTimeout(patience);
  }
}

/**
 * Frames (count * PIXELS) as the bytes of an endless GIF, made by a worker where there is one.
 * @param {Uint8Array} frames
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function gifOf(frames) {
  const { animationScale: scale, animationSeconds: seconds } = page;
  if (!workers.length) return encodeGif(frames, SIZE, scale, seconds);
  return workers[0].ask("gif", { frames, size: SIZE, scale, seconds });
}
