// torch's layers while they are trained: forward with a batch's own statistics, backward, and Adam.
//
// A layer keeps nothing of a batch: what its backward pass needs is given to it again. `part` chooses the trained
// weights ("value") or their moving average ("average").

/**
 * @typedef {import("../engine.js").Tensor} Tensor
 * @typedef {import("./engine.js").TrainingEngine} TrainingEngine
 * @typedef {import("./random.js").RandomStream} RandomStream
 * @typedef {"value" | "average"} Part
 *
 * @typedef {{ shape: number[], values: Float32Array | BigInt64Array }} Entry  a tensor of a checkpoint
 */

const MOMENTUM = 0.1; // PyTorch's default: the share of a batch in the running statistics

export class TrainedLinear {
  /**
   * First weights as PyTorch draws them: uniform, up to 1 / sqrt(inputs) each way.
   * @param {TrainingEngine} engine @param {RandomStream} stream @param {boolean} averaged whether it has an EMA
   */
  constructor(engine, inputs, outputs, stream, averaged) {
    const drawn = (count) => stream.symmetric(new Float32Array(count), 1 / Math.sqrt(inputs));
    this.engine = engine;
    this.weight = engine.weight(drawn(inputs * outputs), outputs, inputs, averaged);
    this.bias = engine.parameter(drawn(outputs), [outputs], averaged);
  }

  /** @param {Tensor} x (N, inputs) @param {Part} part @returns {Tensor} (N, outputs) */
  forward(x, part = "value") {
    return this.engine.affine(x, this.weight, this.bias[part], part);
  }

  /** The gradient at `count` of the inputs, from `first` on. @param {Tensor} dy @returns {Tensor} */
  backward(dy, first, count) {
    return this.engine.linearBackward(dy, this.weight, first, count);
  }

  /**
   * @param {Tensor} x what it was given @param {Tensor} dy @param {Tensor} adam constants
   * @param {Tensor | null} ofBias the rows of dy of which the bias's gradient is the sum; null where the loss does not
   *   depend on the bias: before batch normalization, and in scores of which only differences count. Its gradient is
   *   zero then, but for rounding errors, of which Adam would make whole steps.
   */
  update(x, dy, adam, ofBias) {
    this.engine.linearUpdate(x, dy, this.weight, adam);
    if (ofBias) this.engine.update(this.engine.sumRows(ofBias), this.bias, adam);
  }

  /** @param {Part} part @returns {[string, Entry][]} */
  entries(part) {
    const { inputs, outputs } = this.weight;
    return [
      ["weight", { shape: [outputs, inputs], values: this.engine.unpacked(this.weight, part) }],
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

  /** @param {Tensor} x (N, columns) @returns {{ y: Tensor, normalized: Tensor, scale: Tensor }} */
  forward(x) {
    this.#batches++;
    const [gain, shift, mean, variance] = [this.gain, this.shift, this.mean, this.variance].map(({ value }) => value);
    return this.engine.normalize(x, { eps: this.eps, momentum: MOMENTUM, gain, shift, mean, variance });
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
  backwardAndUpdate(dy, forward, adam) {
    const gradients = this.engine.normalizeBackward(dy, this.gain.value, forward);
    this.engine.update(gradients.gain, this.gain, adam);
    this.engine.update(gradients.shift, this.shift, adam);
  }

  /** Averages the running statistics, as Adam does with what it updates. @param {number} renewal 1 - decay */
  averageStatistics(renewal) {
    for (const { value, average } of [this.mean, this.variance]) this.engine.approach(average, value, renewal);
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
    this.engine.update(this.engine.multiply(classes, dy, { transposeA: true }), this.weight, adam);
  }

  /** @param {Part} part @returns {[string, Entry][]} */
  entries(part) {
    return [["weight", entry(this.engine, this.weight[part])]];
  }
}

const entry = (engine, tensor) => ({ shape: tensor.shape, values: engine.view(tensor).slice() });
