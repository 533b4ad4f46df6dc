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
 * @param {Server} server the component whose functions are asked
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
 * What the server answers to a request. Rejects with the reason that it gives.
 * @param {Server} server
 * @param {string} name
 * @param {Request} request
 */
export async function askServer(server, name, request) {
  if (!server) throw new Error(rendererProblem() ?? text("no_generator", { name: request.checkpoint }));
  let problem;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt) await pause(BUSY_MS);
    try {
      const response = await post(server, name, request);
      const { answer, error } = await response.json();
      if (error === undefined) return answer;
      problem = error;
      if (response.status !== 503) break; // else it has too much to do
    } catch (error) {
      problem = text("server_unreachable", { reason: error.message }); // or a proxy answers in its place
    }
  }
  throw new Error(problem);
}

/** As Gradio's own `server` posts, which hides why a request was refused. */
async function post(server, name, data) {
  const { id } = window.gradio_config.components.find(({ props }) => props.elem_id === server);
  const body = JSON.stringify({ component_id: id, fn_name: name, data });
  const response = await fetch(new URL("gradio_api/component_server/", document.baseURI), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
  });
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  if (!isJson) throw new Error(`${response.status} ${response.statusText}`.trim());
  return response;
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
