// The generators of cgan/models on the engine: each class has its name there, and its lines in that order.
//
// One thing differs. Where Python writes x + layer(activation(y scale + shift)), the engine's convolution takes the
// modulation, the activation and the sum with it, which saves three passes over the memory.

import {
  BatchNorm1d,
  ClassEmbedding,
  Convolution,
  Convolution1x1,
  ConvolutionToOne,
  LEAKY_SLOPE,
  LeakyReLU,
  Linear,
  LinearToMap,
  padChannels,
  padTo,
  Scope,
  Tanh,
} from "./layers.js";

const IMAGE_PIXELS = 28 * 28;
const BLOCKS = [1, 2, 2]; // of the convolutional generator at 7x7, 14x14 and 28x28
const MAPPED_DIM = 256; // length of the hidden layer from which their modulation is computed

/** Pictures drawn at a time: more are no faster, and take memory. */
const GROUP = 16;

/** The report's generator: z and class in, image out. One that was trained in the page may have other layers. */
class MLPGenerator {
  constructor(scope, classes, settings) {
    this.engine = scope.engine;
    const { latent_dim, label_dim, batchnorm_eps, hidden = [128, 256, 512, 1024], batchnorm = true } = settings;
    this.latentDim = latent_dim;
    this.embedding = new ClassEmbedding(scope.under("embedding"), classes, label_dim);
    this.layers = [];
    let inputs = label_dim + latent_dim;
    const add = (Layer, ...sizes) => this.layers.push(new Layer(scope.under(`layers.${this.layers.length}`), ...sizes));
    for (const [place, width] of hidden.entries()) {
      add(Linear, inputs, width);
      if (batchnorm && place > 0) add(BatchNorm1d, width, batchnorm_eps);
      add(LeakyReLU);
      inputs = width;
    }
    add(Linear, inputs, IMAGE_PIXELS);
    add(Tanh);
  }

  /** z (N, latent_dim) and class weights (N, classes) to pixels (N, 784) in [-1, 1]. */
  forward(z, classes) {
    let x = this.engine.concatenate(this.embedding.forward(classes), z);
    for (const layer of this.layers) x = layer.forward(x);
    return x;
  }
}

/** Rows of a linear layer's weight and bias, packed with as many outputs as the engine has channels for them. */
function packRows(engine, weight, bias, first, count) {
  const part = (values, columns) => {
    const rows = values.subarray(first * columns, (first + count) * columns);
    return padTo(rows, [count, columns], [padChannels(count), columns]);
  };
  return engine.packLinear(part(weight, MAPPED_DIM), part(bias, 1), padChannels(count), MAPPED_DIM);
}

/** Computes the gains and shifts of all blocks from z and class. */
class Modulation {
  /** inputs: length of z and of a class's embedding together. channels: of each block. */
  constructor(scope, inputs, channels) {
    this.engine = scope.engine;
    this.mapping = new Linear(scope.under("mapping"), inputs, MAPPED_DIM);
    const total = channels.reduce((sum, count) => sum + count, 0);
    const heads = scope.under("heads");
    const weight = heads.take("weight", [2 * total, MAPPED_DIM]); // the rows of all gains, then those of all shifts
    const bias = heads.take("bias", [2 * total]).map((value, row) => (row < total ? value + 1 : value));
    const starts = channels.map((_, block) => channels.slice(0, block).reduce((sum, count) => sum + count, 0));
    this.layers = channels.map((count, block) => ({
      gain: packRows(this.engine, weight, bias, starts[block], count),
      shift: packRows(this.engine, weight, bias, total + starts[block], count),
    }));
  }

  /** (N, inputs) to a gain around 1 and a shift around 0, each (N, channels), for every block. */
  forward(zAndClass) {
    const hidden = this.engine.leakyRelu(this.mapping.forward(zAndClass), LEAKY_SLOPE);
    return this.layers.map(({ gain, shift }) => ({
      gain: this.engine.linear(hidden, gain),
      shift: this.engine.linear(hidden, shift),
    }));
  }
}

/** Two convolutions beside an identity, and a modulation between them. */
class ModulatedBlock {
  constructor(scope, channels) {
    this.engine = scope.engine;
    this.first = new Convolution(scope.under("first"), channels, channels);
    this.second = new Convolution(scope.under("second"), channels, channels);
  }

  /** Overwrites x with the result. */
  forward(x, modulation) {
    this.engine.scope(() => this.second.forward(this.first.forward(x), { modulation, addTo: x }));
    return x;
  }
}

/** z and class in, image out: modulated residual blocks at 7x7, 14x14 and 28x28. */
class ConvGenerator {
  /** width: channels at 7x7; half of them at 14x14, three eighths at 28x28. */
  constructor(scope, classes, { latent_dim, label_dim, width }) {
    this.engine = scope.engine;
    this.latentDim = latent_dim;
    const inputs = label_dim + latent_dim;
    const widths = [width, Math.floor(width / 2), Math.floor((3 * width) / 8)];
    const transition = (i) => new Convolution1x1(scope.under(`transitions.${i}`), widths[i], widths[i + 1]);
    const stage = (channels, i) =>
      Array.from({ length: BLOCKS[i] }, (_, j) => new ModulatedBlock(scope.under(`stages.${i}.${j}`), channels));

    this.embedding = new ClassEmbedding(scope.under("embedding"), classes, label_dim);
    this.input = new LinearToMap(scope.under("input"), inputs, width, 7);
    this.stages = widths.map(stage);
    this.transitions = [0, 1].map(transition);
    const channels = widths.flatMap((count, i) => Array(BLOCKS[i]).fill(count)); // of each block
    this.modulation = new Modulation(scope.under("modulation"), inputs, channels);
    this.output = new ConvolutionToOne(scope.under("output"), widths[2]);
  }

  /** z (N, latent_dim) and class weights (N, classes) to pixels (N, 28, 28) in [-1, 1]. */
  forward(z, classes) {
    const zAndClass = this.engine.concatenate(this.embedding.forward(classes), z);
    const modulations = this.modulation.forward(zAndClass);
    let x = this.input.forward(zAndClass);
    for (const [i, stage] of this.stages.entries()) {
      if (i > 0) x = this.engine.upsample(this.transitions[i - 1].forward(x));
      for (const block of stage) x = block.forward(x, modulations.shift());
    }
    return this.engine.clamp(this.output.forward(x), -1, 1);
  }
}

const ARCHITECTURES = { mlp: MLPGenerator, conv: ConvGenerator };

/** A checkpoint's generator, ready to draw. */
export class Generator {
  #engine;
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
    this.classes = tensors.get("embedding.weight")?.shape[0];
    this.#engine = engine;
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
    const { latentDim, classes } = this;
    if (z.length !== count * latentDim) throw new Error(`z: ${z.length} numbers given, not ${count} x ${latentDim}`);
    if (classWeights.length !== count * classes)
      throw new Error(`class weights: ${classWeights.length} numbers given, not ${count} x ${classes}`);
    const pictures = new Uint8Array(count * IMAGE_PIXELS);
    for (let first = 0; first < count; first += GROUP) {
      const end = Math.min(first + GROUP, count);
      const rows = (values, columns) =>
        this.#engine.from(values.subarray(first * columns, end * columns), [end - first, columns]);
      this.#engine.scope(() => {
        const pixels = this.#network.forward(rows(z, latentDim), rows(classWeights, classes));
        pictures.set(this.#engine.toUint8(pixels), first * IMAGE_PIXELS);
      });
    }
    return pictures;
  }
}
