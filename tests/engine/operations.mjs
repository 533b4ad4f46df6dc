// Runs an operation of engine.js. Argument: [operation, argument, ...] as JSON, where a tensor's name stands for the
// tensor. Input: the tensors, a safetensors file. Output: the result's numbers.

import { Engine } from "../../cgan/engine/engine.js";
import { readSafetensors } from "../../cgan/engine/safetensors.js";
import { readInput, WASM } from "./files.mjs";

const engine = new Engine(new WebAssembly.Module(WASM));
const tensors = new Map();
for (const [name, { values, shape }] of readSafetensors(readInput())) tensors.set(name, engine.from(values, shape));
const copy = (tensor) => engine.view(tensor).slice();

const packing = {
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

const [operation, ...given] = JSON.parse(process.argv[2]);
const work = packing[operation] ?? engine[operation].bind(engine);
const result = work(...given.map(resolved));
process.stdout.write(new Uint8Array((result instanceof Uint8Array ? result : copy(result)).buffer));
