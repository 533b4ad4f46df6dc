// The generators of cgan/models on the engine: each class has its name there, and its lines in that order.
//
// One thing differs. Where Python writes x + layer(activation(norm(y, classes))), the engine's convolution takes the
// normalization (as gain and shift), the activation and the sum with it, which saves three passes over the memory.

import { FilmGenerator } from "./film.js";
import {
  BatchNorm1d,
  ClassEmbedding,
  Convolution,
  Convolution1x1,
  ConvolutionToOne,
  LeakyReLU,
  Linear,
  LinearToMap,
  padChannels,
  padTo,
  runningStatistics,
  Scope,
  Tanh,
} from "./layers.js";

const IMAGE_PIXELS = 28 * 28;
const BATCHNORM_EPS = 1e-5; // torch's default

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

/**
 * Batch normalization with a gain and a bias for each class. All of it is linear in the class weights, so the running
 * statistics are multiplied into both embeddings once, and a picture's modulation is two products.
 */
class ClassBatchNorm {
  constructor(scope, classes, channels) {
    this.engine = scope.engine;
    const { gain, shift } = runningStatistics(scope.under("norm"), channels, BATCHNORM_EPS);
    const [gains, biases] = ["gain.weight", "bias.weight"].map((name) => scope.take(name, [classes, channels]));
    const padded = (values) => {
      const shape = [classes, padChannels(channels)];
      return this.engine.from(padTo(values, [classes, channels], shape), shape);
    };
    this.gain = padded(gains.map((value, i) => value * gain[i % channels]));
    this.bias = padded(biases.map((value, i) => value + gains[i] * shift[i % channels]));
  }

  /** The normalization for each picture's class weights. */
  modulation(classes) {
    return { gain: this.engine.multiply(classes, this.gain), shift: this.engine.multiply(classes, this.bias) };
  }
}

/** In the place of a normalization by class: nothing. */
class NoNorm {
  modulation() {
    return undefined;
  }
}

const NORMALIZATIONS = { "none": NoNorm, "class-batch": ClassBatchNorm };

/** Two convolutions beside an identity. */
class ResidualBlock {
  constructor(scope, classes, channels, normalization) {
    this.engine = scope.engine;
    if (!Object.hasOwn(NORMALIZATIONS, normalization))
      throw new Error(`normalization is ${normalization}; allowed: ${Object.keys(NORMALIZATIONS)}`);
    const Norm = NORMALIZATIONS[normalization];
    this.norms = [0, 1].map((i) => new Norm(scope.under(`norms.${i}`), classes, channels));
    this.convolutions = [0, 1].map((i) => new Convolution(scope.under(`convolutions.${i}`), channels, channels));
  }

  /** Overwrites x with the result. */
  forward(x, classes) {
    this.engine.scope(() => {
      const y = this.convolutions[0].forward(x, { modulation: this.norms[0].modulation(classes) });
      this.convolutions[1].forward(y, { modulation: this.norms[1].modulation(classes), addTo: x });
    });
    return x;
  }
}

/** z and class in, image out: residual blocks at 7x7 and 14x14, then two convolutions at 28x28. */
class ConvGenerator {
  /** width: channels at 7x7; half of them at 14x14, a quarter at 28x28. */
  constructor(scope, classes, { latent_dim, label_dim, width, normalization }) {
    this.engine = scope.engine;
    this.latentDim = latent_dim;
    const [half, quarter] = [Math.floor(width / 2), Math.floor(width / 4)];
    const block = (name, channels) => new ResidualBlock(scope.under(name), classes, channels, normalization);

    this.embedding = new ClassEmbedding(scope.under("embedding"), classes, label_dim);
    this.input = new LinearToMap(scope.under("input"), label_dim + latent_dim, width, 7);
    this.blocks7 = [0, 1].map((i) => block(`blocks7.${i}`, width));
    this.to14 = new Convolution1x1(scope.under("to14"), width, half);
    this.blocks14 = [block("blocks14.0", half)];
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

const ARCHITECTURES = { mlp: MLPGenerator, conv: ConvGenerator, film: FilmGenerator };

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
