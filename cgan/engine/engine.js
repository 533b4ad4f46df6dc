// The operations of engine.c by name, on tensors in its memory. engine.c says what each computes.

/**
 * A float32 tensor in an engine's memory, row by row. Feature maps are (pictures, size, size, channels).
 * @typedef {{ offset: number, shape: number[] }} Tensor  offset: in bytes
 *
 * A matrix or a 3x3 convolution in the order in which the engine multiplies.
 * @typedef {{ panels: Tensor, bias: Tensor | undefined, inputs: number, outputs: number }} Packed
 *
 * Gain and shift of each channel of each picture, (pictures, channels).
 * @typedef {{ gain: Tensor, shift: Tensor }} Modulation
 */

const NULL = 0;

/** How many numbers a shape holds. @param {number[]} shape */
export const elements = (shape) => shape.reduce((product, size) => product * size, 1);

/** The next multiple of `multiple`. @param {number} value @param {number} multiple */
export const roundUp = (value, multiple) => Math.ceil(value / multiple) * multiple;

function check(condition, problem) {
  if (!condition) throw new Error(`engine: ${problem}`);
}

/** One instance of engine.wasm with a memory of its own. Without references to it, all is freed. */
export class Engine {
  #c;

  /** @param {WebAssembly.Module} module engine.wasm, compiled */
  constructor(module) {
    this.#c = new WebAssembly.Instance(module).exports;
  }

  /** The C functions, for the operations of training. */
  get exports() {
    return this.#c;
  }

  /** A new tensor; its values are whatever was there. @param {number[]} shape @returns {Tensor} */
  tensor(shape) {
    return { offset: this.#c.allocate(elements(shape)) >>> 0, shape };
  }

  /** A new tensor with a copy of `values`. @param {ArrayLike<number>} values @param {number[]} shape */
  from(values, shape) {
    check(values.length === elements(shape), `${values.length} values for the shape ${shape}`);
    const tensor = this.tensor(shape);
    this.view(tensor).set(values);
    return tensor;
  }

  /** A tensor's values where they lie: valid until the next tensor is made. @param {Tensor} tensor */
  view({ offset, shape }) {
    return new Float32Array(this.#c.memory.buffer, offset, elements(shape));
  }

  /**
   * Do `work`, then free every tensor that it made.
   * @template T @param {() => T} work @returns {T} its result, which must not be one of those tensors
   */
  scope(work) {
    const mark = this.#c.mark();
    try {
      return work();
    } finally {
      this.#c.release(mark);
    }
  }

  /**
   * A linear layer's weight (outputs, inputs) and bias (outputs), packed.
   * @param {ArrayLike<number>} weight @param {ArrayLike<number> | undefined} bias
   * @param {number} outputs @param {number} inputs @returns {Packed}
   */
  packLinear(weight, bias, outputs, inputs) {
    const panels = this.tensor([inputs * roundUp(outputs, 8)]);
    this.scope(() => {
      const { offset } = this.from(weight, [outputs, inputs]);
      this.#c.pack(offset, inputs, outputs, 1, inputs, panels.offset);
    });
    return { panels, bias: bias && this.from(bias, [outputs]), inputs, outputs };
  }

  /**
   * A 3x3 convolution's weight (outputs, inputs, 3, 3) and bias (outputs), packed; both counts multiples of 4.
   * @param {ArrayLike<number>} weight @param {ArrayLike<number>} bias
   * @param {number} outputs @param {number} inputs @returns {Packed}
   */
  packConvolution(weight, bias, outputs, inputs) {
    check(outputs % 4 === 0 && inputs % 4 === 0, `${inputs} and ${outputs} channels are no multiples of 4`);
    const panels = this.tensor([36 * inputs * roundUp(outputs, 8)]);
    this.scope(() => {
      const { offset } = this.from(weight, [outputs, inputs, 3, 3]);
      this.#c.pack_convolution(offset, inputs, outputs, panels.offset);
    });
    return { panels, bias: this.from(bias, [outputs]), inputs, outputs };
  }

  /**
   * x (..., inputs) to (..., outputs): a linear layer, or a 1x1 convolution.
   * @param {Tensor} x @param {Packed} layer @returns {Tensor}
   */
  linear(x, { panels, bias, inputs, outputs }) {
    check(x.shape.at(-1) === inputs, `${x.shape} given to a layer of ${inputs} inputs`);
    const y = this.tensor([...x.shape.slice(0, -1), outputs]);
    const rows = elements(x.shape) / inputs;
    this.#c.linear(x.offset, rows, inputs, panels.offset, bias?.offset ?? NULL, outputs, y.offset);
    return y;
  }

  /**
   * The matrix product a b; with `transposeA` a is given as (k, m).
   * @param {Tensor} a (m, k) @param {Tensor} b (k, n) @returns {Tensor} (m, n)
   */
  multiply(a, b, transposeA = false) {
    const [m, k] = transposeA ? [a.shape[1], a.shape[0]] : a.shape;
    const n = b.shape[1];
    check(k === b.shape[0], `${a.shape} and ${b.shape} cannot be multiplied`);
    const c = this.tensor([m, n]);
    this.#c.multiply(a.offset, b.offset, c.offset, m, k, n, transposeA);
    return c;
  }

  /**
   * A 3x3 convolution of leaky_relu(x gain + shift), zeros around the picture, plus bias.
   * slope: the leaky ReLU's; 1 is no activation. addTo: a tensor to which the result is added, in place of a new one.
   * @param {Tensor} x @param {Packed} layer
   * @param {{ modulation?: Modulation, slope?: number, addTo?: Tensor }} options @returns {Tensor}
   */
  convolve(x, { panels, bias, inputs, outputs }, { modulation, slope = 1, addTo } = {}) {
    const [pictures, size] = this.#pictures(x, inputs);
    const y = addTo ?? this.tensor([pictures, size, size, outputs]);
    check(elements(y.shape) === pictures * size * size * outputs, `no result of ${x.shape} fits ${y.shape}`);
    const [gain, shift] = this.#modulation(modulation, pictures, inputs);
    this.#c.convolve(
      ...[x.offset, pictures, size, inputs, gain, shift, slope],
      ...[panels.offset, bias.offset, outputs, addTo?.offset ?? NULL, y.offset],
    );
    return y;
  }

  /**
   * As convolve, to one channel: weight (3, 3, inputs), bias a number; result (pictures, size, size).
   * @param {Tensor} x @param {{ weight: Tensor, bias: number }} layer
   * @param {{ modulation?: Modulation, slope?: number }} options @returns {Tensor}
   */
  convolveToOne(x, { weight, bias }, { modulation, slope = 1 } = {}) {
    const inputs = weight.shape[2];
    const [pictures, size] = this.#pictures(x, inputs);
    check(size % 4 === 0, `the size ${size} is no multiple of 4`);
    const y = this.tensor([pictures, size, size]);
    const [gain, shift] = this.#modulation(modulation, pictures, inputs);
    this.#c.convolve_to_one(x.offset, pictures, size, inputs, gain, shift, slope, weight.offset, bias, y.offset);
    return y;
  }

  /** Twice the size, bilinear. @param {Tensor} x @returns {Tensor} */
  upsample(x) {
    const [pictures, size, , channels] = x.shape;
    check(channels % 4 === 0, `${channels} channels are no multiple of 4`);
    const y = this.tensor([pictures, 2 * size, 2 * size, channels]);
    this.#c.upsample(x.offset, pictures, size, channels, y.offset);
    return y;
  }

  /**
   * x gain + shift for x (pictures, ..., channels): gain and shift are (channels) or (pictures, channels).
   * @param {Tensor} x @param {Modulation} modulation @returns {Tensor}
   */
  scaleShift(x, { gain, shift }) {
    const pictures = x.shape[0];
    const channels = x.shape.at(-1);
    const each = gain.shape.length > 1;
    check(channels % 4 === 0, `${channels} channels are no multiple of 4`);
    check(elements(gain.shape) === (each ? pictures : 1) * channels, `a gain of ${gain.shape} for ${x.shape}`);
    const y = this.tensor(x.shape);
    const pixels = elements(x.shape) / pictures / channels;
    this.#c.scale_shift(x.offset, pictures, pixels, channels, gain.offset, shift.offset, each, y.offset);
    return y;
  }

  /** @param {Tensor} x @param {number} slope @returns {Tensor} */
  leakyRelu(x, slope) {
    return this.#each(x, (count, y) => this.#c.leaky_relu(x.offset, count, slope, y));
  }

  /** @param {Tensor} x @param {number} low @param {number} high @returns {Tensor} */
  clamp(x, low, high) {
    return this.#each(x, (count, y) => this.#c.clamp(x.offset, count, low, high, y));
  }

  /** @param {Tensor} x @returns {Tensor} */
  tanh(x) {
    return this.#each(x, (count, y) => this.#c.tanh(x.offset, count, y));
  }

  /** Matrices (rows, a) and (rows, b) side by side: (rows, a + b). @param {Tensor} a @param {Tensor} b */
  concatenate(a, b) {
    const [rows, [left, right]] = [a.shape[0], [a.shape[1], b.shape[1]]];
    check(b.shape[0] === rows, `${a.shape} and ${b.shape} do not fit side by side`);
    const y = this.tensor([rows, left + right]);
    const [from, beside, to] = [this.view(a), this.view(b), this.view(y)];
    for (let row = 0; row < rows; row++) {
      to.set(from.subarray(row * left, (row + 1) * left), row * (left + right));
      to.set(beside.subarray(row * right, (row + 1) * right), row * (left + right) + left);
    }
    return y;
  }

  /** The grey levels of pixels in [-1, 1], a copy outside the engine. @param {Tensor} x @returns {Uint8Array} */
  toUint8(x) {
    const count = elements(x.shape);
    return this.scope(() => {
      const { offset } = this.#each(x, (padded, levels) => this.#c.to_uint8(x.offset, padded, levels));
      return new Uint8Array(this.#c.memory.buffer, offset, count).slice();
    });
  }

  /** A new tensor like x, filled by `work(count, offset)`. Buffers start a cache line, so `count` may be rounded up. */
  #each(x, work) {
    const y = this.tensor(x.shape);
    work(roundUp(elements(x.shape), 4), y.offset);
    return y;
  }

  #pictures(x, channels) {
    const [pictures, height, width] = x.shape;
    check(height === width && x.shape[3] === channels, `${x.shape} given to a layer of ${channels} channels`);
    return [pictures, height];
  }

  #modulation(modulation, pictures, channels) {
    if (!modulation) return [NULL, NULL];
    const { gain, shift } = modulation;
    for (const { shape } of [gain, shift])
      check(elements(shape) === pictures * channels, `a modulation of ${shape} for ${pictures} x ${channels}`);
    return [gain.offset, shift.offset];
  }
}
