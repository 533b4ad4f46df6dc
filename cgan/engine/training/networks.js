// The report's pair of networks while it is trained, with any widths: the twin of cgan/models' MLP pair.
//
// Both passes are generator functions: they yield after each product, so that a worker can answer messages in between.
// Tensors that they make belong to the step (TrainingEngine.sliced).

import { LEAKY_SLOPE } from "../layers.js";
import { isPaired } from "./losses.js";
import { rowsOf } from "./engine.js";
import { TrainedBatchNorm, TrainedEmbedding, TrainedLinear } from "./layers.js";

/**
 * @typedef {import("../engine.js").Tensor} Tensor
 * @typedef {import("./layers.js").Part} Part
 * @typedef {import("./trainer.js").Settings} Settings
 */

export const IMAGE_PIXELS = 28 * 28;

/** What both networks have: named layers. */
class Network {
  constructor(engine) {
    this.engine = engine;
    /** By the name in a checkpoint. @type {Map<string, TrainedLinear | TrainedBatchNorm | TrainedEmbedding>} */
    this.named = new Map();
  }

  /**
   * @template {TrainedLinear | TrainedBatchNorm | TrainedEmbedding} T
   * @param {string} name @param {T} layer @returns {T}
   */
  add(name, layer) {
    this.named.set(name, layer);
    return layer;
  }

  /** The tensors of a checkpoint. @param {Part} part @returns {Map<string, import("./layers.js").Entry>} */
  tensors(part) {
    const of = ([name, layer]) => layer.entries(part).map(([own, entry]) => [`${name}.${own}`, entry]);
    return new Map([...this.named].flatMap(of));
  }
}

/** z and class in, image out. */
export class TrainedGenerator extends Network {
  #hidden = []; // { linear, norm }; norm is null in the first layer
  #batch; // what the backward pass needs of the forward one

  /** @param {import("./engine.js").TrainingEngine} engine @param {Settings} settings */
  constructor(engine, settings, classes, stream) {
    super(engine);
    const { latent_dim, label_dim, hidden, batchnorm, batchnorm_eps } = settings;
    this.embedding = this.add("embedding", new TrainedEmbedding(engine, classes, label_dim, stream, true));
    let [index, inputs] = [0, label_dim + latent_dim];
    const linear = (outputs) => this.add(`layers.${index++}`, new TrainedLinear(engine, inputs, outputs, stream, true));
    for (const [place, width] of hidden.entries()) {
      const layer = { linear: linear(width), norm: null };
      if (batchnorm && place > 0)
        layer.norm = this.add(`layers.${index++}`, new TrainedBatchNorm(engine, width, batchnorm_eps, true));
      index++; // the activation
      inputs = width;
      this.#hidden.push(layer);
    }
    this.output = linear(IMAGE_PIXELS);
    this.labelDim = label_dim;
  }

  /**
   * @param {Tensor} z (N, latent_dim) @param {Tensor} classes (N, classes)
   * @returns {Generator<void, Tensor>} images (N, 784)
   */
  *forward(z, classes) {
    const { engine } = this;
    const [first, passes] = [engine.concatenate(this.embedding.forward(classes), z), []];
    let x = first;
    for (const { linear, norm } of this.#hidden) {
      const before = linear.forward(x);
      yield;
      const forward = norm ? norm.forward(before) : { y: before };
      const y = engine.leakyRelu(forward.y, LEAKY_SLOPE);
      passes.push({ x, y, forward });
      x = y;
    }
    const images = engine.tanh(this.output.forward(x));
    yield;
    this.#batch = { classes, passes, images };
    return images;
  }

  /**
   * Adam by the gradient at the images that were made last, which is overwritten.
   * @param {Tensor} gradient (N, 784) @param {Tensor} adam constants
   */
  *update(gradient, adam) {
    const { engine } = this;
    const { classes, passes, images } = this.#batch;
    engine.tanhBackward(gradient, images);
    let dy = yield* this.#linear({ linear: this.output, norm: null }, passes.at(-1).y, gradient, adam);
    for (const [place, layer] of [...this.#hidden.entries()].reverse()) {
      const { x, y, forward } = passes[place];
      engine.leakyReluBackward(dy, y, LEAKY_SLOPE);
      layer.norm?.backwardAndUpdate(dy, forward, adam);
      dy = yield* this.#linear(layer, x, dy, adam, place === 0 ? this.labelDim : undefined); // z needs no gradient
    }
    this.embedding.update(classes, dy, adam);
  }

  /** A layer's gradient at its (first `count`) inputs, then Adam on the layer. */
  *#linear({ linear, norm }, x, dy, adam, count) {
    const dx = linear.backward(dy, 0, count);
    yield;
    linear.update(x, dy, adam, norm ? null : dy);
    yield;
    return dx;
  }

  /** What Adam does not average. @param {number} renewal 1 - the decay of the EMA */
  averageStatistics(renewal) {
    for (const { norm } of this.#hidden) norm?.averageStatistics(renewal);
  }

  /** Images (N, 784) by the running statistics. @param {Tensor} z @param {Tensor} classes @param {Part} part */
  draw(z, classes, part) {
    const { engine } = this;
    let x = engine.concatenate(this.embedding.forward(classes, part), z);
    for (const { linear, norm } of this.#hidden) {
      const y = linear.forward(x, part);
      x = engine.leakyRelu(norm ? norm.apply(y, part) : y, LEAKY_SLOPE);
    }
    return engine.tanh(this.output.forward(x, part));
  }
}

/**
 * Image and class in, score out. Each score depends on its own image alone, so the gradient of any loss is that of the
 * scores, row by row times the loss's derivative: one backward pass serves both networks' losses.
 */
export class TrainedDiscriminator extends Network {
  #layers = []; // the last one makes the score
  #dropout;
  #differencesOnly; // whether the loss is one of differences of scores
  #batch;

  /** @param {import("./engine.js").TrainingEngine} engine @param {Settings} settings */
  constructor(engine, settings, classes, stream) {
    super(engine);
    const { label_dim, hidden_d, dropout, loss } = settings;
    this.labelDim = label_dim;
    this.#dropout = dropout;
    this.#differencesOnly = isPaired(loss);
    this.embedding = this.add("embedding", new TrainedEmbedding(engine, classes, label_dim, stream, false));
    let [index, inputs] = [0, IMAGE_PIXELS + label_dim];
    for (const [place, width] of [...hidden_d, 1].entries()) {
      this.#layers.push(this.add(`layers.${index}`, new TrainedLinear(engine, inputs, width, stream, false)));
      index += place === 0 ? 2 : 3; // dropout (in all but the first) and activation lie between
      inputs = width;
    }
  }

  /**
   * @param {Tensor} images (N, 784) @param {Tensor} classes (N, classes)
   * @param {(mask: Float32Array, dropout: number) => void} fillMask called for each layer with dropout, in their order
   * @returns {Generator<void, Tensor>} scores (N, 1)
   */
  *forward(images, classes, fillMask) {
    const { engine } = this;
    const passes = [];
    let x = engine.concatenate(images, this.embedding.forward(classes));
    for (const [place, layer] of this.#layers.entries()) {
      let [y, mask] = [layer.forward(x), null];
      yield;
      if (place < this.#layers.length - 1) {
        if (place > 0 && this.#dropout > 0) {
          mask = engine.tensor(y.shape);
          fillMask(engine.view(mask), this.#dropout);
          engine.multiplyBy(y, mask);
        }
        y = engine.leakyRelu(y, LEAKY_SLOPE);
      }
      passes.push({ x, y, mask, dy: null });
      x = y;
    }
    this.#batch = { classes, passes };
    return x;
  }

  /** The gradient of each score, down to the first layer's result. @param {number} count of scores */
  *backward(count) {
    const { engine } = this;
    const { passes } = this.#batch;
    let dy = engine.from(new Float32Array(count).fill(1), [count, 1]);
    for (let place = passes.length - 1; place >= 0; place--) {
      const pass = passes[place];
      if (place < passes.length - 1) {
        engine.leakyReluBackward(dy, pass.y, LEAKY_SLOPE);
        if (pass.mask) engine.multiplyBy(dy, pass.mask);
      }
      pass.dy = dy;
      if (place > 0) {
        dy = this.#layers[place].backward(dy);
        yield;
      }
    }
  }

  /** After backward: the gradients of `count` scores, from `first` on, at their images (count, 784). */
  imageGradients(first, count) {
    return this.#layers[0].backward(rowsOf(this.#batch.passes[0].dy, first, count), 0, IMAGE_PIXELS);
  }

  /**
   * After backward, before update: add the gradient penalties to D's loss. They are the sum of `weight` / 2 |g|^2 over
   * all images, where g is the gradient of a score at its image: R1 and R2 (Mescheder et al. 2018, arXiv:1801.04406).
   *
   * The activations are piecewise linear. While no slope changes, g is a product of the weights and the slopes, so that
   * the penalty's gradient at the weight of a layer is dy^T u. In the first layer u is `weight` g, with zeros for the
   * label; the other layers get what the layers before them make of it, without biases and with the slopes and masks of
   * the forward pass. Rows of u and dy go below those of x and dy, and `update` sums over all of them. Biases and the
   * embedding get nothing, because g does not depend on them.
   * @param {number} weight of one image
   */
  *penalize(weight) {
    const { engine } = this;
    const { passes } = this.#batch;
    const rows = passes[0].x.shape[0];
    const gradients = this.imageGradients(0, rows);
    yield;
    engine.scaleRows(gradients, engine.from(new Float32Array(rows).fill(weight), [rows]));
    const ofLabels = [rows, this.labelDim];
    let u = engine.concatenate(gradients, engine.from(new Float32Array(rows * this.labelDim), ofLabels));
    for (const [place, pass] of passes.entries()) {
      pass.x = engine.stack(pass.x, u);
      pass.dy = engine.stack(pass.dy, pass.dy);
      if (place === passes.length - 1) return;
      u = this.#layers[place].forward(u, "value", null);
      yield;
      if (pass.mask) engine.multiplyBy(u, pass.mask);
      engine.leakyReluBackward(u, pass.y, LEAKY_SLOPE);
    }
  }

  /**
   * After backward: Adam.
   * @param {Tensor} factors the loss's derivatives at the scores (N) @param {Tensor} adam constants
   */
  *update(factors, adam) {
    const { engine } = this;
    const { classes, passes } = this.#batch;
    const ofLoss = passes.map(({ dy }) => rowsOf(dy, 0, classes.shape[0])); // without those of the penalties
    for (const dy of ofLoss) engine.scaleRows(dy, factors);
    const ofLabels = this.#layers[0].backward(ofLoss[0], IMAGE_PIXELS, this.labelDim);
    for (const [place, { x, dy }] of passes.entries()) {
      const isScore = place === passes.length - 1;
      this.#layers[place].update(x, dy, adam, isScore && this.#differencesOnly ? null : ofLoss[place]);
      yield;
    }
    this.embedding.update(classes, ofLabels, adam);
  }
}
