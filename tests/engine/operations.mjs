// Runs operations of engine.js, or, as `operations.mjs training`, of training/engine.js too, one after the other until
// its input ends. A request: the lengths of two parts (uint32),
// then [operation, argument, ...] as JSON, where a tensor's name stands for the tensor, then the tensors, a safetensors
// file. An answer: 0 or, for an error, 1, and its length (uint32), then the result's numbers or the error's line.

import { readSync, writeSync } from "node:fs";
import { Engine } from "../../cgan/engine/engine.js";
import { readSafetensors } from "../../cgan/engine/safetensors.js";
import { TrainingEngine } from "../../cgan/engine/training/engine.js";
import { TRAINING_WASM, WASM } from "./files.mjs";
import { trainingOperations } from "./training_operations.mjs";

const training = process.argv[2] === "training";
const module = new WebAssembly.Module(training ? TRAINING_WASM : WASM);

function compute([operation, ...given], file) {
  const engine = training ? new TrainingEngine(module) : new Engine(module);
  const tensors = new Map();
  for (const [name, { values, shape }] of readSafetensors(file)) tensors.set(name, engine.from(values, shape));
  const copy = (tensor) => engine.view(tensor).slice();

  const packing = {
    ...(training && trainingOperations(engine)),
    linear: (x, weight, bias) => engine.linear(x, engine.packLinear(copy(weight), bias && copy(bias), ...weight.shape)),
    convolve: (x, weight, bias, options) =>
      engine.convolve(x, engine.packConvolution(copy(weight), copy(bias), ...weight.shape.slice(0, 2)), options),
    convolveToOne: (x, weight, bias, options) => engine.convolveToOne(x, { weight, bias }, options),
  };

  /** The argument with tensors in the place of their names. */
  function resolved(argument) {
    if (typeof argument === "string") return tensors.get(argument);
    if (argument === null || typeof argument !== "object") return argument;
    return Object.fromEntries(Object.entries(argument).map(([name, value]) => [name, resolved(value)]));
  }

  const work = packing[operation] ?? engine[operation].bind(engine);
  const result = work(...given.map(resolved));
  return new Uint8Array((ArrayBuffer.isView(result) ? result : copy(result)).buffer);
}

/** That many bytes of the input, or undefined at its end. */
function read(count) {
  const bytes = new Uint8Array(count);
  for (let done = 0; done < count;) {
    const got = readSync(0, bytes, done, count - done);
    if (got === 0) return undefined;
    done += got;
  }
  return bytes.buffer;
}

function answer(failed, bytes) {
  const whole = Buffer.concat([new Uint8Array(new Uint32Array([failed, bytes.length]).buffer), bytes]);
  for (let done = 0; done < whole.length;) done += writeSync(1, whole, done);
}

for (let header; (header = read(8));) {
  const [request, tensors] = new Uint32Array(header);
  const [json, file] = [new TextDecoder().decode(read(request)), read(tensors)];
  try {
    answer(0, compute(JSON.parse(json), file));
  } catch (error) {
    answer(1, new TextEncoder().encode(error.message));
  }
}
