// Operations of training/engine.js and of its layers, with given weights. Several results are joined.

import { TrainedBatchNorm, TrainedLinear } from "../../cgan/engine/training/layers.js";

/** By name; each returns numbers. @param {import("../../cgan/engine/training/engine.js").TrainingEngine} engine */
export function trainingOperations(engine) {
  const copy = (tensor) => engine.view(tensor).slice();
  const joined = (...arrays) => Float32Array.from(arrays.flatMap((values) => [...values]));
  const PARTS = ["value", "first", "second", "average"];

  /** A linear layer of this weight (outputs, inputs). */
  function linear(weight) {
    const [outputs, inputs] = weight.shape;
    const drawn = [copy(weight), new Float32Array(outputs)];
    return new TrainedLinear(engine, inputs, outputs, { symmetric: () => drawn.shift() }, true);
  }

  function batchNorm(eps, values) {
    const layer = new TrainedBatchNorm(engine, values.gain.shape[0], eps, true);
    for (const [name, tensor] of Object.entries(values)) engine.view(layer[name].value).set(copy(tensor));
    return layer;
  }

  return {
    linearBackward: (dy, weight, first, count) => linear(weight).backward(dy, first, count),
    /** As many steps as there are rows of constants, each with the same x and dy. */
    linearUpdate(x, dy, weight, constants) {
      const layer = linear(weight);
      for (const adam of rows(engine, constants)) layer.update(x, dy, adam, null);
      return joined(...PARTS.map((part) => layer.entries(part)[0][1].values));
    },
    /** A step for each row of gradients and of constants. */
    update(gradients, value, constants) {
      const trained = engine.parameter(copy(value), value.shape, true);
      const adams = rows(engine, constants);
      rows(engine, gradients).forEach((gradient, step) => engine.update(gradient, trained, adams[step]));
      return joined(...PARTS.map((part) => copy(trained[part])));
    },
    normalize(x, eps, gain, shift, mean, variance) {
      const layer = batchNorm(eps, { gain, shift, mean, variance });
      const { y } = layer.forward(x);
      return joined(copy(y), copy(layer.mean.value), copy(layer.variance.value));
    },
    normalizeBackward(x, dy, eps, gain, shift) {
      const layer = batchNorm(eps, { gain, shift });
      const adam = engine.from([0, 0, 1, 0, 1, 1, 1, 0], [8]); // beta1 is 0, so the first moment is the gradient
      layer.backwardAndUpdate(dy, layer.forward(x), adam);
      return joined(copy(dy), copy(layer.gain.first), copy(layer.shift.first));
    },
    leakyReluBackward: (dy, x, slope) =>
      inPlace(dy, () => engine.leakyReluBackward(dy, engine.leakyRelu(x, slope), slope)),
    tanhBackward: (dy, x) => inPlace(dy, () => engine.tanhBackward(dy, engine.tanh(x))),
    multiplyBy: (x, factors) => inPlace(x, () => engine.multiplyBy(x, factors)),
    scaleRows: (x, factors) => inPlace(x, () => engine.scaleRows(x, factors)),
    average(average, value, renewal) {
      const layer = new TrainedBatchNorm(engine, value.shape[0], 0, true);
      for (const [part, tensor] of Object.entries({ average, value })) engine.view(layer.mean[part]).set(copy(tensor));
      layer.averageStatistics(renewal);
      return layer.mean.average;
    },
  };
}

function inPlace(tensor, work) {
  work();
  return tensor;
}

const rows = (engine, { offset, shape: [count, columns] }) =>
  Array.from({ length: count }, (_, row) =>
    engine.from(engine.view({ offset: offset + 4 * row * columns, shape: [columns] }).slice(), [columns]),
  );
