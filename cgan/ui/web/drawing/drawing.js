// Who draws: the page itself as soon as its renderer has the generator; until then, and where it cannot, the server.

import { writeMark } from "../page/marks.js";
import { TRAINED_HERE, hasServer } from "../page/config.js";
import { DownloadError, checkpointAt, filesAt, request } from "./files.js";
import { cardOf, drawBehind, drawHere, drawsHere, prepare, rendererProblem } from "./renderer.js";
import { pause } from "../page/schedule.js";
import { text } from "../page/texts.js";

/** @typedef {import("../types").Inputs} Inputs */

const ATTEMPTS = 3; // at having the server answer
const BUSY_MS = 1000; // between them

const cards = new Map(); // checkpoint: its card, where the server draws it

/**
 * Draw pictures: {pixels, renderer: "page" or "server", card}.
 * @param {string} checkpoint
 * @param {(dimensions: number) => Inputs} inputs of the generator, whose z has so many dimensions
 * @param {{behind?: boolean}} [options] behind: after what is drawn at once
 * @returns {Promise<import("../types").Drawn>}
 */
export async function drawPictures(checkpoint, inputs, { behind = false } = {}) {
  if (drawsHere(checkpoint)) {
    const card = cardOf(checkpoint);
    const pixels = await (behind ? drawBehind : drawHere)(checkpoint, inputs(card.latent_dim));
    return { pixels, renderer: "page", card };
  }
  if (checkpoint === TRAINED_HERE) throw new Error(text("trained_only_here"));
  if (!hasServer) throw new Error(rendererProblem() ?? text("no_generator", { name: checkpoint }));
  const address = checkpointAt(checkpoint);
  if (!cards.has(checkpoint)) cards.set(checkpoint, await (await ask(`${address}card.json`)).json());
  const card = cards.get(checkpoint);
  const { z, classWeights } = inputs(card.latent_dim);
  const response = await ask(`${address}pictures`, new Blob([Float32Array.from(z), Float32Array.from(classWeights)]));
  return { pixels: new Uint8Array(await response.arrayBuffer()), renderer: "server", card };
}

/**
 * A checkpoint was chosen anew: it may be another one by now.
 * @param {string} checkpoint
 */
export const forgetCard = (checkpoint) => cards.delete(checkpoint);

/**
 * Have the server compute something from bytes.
 * @param {string} path beneath `cgan/`
 * @param {BodyInit} body
 */
export const askServer = (path, body) => ask(filesAt + path, body);

/** The server's answer, to a POST where there is a body. An error says why there is none. */
async function ask(url, body = null) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      const response = await request(url, body && { method: "POST", body });
      if (response.ok) return response;
      if (response.status !== 503) throw new Error((await response.json()).error);
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error; // else it cannot be reached
    }
    await pause(BUSY_MS);
  }
  throw new Error(text("server_busy"));
}

/**
 * In a page without a server a checkpoint has to be loaded before its first picture.
 * @param {string} checkpoint
 * @param {HTMLElement} mark
 */
export async function loaded(checkpoint, mark) {
  if (hasServer || drawsHere(checkpoint)) return;
  writeMark(mark, text("loading"));
  await prepare(checkpoint);
}
