// The generators of cgan/networks.py on the engine: each class has its name there, and its lines in that order.
//
// Two things differ. Channels come last and are padded with zeros to a multiple of 4. And where Python writes
// x + layer(activation(norm(y, classes))), the engine's convolution takes the normalization, the activation and the
// sum with it, which saves three passes over the memory.

import { elements, roundUp } from "./engine.js";

const IMAGE_PIXELS = 28 * 28;
const LEAKY_SLOPE = 0.2;
const BATCHNORM_EPS = 1e-5; // torch's default

/** Pictures drawn at a time: more are no faster, and take memory. */
const GROUP = 16;

const padChannels = (count) => roundUp(count, 4);

/** Where a layer finds its weights: the engine, and the tensors of a checkpoint whose names start with `prefix`. */
class Scope {
  #tensors;

  /** @param {import("./engine.js").Engine} engine @param {Map<string, import("./safetensors.js").Entry>} tensors */
  constructor(engine, tensors, prefix = "") {
    this.engine = engine;
    this.prefix = prefix;
    this.#tensors = tensors;
  }

  /** @param {string} name */
  under(name) {
    return new Scope(this.engine, this.#tensors, `${this.prefix}${name}.`);
  }

  /** The values of a tensor of that shape, which is then used up. @param {string} name @param {number[]} shape */
  take(name, shape) {
    const found = this.#tensors.get(this.prefix + name);
    if (`${found?.shape}` !== `${shape}`)
      throw new Error(`${this.prefix}${name} is (${found?.shape ?? "missing"}), config.json asks for (${shape})`);
    this.#tensors.delete(this.prefix + name);
    return found.values;
  }
}

class Linear {
  constructor(scope, inputs, outputs) {
    this.engine = scope.engine;
    const [weight, bias] = [scope.take("weight", [outputs, inputs]), scope.take("bias", [outputs])];
    this.packed = this.engine.packLinear(weight, bias, outputs, inputs);
  }

  forward(x) {
    return this.engine.linear(x, this.packed);
  }
}

/** One vector a class; class weights (N, classes) in, their mixed vectors (N, dim) out. */
class ClassEmbedding {
  constructor(scope, classes, dim) {
    this.engine = scope.engine;
    this.weight = this.engine.from(scope.take("weight", [classes, dim]), [classes, dim]);
  }

  forward(classes) {
    return this.engine.multiply(classes, this.weight);
  }
}

/** Gain and shift that do the same as batch normalization with these running statistics does before its own affine. */
function running(scope, channels, eps) {
  const [mean, variance] = ["running_mean", "running_var"].map((name) => scope.take(name, [channels]));
  scope.take("num_batches_tracked", []);
  const gain = Array.from(variance, (value) => 1 / Math.sqrt(value + eps));
  return { gain, shift: gain.map((value, c) => -mean[c] * value) };
}

class BatchNorm1d {
  constructor(scope, channels, eps) {
    this.engine = scope.engine;
    const [weight, bias] = ["weight", "bias"].map((name) => scope.take(name, [channels]));
    const { gain, shift } = running(scope, channels, eps);
    this.modulation = {
      gain: this.engine.from(gain.map((value, c) => value * weight[c]), [channels]),
      shift: this.engine.from(shift.map((value, c) => value * weight[c] + bias[c]), [channels]),
    };
  }

  forward(x) {
    return this.engine.scaleShift(x, this.modulation);
  }
}

/** The report's generator. */
class MLPGenerator {
  constructor(scope, classes, { latent_dim, label_dim, batchnorm_eps }) {
    this.engine = scope.engine;
    this.latentDim = latent_dim;

    const layer = (index) => scope.under(`layers.${index}`);
    const block = (first, inputs, outputs) => [
      new Linear(layer(first), inputs, outputs),
      new BatchNorm1d(layer(first + 1), outputs, batchnorm_eps),
      new LeakyReLU(this.engine),
    ];

    this.embedding = new ClassEmbedding(scope.under("embedding"), classes, label_dim);
    this.layers = [
      new Linear(layer(0), label_dim + latent_dim, 128),
      new LeakyReLU(this.engine),
      ...block(2, 128, 256),
      ...block(5, 256, 512),
      ...block(8, 512, 1024),
      new Linear(layer(11), 1024, IMAGE_PIXELS),
      new Tanh(this.engine),
    ];
  }

  /** z (N, latent_dim) and class weights (N, classes) to pixels (N, 784) in [-1, 1]. */
  forward(z, classes) {
    let x = this.engine.concatenate(this.embedding.forward(classes), z);
    for (const layer of this.layers) x = layer.forward(x);
    return x;
  }
}

class LeakyReLU {
  constructor(engine) {
    this.engine = engine;
  }

  forward(x) {
    return this.engine.leakyRelu(x, LEAKY_SLOPE);
  }
}

class Tanh {
  constructor(engine) {
    this.engine = engine;
  }

  forward(x) {
    return this.engine.tanh(x);
  }
}

/** (rows, columns, block) with zero rows and columns behind, (moreRows, moreColumns, block). */
function padded(values, [rows, columns], [moreRows, moreColumns], block = 1) {
  const result = new Float32Array(moreRows * moreColumns * block);
  for (let row = 0; row < rows; row++)
    result.set(values.subarray(row * columns * block, (row + 1) * columns * block), row * moreColumns * block);
  return result;
}

/** Weight and bias of a convolution, padded, and how many channels they have then. */
function paddedConvolution(scope, inputs, outputs, size) {
  const [moreInputs, moreOutputs] = [padChannels(inputs), padChannels(outputs)];
  const weight = scope.take("weight", [outputs, inputs, size, size]);
  return {
    weight: padded(weight, [outputs, inputs], [moreOutputs, moreInputs], size * size),
    bias: padded(scope.take("bias", [outputs]), [outputs, 1], [moreOutputs, 1]),
    channels: [moreOutputs, moreInputs],
  };
}

class Convolution {
  constructor(scope, inputs, outputs) {
    this.engine = scope.engine;
    const { weight, bias, channels } = paddedConvolution(scope, inputs, outputs, 3);
    this.packed = this.engine.packConvolution(weight, bias, ...channels);
  }

  /** Of activation(x), or of activation(x gain + shift); added to `addTo`, where it is given. */
  forward(x, { modulation, addTo } = {}) {
    return this.engine.convolve(x, this.packed, { modulation, addTo, slope: LEAKY_SLOPE });
  }
}

class Convolution1x1 {
  constructor(scope, inputs, outputs) {
    this.engine = scope.engine;
    const { weight, bias, channels } = paddedConvolution(scope, inputs, outputs, 1);
    this.packed = this.engine.packLinear(weight, bias, ...channels);
  }

  forward(x) {
    return this.engine.linear(x, this.packed);
  }
}

/** A 3x3 convolution of activation(x) to one channel. */
class ConvolutionToOne {
  constructor(scope, inputs) {
    this.engine = scope.engine;
    const { weight, bias, channels } = paddedConvolution(scope, inputs, 1, 3);
    const reordered = new Float32Array(9 * channels[1]);
    reordered.forEach((_, i) => (reordered[i] = weight[(i % channels[1]) * 9 + Math.floor(i / channels[1])]));
    this.packed = { weight: this.engine.from(reordered, [3, 3, channels[1]]), bias: bias[0] };
  }

  forward(x) {
    return this.engine.convolveToOne(x, this.packed, { slope: LEAKY_SLOPE });
  }
}

/**
 * Batch normalization with a gain and a bias for each class. All of it is linear in the class weights, so the running
 * statistics are multiplied into both embeddings once, and a picture's modulation is two products.
 */
class ClassBatchNorm {
  constructor(scope, classes, channels) {
    this.engine = scope.engine;
    const { gain, shift } = running(scope.under("norm"), channels, BATCHNORM_EPS);
    const [gains, biases] = ["gain.weight", "bias.weight"].map((name) => scope.take(name, [classes, channels]));
    const folded = [
      gains.map((value, i) => value * gain[i % channels]),
      biases.map((value, i) => value + gains[i] * shift[i % channels]),
    ];
    const more = [classes, padChannels(channels)];
    [this.gain, this.shift] = folded.map((values) => this.engine.from(padded(values, [classes, channels], more), more));
  }

  /** The normalization for each picture's class weights. */
  modulation(classes) {
    return { gain: this.engine.multiply(classes, this.gain), shift: this.engine.multiply(classes, this.shift) };
  }
}

class NoNorm {
  modulation() {
    return undefined;
  }
}

const NORMALIZATIONS = { none: NoNorm, "class-batch": ClassBatchNorm };

class ResidualBlock {
  constructor(scope, classes, channels, normalization) {
    this.engine = scope.engine;
    const Norm = NORMALIZATIONS[normalization];
    if (!Norm) throw new Error(`normalization is ${normalization}; allowed: ${Object.keys(NORMALIZATIONS)}`);
    this.norms = [0, 1].map((i) => new Norm(scope.under(`norms.${i}`), classes, channels));
    this.convolutions = [0, 1].map((i) => new Convolution(scope.under(`convolutions.${i}`), channels, channels));
  }

  /** x becomes the result: the second convolution is added to it in its place. */
  forward(x, classes) {
    this.engine.scope(() => {
      const y = this.convolutions[0].forward(x, { modulation: this.norms[0].modulation(classes) });
      this.convolutions[1].forward(y, { modulation: this.norms[1].modulation(classes), addTo: x });
    });
    return x;
  }
}

class ConvGenerator {
  /** width: channels at 7x7; half of them at 14x14, a quarter at 28x28. */
  constructor(scope, classes, { latent_dim, label_dim, width, normalization }) {
    this.engine = scope.engine;
    this.latentDim = latent_dim;
    const [half, quarter] = [Math.floor(width / 2), Math.floor(width / 4)];
    const blocks = (name, count, channels) =>
      Array.from({ length: count }, (_, i) => new ResidualBlock(scope.under(`${name}.${i}`), classes, channels, normalization));

    this.embedding = new ClassEmbedding(scope.under("embedding"), classes, label_dim);
    this.input = new LinearToMap(scope.under("input"), latent_dim + label_dim, width, 7);
    this.blocks7 = blocks("blocks7", 2, width);
    this.to14 = new Convolution1x1(scope.under("to14"), width, half);
    this.blocks14 = blocks("blocks14", 1, half);
    this.to28 = new Convolution1x1(scope.under("to28"), half, quarter);
    this.hidden = new Convolution(scope.under("hidden"), quarter, quarter);
    this.output = new ConvolutionToOne(scope.under("output"), quarter);
  }

  /** z (N, latent_dim) and class weights (N, classes) to pixels (N, 28, 28) in [-1, 1]. */
  forward(z, classes) {
    let x = this.input.forward(this.engine.concatenate(this.embedding.forward(classes), z));
    for (const block of this.blocks7) x = block.forward(x, classes);
    x = this.engine.upsample(this.to14.forward(x));
    for (const block of this.blocks14) x = block.forward(x, classes);
    x = this.engine.upsample(this.to28.forward(x));
    x = this.output.forward(this.hidden.forward(x));
    return this.engine.clamp(x, -1, 1);
  }
}

/** A linear layer and its unflatten(1, (channels, size, size)), channels last: the rows of its weight are reordered. */
class LinearToMap {
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

const ARCHITECTURES = { mlp: MLPGenerator, conv: ConvGenerator };

/** A generator that is ready to draw. */
export class Generator {
  #network;

  /**
   * @param {import("./engine.js").Engine} engine an instance for this generator alone
   * @param {{ arch: string, generator: object }} config the content of config.json
   * @param {Map<string, import("./safetensors.js").Entry>} tensors those of model.safetensors
   * @throws {Error} in one line, where the two do not fit each other
   */
  constructor(engine, { arch, generator }, tensors) {
    if (!Object.hasOwn(ARCHITECTURES, arch)) throw new Error(`arch is ${arch}; allowed: ${Object.keys(ARCHITECTURES)}`);
    const left = new Map(tensors);
    this.engine = engine;
    this.classes = tensors.get("embedding.weight")?.shape[0];
    this.#network = new ARCHITECTURES[arch](new Scope(engine, left), this.classes, generator);
    this.latentDim = this.#network.latentDim;
    const [unknown] = left.keys();
    if (unknown) throw new Error(`${unknown} is in model.safetensors, but in no network that config.json asks for`);
  }

  /**
   * Draw `count` pictures.
   * @param {number} count
   * @param {Float32Array} z (count, latentDim)
   * @param {Float32Array} classWeights (count, classes): one-hot is a class, anything else a mixture
   * @returns {Uint8Array} grey levels (count, 28, 28)
   */
  draw(count, z, classWeights) {
    const { engine, latentDim, classes } = this;
    if (z.length !== count * latentDim) throw new Error(`z: ${z.length} numbers given, not ${count} x ${latentDim}`);
    if (classWeights.length !== count * classes)
      throw new Error(`class weights: ${classWeights.length} numbers given, not ${count} x ${classes}`);
    const pictures = new Uint8Array(count * IMAGE_PIXELS);
    for (let first = 0; first < count; first += GROUP) {
      const end = Math.min(first + GROUP, count);
      const part = (values, columns) =>
        engine.from(values.subarray(first * columns, end * columns), [end - first, columns]);
      engine.scope(() => {
        const pixels = this.#network.forward(part(z, latentDim), part(classWeights, classes));
        pictures.set(engine.toUint8(pixels), first * IMAGE_PIXELS);
      });
    }
    return pictures;
  }
}
