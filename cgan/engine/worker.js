// The generators at work, off the page's main thread. Messages {id, kind, ...}; answers {id, result} or {id, error}.

import { Engine } from "./engine.js";
import { Generator } from "./networks.js";
import { readSafetensors } from "./safetensors.js";

let engineModule;
const generators = new Map(); // by checkpoint

const WARM_UP = 16; // pictures

/** Compile engine.wasm. @param {{ wasm: ArrayBuffer }} message */
async function start({ wasm }) {
  engineModule = await WebAssembly.compile(wasm);
}

/**
 * Make a checkpoint's generator ready, in the place of one of the same name, and draw once: browsers compile a
 * function well only after its first use.
 * @param {{ checkpoint: string, config: any, model: ArrayBuffer }} message config: the content of config.json;
 *   model: model.safetensors, or what transfer.py makes of it
 */
function open({ checkpoint, config, model }) {
  const generator = new Generator(new Engine(engineModule), config, readSafetensors(model));
  const { latentDim, classes } = generator;
  generator.draw(WARM_UP, new Float32Array(WARM_UP * latentDim), new Float32Array(WARM_UP * classes));
  generators.set(checkpoint, generator);
  return { latentDim, classes };
}

/** Forget a checkpoint's generator. @param {{ checkpoint: string }} message */
function release({ checkpoint }) {
  generators.delete(checkpoint);
}

/**
 * Grey levels (count * 28 * 28).
 * @param {{ checkpoint: string, count: number, z: Float32Array, classWeights: Float32Array }} message
 */
function draw({ checkpoint, count, z, classWeights }) {
  const generator = generators.get(checkpoint);
  if (!generator) throw new Error(`the checkpoint ${checkpoint} is not open`);
  return generator.draw(count, z, classWeights);
}

const WORK = { start, open, release, draw };
let last = Promise.resolve(); // messages are answered in their order

self.onmessage = ({ data: { id, kind, ...details } }) => {
  last = last.then(async () => {
    try {
      const result = await WORK[kind](details);
      self.postMessage({ id, result }, result instanceof Uint8Array ? [result.buffer] : []);
    } catch (error) {
      self.postMessage({ id, error: error.message });
    }
  });
};
