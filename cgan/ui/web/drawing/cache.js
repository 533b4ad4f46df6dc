// The pictures that a generator drew last. Dragging a seed by one changes one picture in sixteen.

const SLOTS = 512; // pictures kept, about 0.5 MB

/**
 * A direct-mapped cache: the inputs of a picture, z and class weights, have one slot where it can be, so the memory
 * is bounded. The inputs are compared as a whole, so a picture is never taken for another one.
 */
export class PictureCache {
  #slots = [];

  /**
   * The picture of these inputs, or undefined.
   * @param {Float32Array} inputs
   */
  find(inputs) {
    const kept = this.#slots[slotOf(inputs)];
    return kept?.inputs.every((value, index) => value === inputs[index]) ? kept.picture : undefined;
  }

  /**
   * @param {Float32Array} inputs
   * @param {Uint8Array} picture
   */
  keep(inputs, picture) {
    this.#slots[slotOf(inputs)] = { inputs, picture: picture.slice() };
  }
}

/** FNV-1a over the inputs' words. */
function slotOf(inputs) {
  const words = new Uint32Array(inputs.buffer, inputs.byteOffset, inputs.length);
  let hash = 0x811c9dc5;
  for (const word of words) hash = Math.imul(hash ^ word ^ (word >>> 15), 0x01000193);
  return (hash >>> 8) % SLOTS;
}
