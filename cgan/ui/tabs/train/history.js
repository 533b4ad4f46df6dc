// What was measured along a run, over the training images seen: never more than some hundred points.

const MOST = 800;

export class History {
  /** @type {number[]} */
  xs = [];

  /** @param {string[]} names of the values of a point */
  constructor(names) {
    this.names = names;
    /** The values by name. @type {Record<string, number[]>} */
    this.ys = Object.fromEntries(names.map((name) => [name, []]));
  }

  /**
   * A further point; one without numbers, or at the place of the last one, is left out.
   * @param {number} x
   * @param {Record<string, number>} values
   */
  add(x, values) {
    if (this.xs.at(-1) === x || !this.names.every((name) => Number.isFinite(values[name]))) return;
    this.xs.push(x);
    for (const name of this.names) this.ys[name].push(values[name]);
    if (this.xs.length > MOST) this.#halve();
  }

  /** One point in the place of each two: the later place, the mean of the values. */
  #halve() {
    this.xs = this.xs.filter((_, index) => index % 2 === 1);
    for (const name of this.names) {
      const ys = this.ys[name];
      this.ys[name] = this.xs.map((_, index) => (ys[2 * index] + ys[2 * index + 1]) / 2);
    }
  }

  /** One line of a chart. @param {string} name */
  line = (name) => ({ xs: this.xs, ys: this.ys[name] });
}
