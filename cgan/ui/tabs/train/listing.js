// The two listings of a training step, in this package's names: what the page shows beside the numbers of a step.

/** Of each loss: G's and D's as Python. */
const LOSS_LINES = {
  "least-squares": [
    "loss_g = ((scores - 1) ** 2).mean()",
    "loss_d = (((real - 1) ** 2).mean()\n          + (fake ** 2).mean()) / 2",
  ],
  "non-saturating": [
    "loss_g = softplus(-scores).mean()",
    "loss_d = (softplus(-real).mean()\n          + softplus(fake).mean()) / 2",
  ],
  "hinge": ["loss_g = -scores.mean()", "loss_d = (relu(1 - real).mean()\n          + relu(1 + fake).mean()) / 2"],
  "relativistic": ["loss_g = softplus(real - scores).mean()", "loss_d = softplus(fake - real).mean()"],
};

/**
 * The lines by what they make, for each network's listing.
 * @param {string} loss
 * @param {{batch: number, latent: number, classes: number, isPaired: boolean}} sizes of which classes is how many there
 * are; isPaired: whether those of the generated images are the data's
 * @returns {Record<"generator" | "discriminator", Record<string, string>>}
 */
export const listings = (loss, { batch, latent, classes, isPaired }) => ({
  generator: {
    z: `z = randn(${batch}, ${latent})`,
    classes: isPaired ? "classes = labels" : `classes = randint(${classes}, (${batch},))`,
    images: "images = G(z, classes)",
    scores_g: "scores = D(images, classes)",
    loss_g: LOSS_LINES[loss][0],
    backward_g: "loss_g.backward()",
    step_g: "optimizer_g.step()",
  },
  discriminator: {
    data: "x, labels = next(batches)",
    scores_d: "real = D(x, labels)\nfake = D(images.detach(), classes)",
    loss_d: LOSS_LINES[loss][1],
    step_d: "loss_d.backward()\noptimizer_d.step()",
  },
});
