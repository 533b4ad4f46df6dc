// The judge: the ResidualClassifier of cgan/models/classifier.py, of any width, on the engine.
//
// Batch normalization is multiplied into the convolution before it. A ReLU is taken by the convolution behind it. A
// stride of 2 is a convolution of which every second pixel is kept: by Winograd's algorithm that is no slower than a
// direct one.

import { batchNormalization, padTo, Scope } from "../layers.js";

const IMAGE_SIZE = 28;
const IMAGE_PIXELS = IMAGE_SIZE * IMAGE_SIZE;
const EPS = 1e-5; // PyTorch's default
const GROUP = 10; // pictures at a time, between two slices

/** @typedef {import("./engine.js").TrainingEngine} TrainingEngine */

/** Weight (outputs, inputs, size, size) and bias of a convolution with the batch normalization behind it. */
function folded(convolution, norm, outputs, inputs, size) {
  const weight = convolution.take("weight", [outputs, inputs, size, size]);
  const { gain, shift } = batchNormalization(norm, outputs, EPS);
  const row = inputs * size * size;
  return { weight: weight.map((value, i) => value * gain[Math.floor(i / row)]), bias: shift };
}

/** Two 3x3 convolutions beside a 1x1 convolution as shortcut. */
class ResidualBlock {
  constructor(scope, inputs, outputs, stride) {
    this.engine = scope.engine;
    this.stride = stride;
    const [layers, shortcut] = [scope.under("layers"), scope.under("shortcut")];
    const convolution = (first, from) => {
      const { weight, bias } = folded(layers.under(`${first}`), layers.under(`${first + 1}`), outputs, from, 3);
      return this.engine.packConvolution(weight, bias, outputs, from);
    };
    this.first = convolution(0, inputs);
    this.second = convolution(3, outputs);
    const { weight, bias } = folded(shortcut.under("0"), shortcut.under("1"), outputs, inputs, 1);
    this.shortcut = this.engine.packLinear(weight, bias, outputs, inputs);
  }

  /** x and the result are before their ReLU. */
  forward(x) {
    const { engine } = this;
    const kept = (map) => (this.stride === 2 ? engine.everySecond(map) : map);
    const y = engine.linear(engine.leakyRelu(kept(x), 0), this.shortcut);
    return engine.convolve(kept(engine.convolve(x, this.first, { slope: 0 })), this.second, { slope: 0, addTo: y });
  }
}

export class Judge {
  #engine;
  #first;
  #blocks;
  #head;

  /**
   * @param {TrainingEngine} engine an instance for this judge alone
   * @param {Map<string, import("../safetensors.js").Entry>} tensors those of classifier.safetensors
   * @throws {Error} in one line, where they are no ResidualClassifier's
   */
  constructor(engine, tensors) {
    const width = tensors.get("body.0.weight")?.shape[0];
    this.classes = tensors.get("head.1.weight")?.shape[0];
    const scope = new Scope(engine, new Map(tensors));
    const body = scope.under("body");
    this.#engine = engine;
    const { weight, bias } = folded(body.under("0"), body.under("1"), width, 1, 3);
    this.#first = engine.packConvolution(padTo(weight, [width, 1], [width, 4], 9), bias, width, 4);
    this.#blocks = [
      new ResidualBlock(body.under("3"), width, 2 * width, 2),
      new ResidualBlock(body.under("4"), 2 * width, 2 * width, 1),
      new ResidualBlock(body.under("5"), 2 * width, 4 * width, 2),
    ];
    const [head, features] = [scope.under("head.1"), 4 * width];
    const [weights, biases] = [head.take("weight", [this.classes, features]), head.take("bias", [this.classes])];
    this.#head = engine.packLinear(weights, biases, this.classes, features);
  }

  /** Logits (N, classes). @param {Uint8Array} pictures grey levels (N * 784) @returns {Float32Array} */
  #logits(pictures) {
    const engine = this.#engine;
    const count = pictures.length / IMAGE_PIXELS;
    return engine.scope(() => {
      const channels = new Float32Array(pictures.length * 4);
      pictures.forEach((level, i) => (channels[4 * i] = level / 127.5 - 1));
      let x = engine.convolve(engine.from(channels, [count, IMAGE_SIZE, IMAGE_SIZE, 4]), this.#first);
      for (const block of this.#blocks) x = block.forward(x);
      const pixels = x.shape[1] * x.shape[2];
      const features = engine.sumRows(engine.leakyRelu(x, 0), count);
      const factors = engine.from(new Float32Array(count).fill(1 / pixels), [count]);
      engine.scaleRows({ ...features, shape: [count, x.shape[3]] }, factors);
      return engine.view(engine.linear({ ...features, shape: [count, x.shape[3]] }, this.#head)).slice();
    });
  }

  /**
   * The class of each picture, in slices of some milliseconds.
   * @param {Uint8Array} pictures grey levels (N * 784) @returns {Generator<void, Uint8Array>}
   */
  *slices(pictures) {
    const named = new Uint8Array(pictures.length / IMAGE_PIXELS);
    for (let first = 0; first < named.length; first += GROUP) {
      const logits = this.#logits(pictures.subarray(first * IMAGE_PIXELS, (first + GROUP) * IMAGE_PIXELS));
      for (let i = 0; i * this.classes < logits.length; i++) {
        const row = logits.subarray(i * this.classes, (i + 1) * this.classes);
        named[first + i] = row.indexOf(Math.max(...row));
      }
      yield;
    }
    return named;
  }
}
