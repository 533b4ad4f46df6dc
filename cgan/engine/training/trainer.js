// The twin of cgan/training/trainer.py for the MLP pair: what one step of training is.
//
// The same settings and data give the same weights. Images are the data's in the order of a permutation for each epoch;
// the last batch of an epoch may be smaller.

import { losses, isPaired } from "./losses.js";
import { adamConstants, schedule } from "./schedule.js";
import { Streams } from "./random.js";
import { writeSafetensors } from "../safetensors.js";
import { IMAGE_PIXELS, TrainedDiscriminator, TrainedGenerator } from "./networks.js";

/**
 * @typedef {import("../engine.js").Tensor} Tensor
 *
 * Those of cgan/training/config.py that the MLP pair needs; the page has them from there, and checks them.
 * @typedef {{
 *   latent_dim: number, label_dim: number, hidden: number[], hidden_d: number[], batchnorm: boolean,
 *   batchnorm_eps: number, dropout: number, loss: string, penalty: number, first_penalty: number | null,
 *   penalty_every: number, batch_size: number, d_steps: number, learning_rate: number, learning_rate_d: number | null,
 *   final_rate: number, burn_in: number, beta1: number, beta2: number, ema_decay: number, seed: number, epochs: number,
 *   steps: number | null,
 * }} Settings
 *
 * images: grey levels (N * 784); labels: (N); classes: how many there are.
 * @typedef {{ images: Uint8Array, labels: Uint8Array, classes?: number }} Data
 *
 * One step, looked into. N is the batch size; scores and images as the discriminator saw them.
 * @typedef {{
 *   z: Float32Array, labels: Uint8Array, classes: Uint8Array, real: Uint8Array, images: Uint8Array,
 *   score_real: Float32Array, score_fake: Float32Array, loss_g: number, loss_d: number, gradient: Float32Array,
 *   updates: { network: string, name: string, count: number, weight: number, update: number }[],
 * }} Inspection
 *   labels, real: of the data's images; classes, images: of the generated ones, grey levels (N * 784)
 *   gradient: of G's loss at the generated images, (N * 784)
 *   weight, update: root mean squares of a tensor and of its change
 */

/** The report's, of which config.json says nothing, as in cgan/training/config.py. */
const REPORT = { hidden: [128, 256, 512, 1024], hidden_d: [512, 512, 512], batchnorm: true };

const GROUP = 50; // pictures drawn at a time
const LEVELS = Float32Array.from({ length: 256 }, (_, level) => level / 127.5 - 1);

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rootMeanSquare = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

/** Whether a loss is no number, or scores are so large that float32 does not tell them from their targets, 1 apart. */
const isLost = ({ loss_g, loss_d, score_real, score_fake }) =>
  !Number.isFinite(loss_g + loss_d) || Math.max(Math.abs(score_real), Math.abs(score_fake)) > 2 ** 24;

const noSums = () => ({ loss_g: 0, loss_d: 0, score_real: 0, score_fake: 0, steps: 0 });

/** Two networks, their optimizers and random streams; `step` trains them by one batch. */
export class Trainer {
  #engine;
  #data;
  #streams;
  #order = new Uint32Array();
  #sums = noSums();

  /**
   * @param {import("./engine.js").TrainingEngine} engine an instance for this trainer alone
   * @param {Settings} settings
   * @param {Data} data
   * @param {Streams} streams
   * @throws {Error} in one line, where the data is wrong
   */
  constructor(engine, settings, data, streams = undefined) {
    this.settings = settings;
    this.#engine = engine;
    this.#data = { classes: 10, ...data };
    this.#streams = streams ?? new Streams(this.settings.seed);
    this.#checkData();
    const [{ classes }, { weights }] = [this.#data, this.#streams];
    this.generator = new TrainedGenerator(engine, this.settings, classes, weights);
    this.discriminator = new TrainedDiscriminator(engine, this.settings, classes, weights);
    this.steps = 0;
    /** The step in which the run was lost: see isLost. @type {number | null} */
    this.diverged = null;
  }

  #checkData() {
    const { images, labels, classes } = this.#data;
    if (images.length !== labels.length * IMAGE_PIXELS || labels.length < 2)
      throw new Error(
        `${labels.length} labels for ${images.length} pixels; allowed: 784 pixels a label, 2 or more images`,
      );
    if (labels.some((label) => label >= classes)) throw new Error(`there is a label above ${classes - 1}`);
  }

  get classes() {
    return this.#data.classes;
  }

  /** A single image left over is no batch, for batch normalization needs two. */
  get batchesPerEpoch() {
    return Math.ceil((this.#data.labels.length - 1) / this.settings.batch_size);
  }

  /** The step at which the run is complete. */
  get lastStep() {
    const { steps, epochs, d_steps } = this.settings;
    return steps ?? Math.ceil((epochs * this.batchesPerEpoch) / d_steps);
  }

  get imagesSeen() {
    const { batch_size, d_steps } = this.settings;
    const batches = this.steps * d_steps;
    const epochs = Math.floor(batches / this.batchesPerEpoch);
    const inEpoch = Math.min(this.#data.labels.length, this.batchesPerEpoch * batch_size);
    return epochs * inEpoch + (batches % this.batchesPerEpoch) * batch_size;
  }

  /** Update both networks on one batch, and the moving average of the generator after them. */
  step() {
    const slices = this.slices();
    while (!slices.next().done);
  }

  /**
   * A step in slices of some milliseconds. Between them, weights are partly updated: draw and save after the last.
   * @param {object | null} seen filled with the step's Inspection, but for its updates
   * @returns {Generator<void, void>}
   */
  *slices(seen = null) {
    const values = schedule(this.settings, this);
    const measured = [];
    for (let turn = 0; turn < this.settings.d_steps; turn++)
      measured.push(yield* this.#engine.sliced(this.#turn(turn, values, turn === 0 ? seen : null)));
    this.generator.averageStatistics(1 - values.decay);
    this.steps++;
    this.#sums.steps++;
    this.#sums.loss_g += measured[0].loss_g;
    for (const name of ["loss_d", "score_real", "score_fake"])
      this.#sums[name] += mean(measured.map((each) => each[name]));
    if (this.diverged === null && measured.some(isLost)) this.diverged = this.steps;
  }

  /** One update of the discriminator, and in a step's first turn the generator's, from the same images and scores. */
  *#turn(turn, { rateG, rateD, penalty, decay }, seen) {
    const engine = this.#engine;
    const { loss, latent_dim, d_steps } = this.settings;
    const { chosen, labels } = this.#nextBatch(turn);
    const count = chosen.length;
    const z = this.#streams.normal(count * latent_dim);
    const classes = isPaired(loss) ? labels : this.#streams.classes(count, this.#data.classes);
    const latent = engine.from(z, [count, latent_dim]);
    const generated = yield* this.generator.forward(
      latent,
      engine.from(this.#oneHot(classes), [count, this.#data.classes]),
    );

    const both = engine.tensor([2 * count, IMAGE_PIXELS]);
    const ofBoth = engine.from(this.#oneHot([...labels, ...classes]), [2 * count, this.#data.classes]);
    const pixels = engine.view(both);
    this.#fillImages(pixels, chosen);
    pixels.set(engine.view(generated), count * IMAGE_PIXELS);
    const fillMask = (mask, dropout) => this.#streams.mask(mask, dropout);
    const scores = engine.view(yield* this.discriminator.forward(both, ofBoth, fillMask)).slice();
    const [real, fake] = [scores.subarray(0, count), scores.subarray(count)];
    const { lossG, lossD, ...gradients } = losses(loss, real, fake);

    yield* this.discriminator.backward(2 * count);
    if (turn === 0) {
      const gradient = this.discriminator.imageGradients(count, count);
      engine.scaleRows(gradient, engine.from(gradients.generated, [count]));
      if (seen) {
        const gathered = Uint8Array.from(engine.toUint8(both));
        const [ofData, images] = [gathered.slice(0, count * IMAGE_PIXELS), gathered.slice(count * IMAGE_PIXELS)];
        const copied = { z, labels, classes, real: ofData, images, gradient: engine.view(gradient).slice() };
        Object.assign(seen, copied, { score_real: real, score_fake: fake, loss_g: lossG, loss_d: lossD });
      }
      yield;
      const adam = adamConstants(this.settings, this.steps + 1, rateG, decay);
      yield* this.generator.update(gradient, engine.from(adam, [8]));
    }
    if (penalty) yield* this.discriminator.penalize(penalty / count);
    const factors = engine.from([...gradients.realForD, ...gradients.generatedForD], [2 * count]);
    const adam = adamConstants(this.settings, this.steps * d_steps + turn + 1, rateD);
    yield* this.discriminator.update(factors, engine.from(adam, [8]));
    return { loss_g: lossG, loss_d: lossD, score_real: mean(real), score_fake: mean(fake) };
  }

  /** The indices of a batch of images, and their labels. */
  #nextBatch(turn) {
    const { labels } = this.#data;
    const { batch_size, d_steps } = this.settings;
    const position = ((this.steps * d_steps + turn) % this.batchesPerEpoch) * batch_size;
    if (position === 0) this.#order = this.#streams.order(labels.length);
    const chosen = this.#order.subarray(position, position + batch_size);
    return { chosen, labels: Uint8Array.from(chosen, (index) => labels[index]) };
  }

  #fillImages(pixels, chosen) {
    const { images } = this.#data;
    for (const [row, index] of chosen.entries())
      for (let i = 0; i < IMAGE_PIXELS; i++) pixels[row * IMAGE_PIXELS + i] = LEVELS[images[index * IMAGE_PIXELS + i]];
  }

  #oneHot(classes) {
    const weights = new Float32Array(classes.length * this.#data.classes);
    for (let row = 0; row < classes.length; row++) weights[row * this.#data.classes + classes[row]] = 1;
    return weights;
  }

  /** Where the run stands, and means over the steps since the last reading; they are NaN where there was none. */
  readMetrics() {
    const { steps, ...sums } = this.#sums;
    this.#sums = noSums();
    const means = Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / steps]));
    return { step: this.steps, images: this.imagesSeen, diverged: this.diverged, ...means };
  }

  /**
   * Draw pictures by the running statistics.
   * @param {number} count
   * @param {Float32Array} z (count, latent_dim)
   * @param {Float32Array} classWeights (count, classes)
   * @param {boolean} averaged by the moving average, else by the weights of the last step
   * @returns {Uint8Array} grey levels (count * 784)
   */
  sample(count, z, classWeights, averaged) {
    const [{ latent_dim }, { classes }] = [this.settings, this.#data];
    const part = averaged ? "average" : "value";
    if (z.length !== count * latent_dim) throw new Error(`z: ${z.length} numbers given, not ${count} x ${latent_dim}`);
    if (classWeights.length !== count * classes)
      throw new Error(`class weights: ${classWeights.length} numbers given, not ${count} x ${classes}`);
    const pictures = new Uint8Array(count * IMAGE_PIXELS);
    for (let first = 0; first < count; first += GROUP) {
      const end = Math.min(first + GROUP, count);
      const rows = (values, columns) =>
        this.#engine.from(values.subarray(first * columns, end * columns), [end - first, columns]);
      this.#engine.scope(() => {
        const images = this.generator.draw(rows(z, latent_dim), rows(classWeights, classes), part);
        pictures.set(this.#engine.toUint8(images), first * IMAGE_PIXELS);
      });
    }
    return pictures;
  }

  /** Make a step in slices, and say what happened in it. @returns {Generator<void, Inspection>} */
  *inspect() {
    const networks = Object.entries({ generator: this.generator, discriminator: this.discriminator });
    const before = networks.map(([, network]) => network.tensors("value"));
    const seen = /** @type {Inspection} */ ({});
    yield;
    yield* this.slices(seen);
    const updates = [];
    for (const [i, [network, trained]] of networks.entries())
      for (const [name, entry] of trained.tensors("value")) {
        if (!/\.(weight|bias)$/.test(name)) continue; // statistics
        yield;
        const [values, old] = /** @type {Float32Array[]} */ ([entry.values, before[i].get(name).values]);
        const changes = values.map((value, j) => value - old[j]);
        const [weight, update] = [values, changes].map(rootMeanSquare);
        updates.push({ network, name, count: values.length, weight, update });
      }
    return { ...seen, updates };
  }

  /**
   * The files of a checkpoint by name, as cgan/models/checkpoints.py reads them.
   * @param {object} [classes] as `Classes.to_json` makes it; Fashion-MNIST's where there are none
   * @returns {Record<string, Uint8Array>}
   */
  checkpoint(classes) {
    const metadata = { step: `${this.steps}`, images: `${this.imagesSeen}` };
    const { latent_dim, label_dim, batchnorm_eps, dropout } = this.settings;
    const given = (name) => (`${this.settings[name]}` === `${REPORT[name]}` ? undefined : this.settings[name]);
    const generator = { latent_dim, label_dim, batchnorm_eps, hidden: given("hidden"), batchnorm: given("batchnorm") };
    const discriminator = { label_dim, dropout, hidden: given("hidden_d") };
    const training = { arch: "mlp", ...this.settings };
    const config = { format: 1, arch: "mlp", generator, discriminator, classes, training };
    return {
      "config.json": new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`),
      "model.safetensors": writeSafetensors(this.generator.tensors("average"), metadata),
      "generator-raw.safetensors": writeSafetensors(this.generator.tensors("value"), metadata),
      "discriminator.safetensors": writeSafetensors(this.discriminator.tensors("value"), metadata),
    };
  }
}
