// The operations of training.c by name, beside those of engine.c. training.c says what each computes.
//
// Where a method has no result, it changes what its comment names, in place.

import { Engine, elements, roundUp } from "../engine.js";

/**
 * @typedef {import("../engine.js").Tensor} Tensor
 *
 * A trained tensor with Adam's two moments and, or null, its moving average (EMA).
 * @typedef {{ value: Tensor, first: Tensor, second: Tensor, average: Tensor | null }} Parameter
 *
 * The weight of a linear layer: all of the parameter's tensors lie in panels.
 * @typedef {{ parameter: Parameter, inputs: number, outputs: number }} Weight
 */

const NULL = 0;
const LANES = 8; // columns of a panel

/** Rows `first` to `first + count - 1` of a matrix, where they lie. @param {Tensor} matrix @returns {Tensor} */
export function rowsOf({ offset, shape: [, columns] }, first, count) {
  return { offset: offset + first * columns * Float32Array.BYTES_PER_ELEMENT, shape: [count, columns] };
}

/** One instance of training.wasm: an engine that also trains. */
export class TrainingEngine extends Engine {
  /**
   * Do `work` step by step, then free every tensor that it made. No other tensor may be made meanwhile.
   * @template T @param {Generator<void, T>} work @returns {Generator<void, T>}
   */
  *sliced(work) {
    const mark = this.exports.mark();
    try {
      return yield* work;
    } finally {
      this.exports.release(mark);
    }
  }

  /**
   * @param {ArrayLike<number>} values the first ones @param {number[]} shape
   * @param {boolean} averaged whether it has an EMA @returns {Parameter}
   */
  parameter(values, shape, averaged) {
    const zeros = new Float32Array(elements(shape));
    const [value, first, second] = [values, zeros, zeros].map((start) => this.from(start, shape));
    return { value, first, second, average: averaged ? this.from(values, shape) : null };
  }

  /**
   * A linear layer's weight. @param {Float32Array} values (outputs, inputs) @param {boolean} averaged
   * @returns {Weight}
   */
  weight(values, outputs, inputs, averaged) {
    const panels = new Float32Array(inputs * roundUp(outputs, LANES));
    const at = panelPlaces(inputs);
    for (let i = 0; i < values.length; i++) panels[at(i)] = values[i];
    return { parameter: this.parameter(panels, [panels.length], averaged), inputs, outputs };
  }

  /** A tensor of a weight, row by row (outputs, inputs). @param {Weight} weight @param {keyof Parameter} part */
  unpacked({ parameter, inputs, outputs }, part) {
    const [panels, values, at] = [this.view(parameter[part]), new Float32Array(outputs * inputs), panelPlaces(inputs)];
    for (let i = 0; i < values.length; i++) values[i] = panels[at(i)];
    return values;
  }

  /**
   * x W^T + bias (m, outputs).
   * @param {Tensor} x @param {Weight} weight @param {Tensor | null} bias @param {keyof Parameter} part of the weight
   */
  affine(x, { parameter, inputs, outputs }, bias, part) {
    return this.linear(x, { panels: parameter[part], bias, inputs, outputs });
  }

  /**
   * The gradient at inputs `first` to `first + count - 1` of a linear layer: (m, count) from dy (m, outputs).
   * @param {Tensor} dy @param {Weight} weight @returns {Tensor}
   */
  linearBackward(dy, { parameter, inputs, outputs }, first = 0, count = inputs) {
    const rows = dy.shape[0];
    const dx = this.tensor([rows, count]);
    this.exports.linear_backward(dy.offset, rows, outputs, parameter.value.offset, inputs, first, count, dx.offset);
    return dx;
  }

  /**
   * Adam on a linear layer's weight, by the gradient dy^T x.
   * @param {Tensor} x @param {Tensor} dy @param {Weight} weight @param {Tensor} adam constants
   */
  linearUpdate(x, dy, { parameter, inputs, outputs }, adam) {
    const { exports } = this;
    exports.linear_update(x.offset, dy.offset, x.shape[0], inputs, outputs, ...offsets(parameter), adam.offset);
  }

  /**
   * Adam on any other parameter.
   * @param {Tensor} gradient @param {Parameter} parameter @param {Tensor} adam constants
   */
  update(gradient, parameter, adam) {
    const count = roundUp(elements(gradient.shape), 4);
    this.exports.update(gradient.offset, count, ...offsets(parameter), adam.offset);
  }

  /**
   * Batch normalization of x (rows, columns) by its own mean and variance; renews the running ones.
   * @param {Tensor} x
   * @param {{ eps: number, momentum: number, gain: Tensor, shift: Tensor, mean: Tensor, variance: Tensor }} norm
   * @returns {{ y: Tensor, normalized: Tensor, scale: Tensor }} the last two are for normalizeBackward
   */
  normalize(x, { eps, momentum, gain, shift, mean, variance }) {
    const [rows, columns] = x.shape;
    const [y, normalized, scale] = [x.shape, x.shape, [columns]].map((shape) => this.tensor(shape));
    this.exports.normalize(
      ...[x.offset, rows, columns, eps, gain.offset, shift.offset, momentum, mean.offset, variance.offset],
      ...[normalized.offset, scale.offset, y.offset],
    );
    return { y, normalized, scale };
  }

  /**
   * Turns dy into dx. @param {Tensor} dy @param {Tensor} gain @param {{ normalized: Tensor, scale: Tensor }} forward
   * @returns {{ gain: Tensor, shift: Tensor }} their gradients
   */
  normalizeBackward(dy, gain, { normalized, scale }) {
    const [rows, columns] = dy.shape;
    const gradients = { gain: this.tensor([columns]), shift: this.tensor([columns]) };
    this.exports.normalize_backward(
      ...[dy.offset, rows, columns, gain.offset, normalized.offset, scale.offset],
      ...[gradients.gain.offset, gradients.shift.offset, dy.offset],
    );
    return gradients;
  }

  /** Turns dy into dx, with the activation's result y. @param {Tensor} dy @param {Tensor} y @param {number} slope */
  leakyReluBackward(dy, y, slope) {
    this.exports.leaky_relu_backward(dy.offset, y.offset, padded(dy), slope, dy.offset);
  }

  /** Turns dy into dx, with the activation's result y. @param {Tensor} dy @param {Tensor} y */
  tanhBackward(dy, y) {
    this.exports.tanh_backward(dy.offset, y.offset, padded(dy), dy.offset);
  }

  /** The rows of `a`, and below them those of `b`. @param {Tensor} a @param {Tensor} b @returns {Tensor} */
  stack(a, b) {
    const y = this.tensor([a.shape[0] + b.shape[0], a.shape[1]]);
    const values = this.view(y);
    values.set(this.view(a));
    values.set(this.view(b), elements(a.shape));
    return y;
  }

  /** Multiplies x by factors of its shape. @param {Tensor} x @param {Tensor} factors */
  multiplyBy(x, factors) {
    this.exports.product(x.offset, factors.offset, padded(x), x.offset);
  }

  /** Multiplies each row of a matrix by a number. @param {Tensor} x @param {Tensor} factors (rows) */
  scaleRows(x, factors) {
    this.exports.scale_rows(x.offset, factors.offset, x.shape[0], x.shape[1], x.offset);
  }

  /**
   * Sums over rows: (columns) of a matrix, or, of x (groups, ..., columns), (groups, columns).
   * @param {Tensor} x @returns {Tensor}
   */
  sumRows(x, groups = 1) {
    const columns = x.shape.at(-1);
    const sums = this.tensor(groups === 1 ? [columns] : [groups, columns]);
    this.exports.sum_rows(x.offset, groups, elements(x.shape) / groups / columns, columns, sums.offset);
    return sums;
  }

  /** Moves an average by the share `renewal` towards a value. @param {Tensor} average @param {Tensor} value */
  approach(average, value, renewal) {
    this.exports.approach(average.offset, value.offset, padded(average), renewal);
  }

  /** Every second pixel of feature maps, each way: what a stride of 2 leaves. @param {Tensor} x @returns {Tensor} */
  everySecond(x) {
    const [pictures, size, , channels] = x.shape;
    const half = Math.ceil(size / 2);
    const y = this.tensor([pictures, half, half, channels]);
    this.exports.every_second(x.offset, pictures, size, channels, y.offset);
    return y;
  }
}

const offsets = ({ value, first, second, average }) => [
  value.offset,
  first.offset,
  second.offset,
  average ? average.offset : NULL,
];

const padded = ({ shape }) => roundUp(elements(shape), 4);

/** From the index of an element of (outputs, inputs) to its place in panels. */
function panelPlaces(inputs) {
  return (i) => {
    const output = Math.floor(i / inputs);
    return (Math.floor(output / LANES) * inputs + (i % inputs)) * LANES + (output % LANES);
  };
}
