// The pictures that a generator drew last. Dragging a seed by one changes one picture in sixteen.

import { PIXELS } from "../page/config.js";

const SLOTS = 512; // pictures kept, about 0.5 MB

/**
 * A direct-mapped cache: the inputs of a picture, z and class weights, have one slot where it can be, so the memory
 * is bounded. The inputs are compared as a whole, so a picture is never taken for another one.
 */
export class PictureCache {
  #inputs;
  #pictures = new Uint8Array(SLOTS * PIXELS);
  #length;

  /** @param {number} length how many numbers the inputs of a picture are */
  constructor(length) {
    this.#length = length;
    this.#inputs = new Float32Array(SLOTS * length).fill(NaN); // which equals no input
  }

  /**
   * The picture of these inputs, or undefined.
   * @param {Float32Array} inputs
   */
  find(inputs) {
    const slot = this.#slotOf(inputs);
    const first = slot * this.#length;
    for (let index = 0; index < this.#length; index++) {
      if (this.#inputs[first + index] !== inputs[index]) return undefined;
    }
    return this.#pictures.subarray(slot * PIXELS, (slot + 1) * PIXELS);
  }

  /**
   * @param {Float32Array} inputs
   * @param {Uint8Array} picture
   */
  keep(inputs, picture) {
    const slot = this.#slotOf(inputs);
    this.#inputs.set(inputs, slot * this.#length);
    this.#pictures.set(picture, slot * PIXELS);
  }

  /** FNV-1a over the inputs' words. */
  #slotOf(inputs) {
    const words = new Uint32Array(inputs.buffer, inputs.byteOffset, inputs.length);
    let hash = 0x811c9dc5;
    for (const word of words) hash = Math.imul(hash ^ word ^ (word >>> 15), 0x01000193);
    return (hash >>> 8) % SLOTS;
  }
}
