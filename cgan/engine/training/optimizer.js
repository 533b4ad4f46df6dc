// What Adam needs to know in a step; training.c applies it.

const EPSILON = 1e-8; // PyTorch's default

/** The constants in a tensor, as training.c's struct Adam has them. */
export class Adam {
  #engine;
  #betas;

  /** @param {import("./engine.js").TrainingEngine} engine @param {number[]} betas beta1 and beta2 */
  constructor(engine, betas) {
    this.#engine = engine;
    this.#betas = betas;
    this.constants = engine.tensor([8]);
  }

  /**
   * @param {number} count updates with this one: 1 is the first
   * @param {number} learningRate
   * @param {number} decay of the EMA, where the network has one
   */
  prepare(count, learningRate, decay = 1) {
    const [beta1, beta2] = this.#betas;
    const step = learningRate / (1 - beta1 ** count);
    const correction = 1 / Math.sqrt(1 - beta2 ** count);
    const betas = [beta1, 1 - beta1, beta2, 1 - beta2];
    this.#engine.view(this.constants).set([step, ...betas, correction, EPSILON, 1 - decay]);
  }
}

/**
 * The decay of the EMA in a step. Its ramp forgets the first, untrained weights sooner.
 * @param {number} limit the setting ema_decay @param {number} step 1 is the first
 */
export const emaDecay = (limit, step) => Math.min(limit, (1 + step) / (10 + step));
