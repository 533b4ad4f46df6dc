// What changes in the course of a run: the learning rates, the weight of the gradient penalties, the decay of the
// moving average, and Adam's corrections.

const EPSILON = 1e-8; // of Adam, PyTorch's default
const LONGEST_BURN_IN = 0.9; // as a share of a run's steps

/**
 * The values for the step after `steps`, as in cgan/training/trainer.py.
 *
 * In a burn-in of so many images, the rates fall to `final_rate` along half a cosine wave, and the logarithm of the
 * penalty goes from `first_penalty` to `penalty` along it (R3GAN, arXiv:2501.05441). It ends after nine tenths of a run
 * that is hardly longer than it or shorter. Without one, the rates fall by the same factor each step in the second half
 * of the run. The decay's ramp forgets the first, untrained weights sooner.
 * @param {import("./trainer.js").Settings} settings
 * @param {{ steps: number, lastStep: number, imagesSeen: number }} progress
 * @returns {{ rateG: number, rateD: number, penalty: number, decay: number }} penalty: 0 in a step without one
 */
export function schedule(settings, { steps, lastStep, imagesSeen }) {
  const { burn_in, final_rate, learning_rate, learning_rate_d, first_penalty, penalty, penalty_every } = settings;
  const passed = burn_in ? Math.min(1, Math.max(imagesSeen / burn_in, steps / (LONGEST_BURN_IN * lastStep))) : 1;
  const share = (1 - Math.cos(Math.PI * passed)) / 2;
  const rate = burn_in ? 1 + (final_rate - 1) * share : final_rate ** Math.max(0, (2 * steps) / lastStep - 1);
  const isPenalized = penalty > 0 && steps % penalty_every === 0;
  return {
    rateG: learning_rate * rate,
    rateD: (learning_rate_d ?? learning_rate) * rate,
    penalty: isPenalized ? penalty_every * (first_penalty ?? penalty) ** (1 - share) * penalty ** share : 0,
    decay: Math.min(settings.ema_decay, (2 + steps) / (11 + steps)),
  };
}

/**
 * The numbers of training.c's struct Adam.
 * @param {import("./trainer.js").Settings} settings
 * @param {number} count updates with this one: 1 is the first
 * @param {number} rate the learning rate
 * @param {number} decay of the EMA, where the network has one
 */
export function adamConstants({ beta1, beta2 }, count, rate, decay = 1) {
  const correction = 1 / Math.sqrt(1 - beta2 ** count);
  return [rate / (1 - beta1 ** count), beta1, 1 - beta1, beta2, 1 - beta2, correction, EPSILON, 1 - decay];
}
