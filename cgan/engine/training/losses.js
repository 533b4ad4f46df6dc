// The adversarial losses of cgan/training/step/losses.py, which names their sources, and their gradients at the scores.

/**
 * The losses of a batch and their gradients.
 * @typedef {{
 *   lossG: number, lossD: number, generated: Float32Array, realForD: Float32Array, generatedForD: Float32Array,
 * }} Losses
 *   generated: of the generator's loss, at the scores of its images; the other two: of the discriminator's loss, at the
 *   scores of real and of generated images
 *
 * The losses of one pair of scores, and their derivatives: G's at the generated score, D's at both.
 * @typedef {{ g: number, d: number, dg: number, ddReal: number, ddGenerated: number }} PairLosses
 */

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** ln(1 + e^x), where neither side overflows. @param {number} x */
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * Each takes the scores of one real and of one generated image.
 * @type {Record<string, (r: number, f: number) => PairLosses>}
 */
const PAIRS = {
  "least-squares": (r, f) => ({
    g: (f - 1) ** 2,
    d: ((r - 1) ** 2 + f ** 2) / 2,
    dg: 2 * (f - 1),
    ddReal: r - 1,
    ddGenerated: f,
  }),
  "non-saturating": (r, f) => ({
    g: softplus(-f),
    d: (softplus(-r) + softplus(f)) / 2,
    dg: -sigmoid(-f),
    ddReal: -sigmoid(-r) / 2,
    ddGenerated: sigmoid(f) / 2,
  }),
  "hinge": (r, f) => ({
    g: -f,
    d: (Math.max(1 - r, 0) + Math.max(1 + f, 0)) / 2,
    dg: -1,
    ddReal: r < 1 ? -0.5 : 0,
    ddGenerated: f > -1 ? 0.5 : 0,
  }),
  "relativistic": (r, f) => ({
    g: softplus(r - f),
    d: softplus(f - r),
    dg: -sigmoid(r - f),
    ddReal: -sigmoid(f - r),
    ddGenerated: sigmoid(f - r),
  }),
};

export const LOSSES = Object.keys(PAIRS);

/** Whether each generated image has the class of the real one at its place in the batch. @param {string} loss */
export const isPaired = (loss) => loss === "relativistic";

/**
 * Means over a batch.
 * @param {string} loss one of LOSSES @param {Float32Array} real scores (N) @param {Float32Array} generated scores (N)
 * @returns {Losses}
 */
export function losses(loss, real, generated) {
  const count = real.length;
  const [forG, realForD, generatedForD] = [0, 1, 2].map(() => new Float32Array(count));
  let [lossG, lossD] = [0, 0];
  for (let i = 0; i < count; i++) {
    const pair = PAIRS[loss](real[i], generated[i]);
    lossG += pair.g / count;
    lossD += pair.d / count;
    forG[i] = pair.dg / count;
    realForD[i] = pair.ddReal / count;
    generatedForD[i] = pair.ddGenerated / count;
  }
  return { lossG, lossD, generated: forG, realForD, generatedForD };
}
