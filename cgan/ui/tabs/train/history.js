// What was measured along a run, over the training images seen: never more than some hundred points.

const MOST = 800;

export class History {
  /** Of each point the place of its last measurement. @type {number[]} */
  xs = [];
  #each = 1; // measurements in a point
  #open = []; // those of the point to come
  #last = -1; // where something was measured last

  /** @param {string[]} names of the values of a measurement */
  constructor(names) {
    this.names = names;
    /** The means of a point's measurements by name. @type {Record<string, number[]>} */
    this.ys = Object.fromEntries(names.map((name) => [name, []]));
  }

  /**
   * A further measurement; one without numbers, or at the place of the last one, is left out.
   * @param {number} x
   * @param {Record<string, number>} values
   */
  add(x, values) {
    if (x === this.#last || !this.names.every((name) => Number.isFinite(values[name]))) return;
    this.#last = x;
    this.#open.push(values);
    if (this.#open.length < this.#each) return;
    this.xs.push(x);
    for (const name of this.names)
      this.ys[name].push(this.#open.reduce((sum, each) => sum + each[name], 0) / this.#each);
    this.#open = [];
    if (this.xs.length === MOST) this.#halve();
  }

  /** One point in the place of each two. */
  #halve() {
    this.#each *= 2;
    this.xs = this.xs.filter((_, index) => index % 2 === 1);
    for (const name of this.names) {
      const ys = this.ys[name];
      this.ys[name] = this.xs.map((_, index) => (ys[2 * index] + ys[2 * index + 1]) / 2);
    }
  }

  /** One line of a chart. @param {string} name */
  line = (name) => ({ xs: this.xs, ys: this.ys[name] });
}
