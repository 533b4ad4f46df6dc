// Times three engines on the same generators, in turns and on one thread. benchmarks/engine.py starts it. The argument
// is JSON: { modules, peak, rounds, counts, checkpoints: { name: { config, model, onnx } } }; the answer is JSON.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Engine } from "../cgan/engine/engine.js";
import { Generator } from "../cgan/engine/networks.js";
import { readSafetensors } from "../cgan/engine/safetensors.js";

const request = JSON.parse(process.argv[2]);
const require = createRequire(`${request.modules}/package.json`);
const bytes = (path) => new Uint8Array(readFileSync(path)).buffer;
const module = new WebAssembly.Module(bytes(new URL("../cgan/engine/engine.wasm", import.meta.url)));

function ours({ config, tensors }) {
  const generator = new Generator(new Engine(module), config, tensors);
  return (count, z, classWeights) => generator.draw(count, z, classWeights);
}

const toUint8 = (pixels) => Uint8ClampedArray.from(pixels, (pixel) => (pixel + 1) * 127.5);

/** onnxruntime-web, on the file that torch.onnx exports. */
async function onnxruntime({ onnx }) {
  const ort = require("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(readFileSync(onnx), { executionProviders: ["wasm"] });
  return async (count, z, classWeights) => {
    const { images } = await session.run({
      z: new ort.Tensor("float32", z, [count, z.length / count]),
      class_weights: new ort.Tensor("float32", classWeights, [count, classWeights.length / count]),
    });
    return toUint8(images.data);
  };
}

/** TensorFlow.js, with its fused kernels where it has them. */
async function tensorflow({ config, tensors }) {
  const tf = require("@tensorflow/tfjs-core");
  const wasm = require("@tensorflow/tfjs-backend-wasm");
  wasm.setThreadsCount(1);
  await tf.setBackend("wasm");
  const tensor = (name) => tf.tensor(tensors.get(name).values, tensors.get(name).shape);
  const build = { mlp: tensorflowMLP, conv: tensorflowConv }[config.arch];
  const network = build(tf, tensor, config.generator);
  return (count, z, classWeights) => {
    const images = tf.tidy(() =>
      network(tf.tensor(z, [count, z.length / count]), tf.tensor(classWeights, [count, 10])),
    );
    const pixels = images.dataSync();
    images.dispose();
    return toUint8(pixels);
  };
}

const LEAKY = { activation: "leakyrelu", leakyreluAlpha: 0.2 };

function tensorflowMLP(tf, tensor, { batchnorm_eps }) {
  const linear = (name) => ({ b: tf.transpose(tensor(`${name}.weight`)), bias: tensor(`${name}.bias`) });
  const [embedding, first, last] = [tensor("embedding.weight"), linear("layers.0"), linear("layers.11")];
  const blocks = [2, 5, 8].map((i) => {
    const [variance, mean, gain, shift] = ["running_var", "running_mean", "weight", "bias"].map((part) =>
      tensor(`layers.${i + 1}.${part}`),
    );
    const scale = tf.div(gain, tf.sqrt(tf.add(variance, batchnorm_eps))); // folded into the layer before
    const { b, bias } = linear(`layers.${i}`);
    return { b: tf.mul(b, scale), bias: tf.add(tf.mul(tf.sub(bias, mean), scale), shift) };
  });
  return (z, classWeights) => {
    let a = tf.concat([tf.matMul(classWeights, embedding), z], 1);
    for (const layer of [first, ...blocks]) a = tf.fused.matMul({ a, ...layer, ...LEAKY });
    return tf.tanh(tf.fused.matMul({ a, ...last }));
  };
}

/** What both convolutional generators have: a convolution's weights, the first layer, upsampling. */
function tensorflowLayers(tf, tensor, width) {
  const convolution = (name, hasBias = true) => ({
    filter: tf.transpose(tensor(`${name}.weight`), [2, 3, 1, 0]),
    ...(hasBias && { bias: tensor(`${name}.bias`) }),
    strides: 1,
    pad: "same",
  });
  const channelsLast = (name, columns) =>
    tf.reshape(tf.transpose(tf.reshape(tensor(name), [width, 49, columns]), [1, 0, 2]), [49 * width, columns]);
  const b = tf.transpose(channelsLast("input.weight", tensor("input.weight").shape[1]));
  const bias = tf.tensor1d(channelsLast("input.bias", 1).dataSync()); // a reshaped one is refused
  const input = (a) => tf.reshape(tf.fused.matMul({ a, b, bias }), [-1, 7, 7, width]);
  const upsample = (x) => tf.image.resizeBilinear(x, [2 * x.shape[1], 2 * x.shape[1]], false, true);
  return { convolution, input, upsample };
}

function tensorflowConv(tf, tensor, { width }) {
  const { convolution, input, upsample } = tensorflowLayers(tf, tensor, width);
  const counts = [1, 2, 2]; // blocks at 7x7, 14x14 and 28x28
  const part = (stage, block, name) => convolution(`stages.${stage}.${block}.${name}`, false);
  const stages = counts.map((count, stage) =>
    Array.from({ length: count }, (_, block) => ["first", "second"].map((name) => part(stage, block, name))),
  );
  const [to14, to28, output] = ["transitions.0", "transitions.1", "output"].map((name) => convolution(name));
  const linear = (name) => ({ b: tf.transpose(tensor(`${name}.weight`)), bias: tensor(`${name}.bias`) });
  const [mapping, heads] = ["modulation.mapping", "modulation.heads"].map(linear);
  const embedding = tensor("embedding.weight");
  const channels = stages.flatMap((stage) => stage.map(([first]) => first.filter.shape[3]));

  return (z, classWeights) => {
    const a = tf.concat([tf.matMul(classWeights, embedding), z], 1);
    const mapped = tf.fused.matMul({ a, ...mapping, ...LEAKY });
    const [scales, shifts] = tf.split(tf.fused.matMul({ a: mapped, ...heads }), 2, 1);
    const perBlock = (values) => tf.split(values, channels, 1).map((of) => tf.reshape(of, [-1, 1, 1, of.shape[1]]));
    const [gains, offsets] = [perBlock(tf.add(scales, 1)), perBlock(shifts)];
    let x = input(a);
    for (const [i, stage] of stages.entries()) {
      if (i > 0) x = upsample(tf.fused.conv2d({ x, ...[to14, to28][i - 1] }));
      for (const [first, second] of stage) {
        const y = tf.fused.conv2d({ x: tf.leakyRelu(x, 0.2), ...first });
        const modulated = tf.leakyRelu(tf.add(tf.mul(y, gains.shift()), offsets.shift()), 0.2);
        x = tf.add(x, tf.fused.conv2d({ x: modulated, ...second }));
      }
    }
    return tf.clipByValue(tf.fused.conv2d({ x: tf.leakyRelu(x, 0.2), ...output }), -1, 1);
  };
}

/** The least milliseconds of each work, done in turns. */
async function least(works, rounds) {
  const best = works.map(() => Infinity);
  for (let round = 0; round < rounds; round++)
    for (const [i, work] of works.entries())
      for (let repeat = 0; repeat < 3; repeat++) {
        const start = performance.now();
        await work();
        best[i] = Math.min(best[i], performance.now() - start);
      }
  return best;
}

/** GFLOP/s of the machine and of a matrix product, (256, 512) (512, 512). */
async function limits(rounds) {
  const { peak } = new WebAssembly.Instance(new WebAssembly.Module(bytes(request.peak))).exports;
  const engine = new Engine(module);
  const [a, b] = [256, 512].map((rows) => engine.from(new Float32Array(rows * 512).fill(1), [rows, 512]));
  const [peakRounds, flops] = [20_000, 2 * 256 * 512 * 512];
  const product = () => engine.scope(() => void engine.multiply(a, b));
  const [ofPeak, ofProduct] = await least([() => peak(peakRounds, 0.5, 1), product], 10 * rounds);
  return { peak: (peakRounds * 12 * 4 * 2) / ofPeak / 1e6, product: flops / ofProduct / 1e6 };
}

const answer = { ...(await limits(request.rounds)), generators: {} };
for (const [name, { config, model, onnx }] of Object.entries(request.checkpoints)) {
  const found = { config: JSON.parse(readFileSync(config)), tensors: readSafetensors(bytes(model)), onnx };
  const engines = [ours(found), await onnxruntime(found), await tensorflow(found)];
  answer.generators[name] = {};
  for (const count of request.counts) {
    const z = Float32Array.from({ length: count * found.config.generator.latent_dim }, (_, i) => Math.sin(i * i));
    const classWeights = Float32Array.from({ length: count * 10 }, (_, i) => Number(i % 11 === 0));
    const [pictures, ...others] = await Promise.all(engines.map((draw) => draw(count, z, classWeights)));
    for (const other of others)
      if (pictures.some((level, i) => Math.abs(level - other[i]) > 1)) throw new Error(`${name}: pictures differ`);
    const works = engines.map((draw) => () => draw(count, z, classWeights));
    answer.generators[name][count] = await least(works, request.rounds);
  }
}
console.log(JSON.stringify(answer));
