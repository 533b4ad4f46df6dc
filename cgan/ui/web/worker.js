// The generator at work. Messages: {id, kind, ...}; answers: {id, result} or {id, error}.

import { encodeGif } from "./gif.js";

const sessions = new Map(); // by checkpoint

/** Start onnxruntime-web from the folder `base`, with its WebAssembly in `wasm` (ArrayBuffer). */
function start({ base, wasm }) {
  importScripts(`${base}ort.wasm.min.js`);
  Object.assign(ort.env.wasm, {
    numThreads: 1,
    wasmBinary: wasm,
    wasmPaths: { mjs: `${base}ort-wasm-simd-threaded.mjs` },
  });
}

async function open({ checkpoint, model }) {
  const session = await ort.InferenceSession.create(model);
  await release({ checkpoint });
  sessions.set(checkpoint, session);
}

async function release({ checkpoint }) {
  await sessions.get(checkpoint)?.release();
  sessions.delete(checkpoint);
}

/** Grey levels (count * 28 * 28) from z and class weights (count * 10). */
async function draw({ checkpoint, count, z, classWeights }) {
  const { pictures } = await sessions.get(checkpoint).run({
    z: new ort.Tensor("float32", z, [count, z.length / count]),
    class_weights: new ort.Tensor("float32", classWeights, [count, classWeights.length / count]),
  });
  return pictures.data;
}

const gif = ({ frames, size, scale, seconds }) => encodeGif(frames, size, scale, seconds);

const work = { start, open, release, draw, gif };
let last = Promise.resolve(); // a session runs one job at a time

onmessage = ({ data: { id, kind, ...details } }) => {
  last = last.then(async () => {
    try {
      postMessage({ id, result: await work[kind](details) });
    } catch (error) {
      postMessage({ id, error: `${error}` }); // the page decides what it means
    }
  });
};
