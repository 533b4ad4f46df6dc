// Who draws: the page itself as soon as its renderer has the generator; until then, and where it cannot, the server.

import { decode } from "../encoding/base64.js";
import { writeMark } from "../page/marks.js";
import { cardOf, drawBehind, drawHere, drawsHere, prepare, rendererProblem } from "./renderer.js";
import { pause } from "../page/schedule.js";
import { text } from "../page/texts.js";

/** @typedef {import("../types").Inputs} Inputs */
/** @typedef {import("../types").Request} Request */
/** @typedef {import("../types").Component["server"]} Server */

const ATTEMPTS = 3; // at having the server draw
const BUSY_MS = 1000; // between them

/**
 * Draw pictures: {pixels, renderer: "page" or "server", latent_dim, steps}, the last two where they are known.
 * @param {Server} server the functions of a component
 * @param {string} name of the one that draws
 * @param {Request} request its arguments by name
 * @param {(dimensions: number) => Inputs} inputs the same as the generator takes it
 * @param {{behind?: boolean}} [options] behind: after what is drawn at once
 * @returns {Promise<import("../types").Drawn>}
 */
export async function drawPictures(server, name, request, inputs, { behind = false } = {}) {
  const { checkpoint } = request;
  if (drawsHere(checkpoint)) {
    const { latent_dim, steps } = cardOf(checkpoint);
    const pixels = await (behind ? drawBehind : drawHere)(checkpoint, inputs(latent_dim));
    return { pixels, renderer: "page", latent_dim, steps };
  }
  const answer = await askServer(server, name, request);
  return { ...answer, pixels: decode(answer.pixels), renderer: "server" };
}

/**
 * What the server answers to a request.
 * @param {Server} server
 * @param {string} name
 * @param {Request} request
 */
export async function askServer(server, name, request) {
  if (!server) throw new Error(rendererProblem() ?? text("no_generator", { name: request.checkpoint }));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const response = await server[name](request);
    if (response?.error) throw new Error(response.error);
    if (response) return response.answer;
    await pause(BUSY_MS); // it has too much to do, or cannot be reached
  }
  throw new Error(text("server_busy"));
}

/**
 * In a page without a server a checkpoint has to be loaded before its first picture.
 * @param {Server} server
 * @param {string} checkpoint
 * @param {HTMLElement} mark
 */
export async function loaded(server, checkpoint, mark) {
  if (server || drawsHere(checkpoint)) return;
  writeMark(mark, text("loading"));
  await prepare(checkpoint);
}
