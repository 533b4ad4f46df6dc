// torch's layers on the engine, each made from the tensors of its name in a checkpoint.
//
// Feature maps have their channels last, padded with zeros to a multiple of 4: weights get rows and columns of zeros.

import { elements, roundUp } from "./engine.js";

export const LEAKY_SLOPE = 0.2;

/** How many channels the engine takes for so many. @param {number} count */
export const padChannels = (count) => roundUp(count, 4);

/** Where a layer finds its weights: the engine, and the tensors of a checkpoint whose names start with `prefix`. */
export class Scope {
  #tensors;
  #prefix;

  /** @param {import("./engine.js").Engine} engine @param {Map<string, import("./safetensors.js").Entry>} tensors */
  constructor(engine, tensors, prefix = "") {
    this.engine = engine;
    this.#tensors = tensors;
    this.#prefix = prefix;
  }

  /** The scope of a part of the network. @param {string} name */
  under(name) {
    return new Scope(this.engine, this.#tensors, `${this.#prefix}${name}.`);
  }

  /** The values of a tensor of that shape, which is removed from the checkpoint's. @param {number[]} shape */
  take(name, shape) {
    const found = this.#tensors.get(this.#prefix + name);
    if (`${found?.shape}` !== `${shape}`)
      throw new Error(`${this.#prefix}${name} is (${found?.shape ?? "missing"}), config.json asks for (${shape})`);
    this.#tensors.delete(this.#prefix + name);
    return found.values;
  }
}

/** One vector a class; class weights (N, classes) in, their mixed vectors (N, dim) out. */
export class ClassEmbedding {
  constructor(scope, classes, dim) {
    this.engine = scope.engine;
    this.weight = this.engine.from(scope.take("weight", [classes, dim]), [classes, dim]);
  }

  forward(classes) {
    return this.engine.multiply(classes, this.weight);
  }
}

export class Linear {
  constructor(scope, inputs, outputs) {
    this.engine = scope.engine;
    const [weight, bias] = [scope.take("weight", [outputs, inputs]), scope.take("bias", [outputs])];
    this.packed = this.engine.packLinear(weight, bias, outputs, inputs);
  }

  forward(x) {
    return this.engine.linear(x, this.packed);
  }
}

/** A linear layer and its unflatten(1, (channels, size, size)), channels last: the rows of its weight are reordered. */
export class LinearToMap {
  constructor(scope, inputs, channels, size) {
    this.engine = scope.engine;
    this.shape = [size, size, padChannels(channels)];
    const [rows, pixels] = [elements(this.shape), size * size];
    const [weight, bias] = [scope.take("weight", [channels * pixels, inputs]), scope.take("bias", [channels * pixels])];
    const [reordered, biases] = [new Float32Array(rows * inputs), new Float32Array(rows)];
    for (let c = 0; c < channels; c++)
      for (let pixel = 0; pixel < pixels; pixel++) {
        const [from, to] = [c * pixels + pixel, pixel * this.shape[2] + c];
        reordered.set(weight.subarray(from * inputs, (from + 1) * inputs), to * inputs);
        biases[to] = bias[from];
      }
    this.packed = this.engine.packLinear(reordered, biases, rows, inputs);
  }

  forward(x) {
    const { offset } = this.engine.linear(x, this.packed);
    return { offset, shape: [x.shape[0], ...this.shape] };
  }
}

export class LeakyReLU {
  constructor(scope) {
    this.engine = scope.engine;
  }

  forward(x) {
    return this.engine.leakyRelu(x, LEAKY_SLOPE);
  }
}

export class Tanh {
  constructor(scope) {
    this.engine = scope.engine;
  }

  forward(x) {
    return this.engine.tanh(x);
  }
}

/** The gain and the shift of each channel that batch normalization comes to with its running statistics. */
export function batchNormalization(scope, channels, eps) {
  const names = ["weight", "bias", "running_mean", "running_var"];
  const [weight, bias, mean, variance] = names.map((name) => scope.take(name, [channels]));
  scope.take("num_batches_tracked", []);
  const gain = weight.map((value, c) => value / Math.sqrt(variance[c] + eps));
  return { gain, shift: bias.map((value, c) => value - mean[c] * gain[c]) };
}

export class BatchNorm1d {
  constructor(scope, channels, eps) {
    this.engine = scope.engine;
    const { gain, shift } = batchNormalization(scope, channels, eps);
    this.modulation = { gain: this.engine.from(gain, [channels]), shift: this.engine.from(shift, [channels]) };
  }

  forward(x) {
    return this.engine.scaleShift(x, this.modulation);
  }
}

/**
 * (rows, columns, block) with zeros behind its rows and columns, (moreRows, moreColumns, block).
 * @param {Float32Array} values @param {number[]} size @param {number[]} padded
 */
export function padTo(values, [rows, columns], [moreRows, moreColumns], block = 1) {
  const result = new Float32Array(moreRows * moreColumns * block);
  for (let row = 0; row < rows; row++)
    result.set(values.subarray(row * columns * block, (row + 1) * columns * block), row * moreColumns * block);
  return result;
}

/** Weight and bias of a convolution, padded, and how many outputs and inputs they have then. */
function paddedConvolution(scope, inputs, outputs, size, hasBias = true) {
  const channels = [padChannels(outputs), padChannels(inputs)];
  const weight = scope.take("weight", [outputs, inputs, size, size]);
  const bias = hasBias ? scope.take("bias", [outputs]) : new Float32Array(outputs);
  return {
    weight: padTo(weight, [outputs, inputs], channels, size * size),
    bias: padTo(bias, [outputs, 1], [channels[0], 1]),
    channels,
  };
}

/** A 3x3 convolution without bias of activation(x), or of activation(x gain + shift); added to `addTo`, if given. */
export class Convolution {
  constructor(scope, inputs, outputs) {
    this.engine = scope.engine;
    const { weight, bias, channels } = paddedConvolution(scope, inputs, outputs, 3, false);
    this.packed = this.engine.packConvolution(weight, bias, channels[0], channels[1]);
  }

  /** @param {{ modulation?: import("./engine.js").Modulation, addTo?: import("./engine.js").Tensor }} options */
  forward(x, options = {}) {
    return this.engine.convolve(x, this.packed, { ...options, slope: LEAKY_SLOPE });
  }
}

/** A 3x3 convolution of activation(x) to one channel. */
export class ConvolutionToOne {
  constructor(scope, inputs) {
    this.engine = scope.engine;
    const { weight, bias, channels } = paddedConvolution(scope, inputs, 1, 3);
    const channelsLast = weight.slice(0, 9 * channels[1]);
    channelsLast.forEach((_, i) => (channelsLast[i] = weight[(i % channels[1]) * 9 + Math.floor(i / channels[1])]));
    this.packed = { weight: this.engine.from(channelsLast, [3, 3, channels[1]]), bias: bias[0] };
  }

  forward(x) {
    return this.engine.convolveToOne(x, this.packed, { slope: LEAKY_SLOPE });
  }
}

export class Convolution1x1 {
  constructor(scope, inputs, outputs) {
    this.engine = scope.engine;
    const { weight, bias, channels } = paddedConvolution(scope, inputs, outputs, 1);
    this.packed = this.engine.packLinear(weight, bias, channels[0], channels[1]);
  }

  forward(x) {
    return this.engine.linear(x, this.packed);
  }
}
