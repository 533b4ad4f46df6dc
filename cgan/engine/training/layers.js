// torch's layers while they are trained: forward with a batch's own statistics, backward, and Adam.
//
// A layer keeps nothing of a batch: what its backward pass needs is given to it again. `part` chooses the trained
// weights ("value") or their moving average ("average").

import { roundUp } from "../engine.js";
import { offsets, padded } from "./engine.js";

/**
 * @typedef {import("../engine.js").Tensor} Tensor
 * @typedef {import("./engine.js").TrainingEngine} TrainingEngine
 * @typedef {import("./random.js").RandomStream} RandomStream
 * @typedef {"value" | "average"} Part
 *
 * @typedef {{ shape: number[], values: Float32Array | BigInt64Array }} Entry  a tensor of a checkpoint
 */

const PANEL = 8; // columns
const MOMENTUM = 0.1; // PyTorch's default: the share of a batch in the running statistics

export class TrainedLinear {
  /**
   * First weights as PyTorch draws them: uniform, up to 1 / sqrt(inputs) each way.
   * @param {TrainingEngine} engine @param {RandomStream} stream @param {boolean} averaged whether it has an EMA
   */
  constructor(engine, inputs, outputs, stream, averaged) {
    const drawn = (count) => stream.symmetric(new Float32Array(count), 1 / Math.sqrt(inputs));
    this.engine = engine;
    this.inputs = inputs;
    this.outputs = outputs;
    const [weight, panels] = [drawn(inputs * outputs), new Float32Array(inputs * roundUp(outputs, PANEL))];
    this.#visit((i, place) => (panels[place] = weight[i]));
    this.weight = engine.parameter(panels, [panels.length], averaged);
    this.bias = engine.parameter(drawn(outputs), [outputs], averaged);
  }

  /** Each element of the weight (outputs, inputs), row by row. @param {(i: number, place: number) => void} work */
  #visit(work) {
    for (let output = 0, i = 0; output < this.outputs; output++) {
      let place = (output - (output % PANEL)) * this.inputs + (output % PANEL); // in the panels
      for (let input = 0; input < this.inputs; input++, place += PANEL) work(i++, place);
    }
  }

  /** @param {Tensor} x (N, inputs) @param {Part} part @param {Tensor | null} bias @returns {Tensor} (N, outputs) */
  forward(x, part = "value", bias = this.bias[part]) {
    const { inputs, outputs } = this;
    return this.engine.linear(x, { panels: this.weight[part], bias, inputs, outputs });
  }

  /** The gradient at `count` of the inputs, from `first` on. @param {Tensor} dy @returns {Tensor} (N, count) */
  backward(dy, first = 0, count = this.inputs) {
    const { engine, inputs, outputs, weight } = this;
    const dx = engine.tensor([dy.shape[0], count]);
    const given = [dy.offset, dy.shape[0], outputs, weight.value.offset, inputs, first, count];
    engine.exports.linear_backward(...given, dx.offset);
    return dx;
  }

  /**
   * @param {Tensor} x what it was given @param {Tensor} dy @param {Tensor} adam constants
   * @param {Tensor | null} ofBias the rows of dy of which the bias's gradient is the sum; null where the loss does not
   *   depend on the bias: before batch normalization, and in scores of which only differences count. Its gradient is
   *   zero then, but for rounding errors, of which Adam would make whole steps.
   */
  update(x, dy, adam, ofBias) {
    const { engine, inputs, outputs } = this;
    const sizes = [x.shape[0], inputs, outputs];
    engine.exports.linear_update(x.offset, dy.offset, ...sizes, ...offsets(this.weight), adam.offset);
    if (ofBias) engine.update(engine.sumRows(ofBias), this.bias, adam);
  }

  /** @param {Part} part @returns {[string, Entry][]} */
  entries(part) {
    const [panels, values] = [this.engine.view(this.weight[part]), new Float32Array(this.inputs * this.outputs)];
    this.#visit((i, place) => (values[i] = panels[place]));
    return [
      ["weight", { shape: [this.outputs, this.inputs], values }],
      ["bias", entry(this.engine, this.bias[part])],
    ];
  }
}

export class TrainedBatchNorm {
  #batches = 0;

  /** @param {TrainingEngine} engine @param {number} eps @param {boolean} averaged whether it has an EMA */
  constructor(engine, columns, eps, averaged) {
    const filled = (value) => new Float32Array(columns).fill(value);
    this.engine = engine;
    this.eps = eps;
    this.gain = engine.parameter(filled(1), [columns], averaged);
    this.shift = engine.parameter(filled(0), [columns], averaged);
    const statistic = (value) => {
      const first = engine.from(filled(value), [columns]);
      return { value: first, average: averaged ? engine.from(filled(value), [columns]) : null };
    };
    this.mean = statistic(0);
    this.variance = statistic(1);
  }

  /**
   * By the mean and the variance of the batch; renews the running ones.
   * @param {Tensor} x (N, columns)
   * @returns {{ y: Tensor, normalized: Tensor, scale: Tensor }} the last two are for backwardAndUpdate
   */
  forward(x) {
    this.#batches++;
    const { engine, eps } = this;
    const values = [this.gain, this.shift, this.mean, this.variance];
    const [gain, shift, mean, variance] = values.map(({ value }) => value.offset);
    const [y, normalized, scale] = [x.shape, x.shape, [x.shape[1]]].map((shape) => engine.tensor(shape));
    engine.exports.normalize(
      ...[x.offset, ...x.shape, eps, gain, shift, MOMENTUM, mean, variance],
      ...[normalized.offset, scale.offset, y.offset],
    );
    return { y, normalized, scale };
  }

  /** By the running statistics. @param {Tensor} x @param {Part} part @returns {Tensor} */
  apply(x, part) {
    const [gain, shift, mean, variance] = [this.gain, this.shift, this.mean, this.variance].map((of) =>
      this.engine.view(of[part]).slice(),
    );
    const gains = gain.map((value, i) => value / Math.sqrt(variance[i] + this.eps));
    const shifts = shift.map((value, i) => value - mean[i] * gains[i]);
    const columns = [gain.length];
    return this.engine.scaleShift(x, {
      gain: this.engine.from(gains, columns),
      shift: this.engine.from(shifts, columns),
    });
  }

  /**
   * Turns dy into dx and updates.
   * @param {Tensor} dy @param {{ normalized: Tensor, scale: Tensor }} forward what forward returned
   * @param {Tensor} adam constants
   */
  backwardAndUpdate(dy, { normalized, scale }, adam) {
    const { engine } = this;
    const [gain, shift] = [0, 1].map(() => engine.tensor([dy.shape[1]])); // their gradients
    engine.exports.normalize_backward(
      ...[dy.offset, ...dy.shape, this.gain.value.offset, normalized.offset, scale.offset],
      ...[gain.offset, shift.offset, dy.offset],
    );
    engine.update(gain, this.gain, adam);
    engine.update(shift, this.shift, adam);
  }

  /** Averages the running statistics, as Adam does with what it updates. @param {number} renewal 1 - decay */
  averageStatistics(renewal) {
    for (const { value, average } of [this.mean, this.variance])
      this.engine.exports.approach(average.offset, value.offset, padded(average), renewal);
  }

  /** @param {Part} part @returns {[string, Entry][]} */
  entries(part) {
    const batches = part === "value" ? this.#batches : 0; // PyTorch counts; a moving average of counts is none
    return [
      ["weight", entry(this.engine, this.gain[part])],
      ["bias", entry(this.engine, this.shift[part])],
      ["running_mean", entry(this.engine, this.mean[part])],
      ["running_var", entry(this.engine, this.variance[part])],
      ["num_batches_tracked", { shape: [], values: BigInt64Array.of(BigInt(batches)) }],
    ];
  }
}

/** One vector a class; class weights (N, classes) in, their mixed vectors (N, dim) out. */
export class TrainedEmbedding {
  /** First weights are standard normal, as PyTorch's. @param {TrainingEngine} engine @param {RandomStream} stream */
  constructor(engine, classes, dim, stream, averaged) {
    this.engine = engine;
    this.weight = engine.parameter(stream.normal(new Float32Array(classes * dim)), [classes, dim], averaged);
  }

  /** @param {Tensor} classes @param {Part} part @returns {Tensor} */
  forward(classes, part = "value") {
    return this.engine.multiply(classes, this.weight[part]);
  }

  /** @param {Tensor} classes what it was given @param {Tensor} dy @param {Tensor} adam */
  update(classes, dy, adam) {
    this.engine.update(this.engine.multiply(classes, dy, true), this.weight, adam);
  }

  /** @param {Part} part @returns {[string, Entry][]} */
  entries(part) {
    return [["weight", entry(this.engine, this.weight[part])]];
  }
}

const entry = (engine, tensor) => ({ shape: tensor.shape, values: engine.view(tensor).slice() });
