// Times a step of training, here and in TensorFlow.js, in turns and on one thread. benchmarks/page_training.py starts it.
// The argument is JSON: { modules, peak.wasm, images, labels, rounds, batches, settings }; the answer is JSON.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { losses } from "../cgan/engine/training/losses.js";
import { TrainingEngine } from "../cgan/engine/training/engine.js";
import { schedule } from "../cgan/engine/training/schedule.js";
import { Streams } from "../cgan/engine/training/random.js";
import { Trainer } from "../cgan/engine/training/trainer.js";

const request = JSON.parse(process.argv[2]);
const bytes = (path) => new Uint8Array(readFileSync(path));
const data = { images: bytes(request.images), labels: bytes(request.labels) };
const module = new WebAssembly.Module(bytes(new URL("../cgan/engine/training/training.wasm", import.meta.url)));

const require = createRequire(`${request.modules}/package.json`);
const tf = require("@tensorflow/tfjs"); // the core and the gradients
const wasm = require("@tensorflow/tfjs-backend-wasm");
wasm.setThreadsCount(1);
await tf.setBackend("wasm");

// Batch normalization follows these: their gradient is zero, but for rounding errors, of which Adam makes steps.
const FREE_BIASES = [2, 5, 8].map((index) => `generator.layers.${index}.bias`);
const [SLOPE, PIXELS, CLASSES, ADAM_EPS] = [0.2, 784, 10, 1e-8];

/** (N, CLASSES); tf.oneHot would make integers. */
function oneHot(classes) {
  const weights = new Float32Array(classes.length * CLASSES);
  classes.forEach((index, row) => (weights[row * CLASSES + index] = 1));
  return tf.tensor(weights, [classes.length, CLASSES]);
}

/**
 * The same step in TensorFlow.js: the report's pair, its losses, both gradients from one pass of the generated images
 * through the discriminator, Adam. Written for speed there: products with a transposed operand are ten times as slow,
 * so operands are transposed before, and biases and activations are fused where TensorFlow.js can.
 */
class TensorflowTrainer {
  constructor(settings, first) {
    Object.assign(this, { settings, streams: new Streams(settings.seed), steps: 0, order: [] });
    this.variables = new Map();
    for (const [network, tensors] of Object.entries(first))
      for (const [name, { values, shape }] of tensors) {
        if (!(values instanceof Float32Array) || name.includes("running")) continue;
        const isWeight = name.startsWith("layers") && shape.length === 2;
        const tensor = tf.tidy(() => (isWeight ? tf.transpose(tf.tensor(values, shape)) : tf.tensor(values, shape)));
        this.variables.set(`${network}.${name}`, tf.variable(tensor));
      }
    const ofGenerator = [...this.variables].filter(([name]) => name.startsWith("generator."));
    this.averages = new Map(ofGenerator.map(([name, variable]) => [name, tf.variable(variable, false)]));
    const { learning_rate, beta1, beta2 } = settings;
    [this.adamG, this.adamD] = [0, 1].map(() => tf.train.adam(learning_rate, beta1, beta2, ADAM_EPS));
  }

  variablesOf(network) {
    return [...this.variables].flatMap(([name, variable]) => (name.startsWith(network) ? [variable] : []));
  }

  get(name) {
    return this.variables.get(name);
  }

  linear(x, name) {
    return tf.fused.matMul({ a: x, b: this.get(`${name}.weight`), bias: this.get(`${name}.bias`) });
  }

  activated(x, name) {
    const [b, bias] = [this.get(`${name}.weight`), this.get(`${name}.bias`)];
    return tf.fused.matMul({ a: x, b, bias, activation: "leakyrelu", leakyreluAlpha: SLOPE });
  }

  leakyBackward(dy, y) {
    return tf.where(tf.greater(y, 0), dy, tf.mul(dy, SLOPE));
  }

  /** Adds the gradients of a linear layer. Returns that at its input, where it is asked for. */
  linearBackward(gradients, x, dy, name, needed = true) {
    gradients[`${name}.weight`] = tf.matMul(tf.transpose(x), dy);
    gradients[`${name}.bias`] = tf.sum(dy, 0);
    return needed ? tf.matMul(dy, tf.transpose(this.get(`${name}.weight`))) : null;
  }

  step() {
    tf.tidy(() => this.train(this.nextInputs()));
    this.steps++;
  }

  nextInputs() {
    const { chosen, labels } = this.nextBatch();
    const count = chosen.length;
    const z = tf.tensor(this.streams.normal(count * this.settings.latent_dim), [count, this.settings.latent_dim]);
    const classes = this.streams.classes(count, CLASSES);
    const pixels = new Float32Array(count * PIXELS);
    chosen.forEach((index, row) => {
      for (let i = 0; i < PIXELS; i++) pixels[row * PIXELS + i] = data.images[index * PIXELS + i] / 127.5 - 1;
    });
    return { count, pixels: tf.tensor(pixels, [count, PIXELS]), ofPixels: oneHot(labels), z, ofZ: oneHot(classes) };
  }

  train({ count, pixels, ofPixels, z, ofZ }) {
    const passes = this.forwardG(z, ofZ);
    const classes = tf.concat([ofPixels, ofZ], 0);
    const [seen, scores] = this.forwardD(tf.concat([pixels, passes.images], 0), classes);
    const values = scores.dataSync();
    const of = losses(this.settings.loss, values.subarray(0, count), values.subarray(count));

    const deltas = this.backwardD(seen, 2 * count);
    const shown = tf.slice(deltas[0], [count, 0], [count, -1]);
    const first = tf.slice(this.get("discriminator.layers.0.weight"), [0, 0], [PIXELS, -1]);
    const gradient = tf.mul(tf.matMul(shown, tf.transpose(first)), tf.tensor(of.generated, [count, 1]));
    this.apply(this.adamG, this.backwardG(passes, gradient));
    this.averageWeights();
    const factors = tf.tensor([...of.realForD, ...of.generatedForD], [2 * count, 1]);
    this.apply(this.adamD, this.gradientsD(seen, deltas, factors, classes));
  }

  /** The moving average of G's weights, which are what draws. */
  averageWeights() {
    const { decay } = schedule(this.settings, { steps: this.steps, lastStep: Infinity, imagesSeen: 0 });
    const renewal = 1 - decay;
    for (const [name, average] of this.averages)
      average.assign(tf.add(average, tf.mul(tf.sub(this.get(name), average), renewal)));
  }

  nextBatch() {
    const { batch_size } = this.settings;
    const position = (this.steps % Math.ceil(data.labels.length / batch_size)) * batch_size;
    if (position === 0) this.order = this.streams.order(data.labels.length);
    const chosen = this.order.subarray(position, position + batch_size);
    return { chosen, labels: Array.from(chosen, (index) => data.labels[index]) };
  }

  forwardG(z, classes) {
    const input = tf.concat([tf.matMul(classes, this.get("generator.embedding.weight")), z], 1);
    const blocks = [];
    let x = this.activated(input, "generator.layers.0");
    const first = x;
    for (const index of [2, 5, 8]) {
      const before = this.linear(x, `generator.layers.${index}`);
      const mean = tf.mean(before, 0);
      const centred = tf.sub(before, mean);
      const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 0), this.settings.batchnorm_eps));
      const normalized = tf.mul(centred, scale);
      const [gain, shift] = ["weight", "bias"].map((name) => this.get(`generator.layers.${index + 1}.${name}`));
      const y = tf.leakyRelu(tf.add(tf.mul(normalized, gain), shift), SLOPE);
      blocks.push({ index, x, normalized, scale, gain, y });
      x = y;
    }
    return { input, classes, first, blocks, images: tf.tanh(this.linear(x, "generator.layers.11")) };
  }

  backwardG({ input, classes, first, blocks, images }, gradient) {
    const gradients = {};
    let dy = tf.mul(gradient, tf.sub(1, tf.square(images)));
    dy = this.linearBackward(gradients, blocks.at(-1).y, dy, "generator.layers.11");
    for (const { index, x, normalized, scale, gain, y } of blocks.toReversed()) {
      dy = this.leakyBackward(dy, y);
      const along = tf.mul(dy, normalized);
      gradients[`generator.layers.${index + 1}.weight`] = tf.sum(along, 0);
      gradients[`generator.layers.${index + 1}.bias`] = tf.sum(dy, 0);
      const rest = tf.sub(tf.sub(dy, tf.mean(dy, 0)), tf.mul(normalized, tf.mean(along, 0)));
      dy = this.linearBackward(gradients, x, tf.mul(rest, tf.mul(gain, scale)), `generator.layers.${index}`);
    }
    dy = this.linearBackward(gradients, input, this.leakyBackward(dy, first), "generator.layers.0");
    const ofLabels = tf.slice(dy, [0, 0], [-1, this.settings.label_dim]);
    gradients["generator.embedding.weight"] = tf.matMul(tf.transpose(classes), ofLabels);
    return gradients;
  }

  forwardD(images, classes) {
    const x = tf.concat([images, tf.matMul(classes, this.get("discriminator.embedding.weight"))], 1);
    const layers = [{ name: "discriminator.layers.0", x, y: this.activated(x, "discriminator.layers.0") }];
    for (const index of [2, 5]) {
      const [name, from] = [`discriminator.layers.${index}`, layers.at(-1).y];
      const mask = new Float32Array(from.size);
      this.streams.mask(mask, this.settings.dropout);
      const factors = tf.tensor(mask, from.shape);
      layers.push({ name, x: from, factors, y: tf.leakyRelu(tf.mul(this.linear(from, name), factors), SLOPE) });
    }
    layers.push({ name: "discriminator.layers.8", x: layers.at(-1).y });
    return [layers, this.linear(layers.at(-1).x, "discriminator.layers.8")];
  }

  /** The gradients of the scores at each layer's result. */
  backwardD(layers, count) {
    const deltas = [];
    let dy = tf.ones([count, 1]);
    for (let place = layers.length - 1; place >= 0; place--) {
      const { name, y, factors } = layers[place];
      if (y) dy = this.leakyBackward(dy, y);
      if (factors) dy = tf.mul(dy, factors);
      deltas[place] = dy;
      if (place > 0) dy = tf.matMul(dy, tf.transpose(this.get(`${name}.weight`)));
    }
    return deltas;
  }

  gradientsD(layers, deltas, factors, classes) {
    const gradients = {};
    const scaled = deltas.map((dy) => tf.mul(dy, factors));
    for (const [place, { name, x }] of layers.entries()) this.linearBackward(gradients, x, scaled[place], name, false);
    const ofLabels = tf.slice(this.get("discriminator.layers.0.weight"), [PIXELS, 0], [-1, -1]);
    const dy = tf.matMul(scaled[0], tf.transpose(ofLabels));
    gradients["discriminator.embedding.weight"] = tf.matMul(tf.transpose(classes), dy);
    return gradients;
  }

  apply(adam, gradients) {
    const entries = Object.entries(gradients);
    adam.applyGradients(entries.map(([name, tensor]) => ({ name: this.get(name).name, tensor })));
  }
}

/** The step as one writes it there at first: losses of the two networks, whose gradients TensorFlow.js derives. */
class DerivedTrainer extends TensorflowTrainer {
  linear(x, name) {
    return tf.add(tf.matMul(x, this.get(`${name}.weight`)), this.get(`${name}.bias`));
  }

  activated(x, name) {
    return tf.leakyRelu(this.linear(x, name), SLOPE);
  }

  scores(images, classes) {
    let x = tf.concat([images, tf.matMul(classes, this.get("discriminator.embedding.weight"))], 1);
    x = this.activated(x, "discriminator.layers.0");
    for (const index of [2, 5])
      x = tf.leakyRelu(tf.dropout(this.linear(x, `discriminator.layers.${index}`), this.settings.dropout), SLOPE);
    return this.linear(x, "discriminator.layers.8");
  }

  train({ pixels, ofPixels, z, ofZ }) {
    const towards = (aim, images, classes) => tf.mean(tf.square(tf.sub(this.scores(images, classes), aim)));
    const lossG = () => towards(1, this.forwardG(z, ofZ).images, ofZ);
    this.adamG.applyGradients(tf.variableGrads(lossG, this.variablesOf("generator")).grads);
    this.averageWeights();
    const { images } = this.forwardG(z, ofZ);
    const lossD = () => tf.mul(tf.add(towards(1, pixels, ofPixels), towards(0, images, ofZ)), 0.5);
    this.adamD.applyGradients(tf.variableGrads(lossD, this.variablesOf("discriminator")).grads);
  }
}

/** The largest difference of a weight, relative to the largest of its tensor, where the loss depends on the weight. */
function difference(ours, theirs) {
  let worst = 0;
  for (const [name, variable] of theirs.variables) {
    const [network, ...rest] = name.split(".");
    const { values, shape } = ours[network].tensors("value").get(rest.join("."));
    const flipped = name.includes("layers") && shape.length === 2;
    const other = tf.tidy(() => (flipped ? tf.transpose(variable) : variable.clone()).dataSync());
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
    if (!FREE_BIASES.includes(name))
      values.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - other[i]) / largest)));
  }
  return worst;
}

/** The least of so many repetitions, in milliseconds. */
function timeOf(work, repetitions) {
  let best = Infinity;
  for (let i = 0; i < repetitions; i++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** GFLOP/s without memory; GB/s of a copy, read and written. */
function limits() {
  const { peak } = new WebAssembly.Instance(new WebAssembly.Module(bytes(request["peak.wasm"]))).exports;
  const [from, to] = [0, 1].map(() => new Float32Array(2 ** 24));
  const bandwidth = (2 * from.byteLength) / timeOf(() => to.set(from), 10) / 1e6;
  return { peak: (20_000 * 12 * 4 * 2) / timeOf(() => peak(20_000, 0.5, 1), 50) / 1e6, bandwidth };
}

const answer = { ...limits(), batches: {} };
for (const batch_size of request.batches) {
  const settings = { ...request.settings, batch_size };
  const ours = new Trainer(new TrainingEngine(module), settings, data);
  const first = { generator: ours.generator.tensors("value"), discriminator: ours.discriminator.tensors("value") };
  const theirs = new TensorflowTrainer(settings, first);
  for (let step = 0; step < 3; step++) for (const trainer of [ours, theirs]) trainer.step();
  const differs = difference(ours, theirs);
  const trainers = [ours, theirs, new DerivedTrainer(settings, first)];
  const best = trainers.map(() => Infinity);
  for (let round = 0; round < request.rounds; round++)
    for (const [i, trainer] of trainers.entries()) best[i] = Math.min(best[i], timeOf(() => trainer.step(), 3));
  answer.batches[batch_size] = { differs, milliseconds: best };
}
console.log(JSON.stringify(answer));
