// All that is random in a training run, from one seed. Each use has a stream of its own, so that two runs with the same
// seed and other settings begin with the same weights and see the same z and the same order of images.

const WORD = 2 ** 32;

/** SplitMix32: spreads a seed over a generator's state. @param {number} seed @returns {() => number} 32-bit words */
function splitMix32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let word = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return (word ^ (word >>> 16)) >>> 0;
  };
}

const BLOCK = 1024; // words made at a time

/** xoshiro128** 1.1 (Blackman & Vigna 2018, arXiv:1805.01407). */
export class RandomStream {
  #state;
  #words = new Uint32Array(BLOCK);
  #next = BLOCK;

  /** @param {ArrayLike<number>} state four words, not all zero */
  constructor(state) {
    this.#state = Uint32Array.from(state);
  }

  #refill() {
    let [a, b, c, d] = this.#state;
    for (let i = 0; i < BLOCK; i++) {
      const scrambled = Math.imul(b, 5);
      this.#words[i] = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
    }
    this.#state.set([a, b, c, d]);
    this.#next = 0;
  }

  /** @returns {number} a whole number from 0 to 2^32 - 1 */
  word() {
    if (this.#next === BLOCK) this.#refill();
    return this.#words[this.#next++];
  }

  /** @returns {number} above 0, below 1 */
  uniform() {
    return (this.word() + 0.5) / WORD;
  }

  /** @param {number} bound @returns {number} a whole number from 0 to bound - 1 */
  below(bound) {
    return Math.floor((this.word() * bound) / WORD);
  }

  /** Fills with standard normal numbers, by Box-Muller. @param {Float32Array} values */
  normal(values) {
    for (let i = 0; i < values.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(this.uniform()));
      const angle = 2 * Math.PI * this.uniform();
      values[i] = radius * Math.cos(angle);
      if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
    }
    return values;
  }

  /** Fills with numbers from -bound to bound. @param {Float32Array} values @param {number} bound */
  symmetric(values, bound) {
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * this.uniform() - 1);
    return values;
  }
}

/** The streams of a run. A test puts PyTorch's numbers in the place of these five. */
export class Streams {
  #order;
  #noise;
  #classes;
  #dropout;

  /** @param {number} seed a whole number from 0 to 2^32 - 1 */
  constructor(seed) {
    const words = splitMix32(seed);
    const stream = () => new RandomStream([words(), words(), words(), words()]);
    this.weights = stream();
    [this.#order, this.#noise, this.#classes, this.#dropout] = [stream(), stream(), stream(), stream()];
  }

  /** A permutation: the order of the images in an epoch. @param {number} count @returns {Uint32Array} */
  order(count) {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.#order.below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  /** z. @param {number} count of numbers @returns {Float32Array} */
  normal(count) {
    return this.#noise.normal(new Float32Array(count));
  }

  /** Uniformly drawn classes. @param {number} count @param {number} classes @returns {Uint8Array} */
  classes(count, classes) {
    return Uint8Array.from({ length: count }, () => this.#classes.below(classes));
  }

  /**
   * Fills a dropout mask: 0 with the probability `dropout`, else 1 / (1 - dropout).
   * @param {Float32Array} mask @param {number} dropout
   */
  mask(mask, dropout) {
    const [threshold, stream] = [dropout * 2 ** 31, this.#dropout];
    const factors = [0, 1 / (1 - dropout)];
    for (let i = 0; i < mask.length; i++) {
      const below = ((stream.word() >>> 1) - threshold) >> 31; // -1 or 0; a branch would often be predicted wrongly
      mask[i] = factors[1 + below];
    }
  }
}
