// The generators at work, off the page's main thread. Messages {id, kind, ...}; answers {id, result} or {id, error}.

import { Engine } from "./engine.js";
import { Generator } from "./networks.js";
import { readMetadata, readSafetensors } from "./safetensors.js";

const WARM_UP = 16; // pictures

let engineModule;
const generators = new Map(); // by checkpoint

/** Take engine.wasm. @param {{ module: WebAssembly.Module }} message the page compiles it once for all workers */
function start({ module }) {
  engineModule = module;
}

/**
 * Make a checkpoint's generator ready, in the place of one of the same name, and draw once: browsers compile a
 * function well only after its first use.
 * @param {{ checkpoint: string, model: ArrayBuffer, config?: object }} message model: a safetensors file; config: as in
 *   config.json, where the file does not carry it (transfer.py writes one that does)
 */
function open({ checkpoint, model, config }) {
  const { config: ownConfig, step } = readMetadata(model);
  const generator = new Generator(new Engine(engineModule), config ?? JSON.parse(ownConfig), readSafetensors(model));
  const { latentDim, classes } = generator;
  generator.draw(WARM_UP, new Float32Array(WARM_UP * latentDim), new Float32Array(WARM_UP * classes));
  generators.set(checkpoint, generator);
  return { latentDim, classes, step };
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

/** What a worker that draws can be asked for, by the kind of the message. */
export const DRAWING = { start, open, release, draw };

/**
 * Answer the page's messages, one after the other.
 * @param {Record<string, (message: any) => any>} work by the kind of a message
 */
export function answerMessages(work) {
  let last = Promise.resolve();
  self.onmessage = ({ data: { id, kind, ...details } }) => {
    last = last.then(async () => {
      try {
        const result = await work[kind](details);
        const transfer = result instanceof Uint8Array ? [result.buffer] : [];
        self.postMessage({ id, result }, { transfer });
      } catch (error) {
        self.postMessage({ id, error: error.message }); // the page decides what it means
      }
    });
  };
}
