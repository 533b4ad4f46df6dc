// The operations of training.c by name, beside those of engine.c. training.c says what each computes. Those of one
// layer alone are in layers.js.
//
// Where a method has no result, it changes what its comment names, in place.

import { Engine, elements, roundUp } from "../engine.js";

/**
 * @typedef {import("../engine.js").Tensor} Tensor
 *
 * A trained tensor with Adam's two moments and, or null, its moving average (EMA).
 * @typedef {{ value: Tensor, first: Tensor, second: Tensor, average: Tensor | null }} Parameter
 */

const NULL = 0;

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
   * Adam on a parameter.
   * @param {Tensor} gradient @param {Parameter} parameter @param {Tensor} adam constants
   */
  update(gradient, parameter, adam) {
    const count = roundUp(elements(gradient.shape), 4);
    this.exports.update(gradient.offset, count, ...offsets(parameter), adam.offset);
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

  /** Every second pixel of feature maps, each way: what a stride of 2 leaves. @param {Tensor} x @returns {Tensor} */
  everySecond(x) {
    const [pictures, size, , channels] = x.shape;
    const half = Math.ceil(size / 2);
    const y = this.tensor([pictures, half, half, channels]);
    this.exports.every_second(x.offset, pictures, size, channels, y.offset);
    return y;
  }
}

/** Of a parameter's tensors, as training.c takes them. @param {Parameter} parameter */
export const offsets = ({ value, first, second, average }) => [
  value.offset,
  first.offset,
  second.offset,
  average ? average.offset : NULL,
];

export const padded = ({ shape }) => roundUp(elements(shape), 4);
