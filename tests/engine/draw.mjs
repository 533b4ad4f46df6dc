// Draws by worker.js: `node draw.mjs CONFIG MODEL COUNT LATENT_DIM`; CONFIG may be - where MODEL carries it. Input: z, then class weights, float32. Output: the
// grey levels, or, where the worker answers with an error, that line on standard error.

import { readFileSync } from "node:fs";
import { readBytes, readInput, WASM } from "./files.mjs";

const [config, model, count, latentDim] = process.argv.slice(2);
const numbers = new Float32Array(readInput());
const [z, classWeights] = [numbers.slice(0, count * latentDim), numbers.slice(count * latentDim)];

// What worker.js finds in a browser's worker.
const waiting = new Map(); // by a message's id: what to do with its answer
globalThis.self = {
  postMessage(answer, options) {
    const { id, ...rest } = structuredClone(answer, options);
    waiting.get(id)(rest);
  },
};
const { answerMessages, DRAWING } = await import("../../cgan/engine/worker.js");
answerMessages(DRAWING);

async function ask(kind, details) {
  const id = waiting.size;
  const answer = new Promise((resolve) => waiting.set(id, resolve));
  self.onmessage({ data: { id, kind, ...details } });
  const { result, error } = await answer;
  if (error === undefined) return result;
  process.stderr.write(error);
  return process.exit(1);
}

const checkpoint = "any";
await ask("start", { module: new WebAssembly.Module(WASM) });
await ask("open", { checkpoint, config: config === "-" ? undefined : JSON.parse(readFileSync(config)), model: readBytes(model) });
process.stdout.write(await ask("draw", { checkpoint, count: Number(count), z, classWeights }));
