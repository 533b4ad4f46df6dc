// What the scripts beside it share: bytes as fetch would give them, and a trainer with recorded random numbers.

import { readFileSync } from "node:fs";
import { Streams } from "../../cgan/engine/training/random.js";
import { readSafetensors, writeSafetensors } from "../../cgan/engine/safetensors.js";
import { Trainer } from "../../cgan/engine/training/trainer.js";
import { TrainingEngine } from "../../cgan/engine/training/engine.js";

/** @param {string | URL | number} file a path, or 0 for the standard input @returns {ArrayBuffer} */
export function readBytes(file) {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

export const readInput = () => readBytes(0);
export const WASM = readBytes(new URL("../../cgan/engine/engine.wasm", import.meta.url));
export const TRAINING_WASM = readBytes(new URL("../../cgan/engine/training/training.wasm", import.meta.url));

/** Recorded numbers in the place of drawn ones. */
class Recorded extends Streams {
  #tensors;
  #next = { order: 0, normal: 0, classes: 0, mask: 0 };

  constructor(seed, tensors) {
    super(seed);
    this.#tensors = tensors;
  }

  #take(kind) {
    return this.#tensors.get(`${kind}.${this.#next[kind]++}`).values;
  }

  order() {
    return Uint32Array.from(this.#take("order"));
  }

  normal() {
    return this.#take("normal");
  }

  classes() {
    return Uint8Array.from(this.#take("classes"));
  }

  mask(mask) {
    mask.set(this.#take("mask"));
  }
}

/** A trainer on the images and labels of the standard input, with its recorded numbers where there are any. */
export function trainer(settings) {
  const tensors = readSafetensors(readInput());
  const [images, labels] = ["images", "labels"].map((name) => Uint8Array.from(tensors.get(name).values));
  const streams = tensors.has("normal.0") ? new Recorded(settings.seed ?? 0, tensors) : undefined;
  const engine = new TrainingEngine(new WebAssembly.Module(TRAINING_WASM));
  return new Trainer(engine, settings, { images, labels }, streams);
}

/** All weights of a trainer in one file: generator., averaged., discriminator.; its metrics as metadata. */
export function safetensorsOf(trained) {
  const parts = {
    generator: trained.generator.tensors("value"),
    averaged: trained.generator.tensors("average"),
    discriminator: trained.discriminator.tensors("value"),
  };
  const all = Object.entries(parts).flatMap(([part, tensors]) =>
    [...tensors].map(([name, of]) => [`${part}.${name}`, of]),
  );
  const metrics = Object.entries(trained.readMetrics()).map(([name, value]) => [name, `${value}`]);
  return writeSafetensors(new Map(all), Object.fromEntries(metrics));
}
