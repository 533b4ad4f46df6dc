// Operations of training/engine.js with plain tensors in the place of packed ones. Several results are joined.

/** By name; each returns numbers. @param {import("../../cgan/engine/training/engine.js").TrainingEngine} engine */
export function trainingOperations(engine) {
  const copy = (tensor) => engine.view(tensor).slice();
  const joined = (...arrays) => Float32Array.from(arrays.flatMap((values) => [...values]));
  const PARTS = ["value", "first", "second", "average"];
  const packed = (weight) => engine.weight(copy(weight), ...weight.shape, true);

  return {
    linearBackward: (dy, weight, first, count) => engine.linearBackward(dy, packed(weight), first, count),
    /** As many steps as there are rows of constants, each with the same x and dy. */
    linearUpdate(x, dy, weight, constants) {
      const trained = packed(weight);
      for (const adam of rows(engine, constants)) engine.linearUpdate(x, dy, trained, adam);
      return joined(...PARTS.map((part) => engine.unpacked(trained, part)));
    },
    /** A step for each row of gradients and of constants. */
    update(gradients, value, constants) {
      const trained = engine.parameter(copy(value), value.shape, true);
      const adams = rows(engine, constants);
      rows(engine, gradients).forEach((gradient, step) => engine.update(gradient, trained, adams[step]));
      return joined(...PARTS.map((part) => copy(trained[part])));
    },
    normalize(x, eps, momentum, gain, shift, mean, variance) {
      const { y } = engine.normalize(x, { eps, momentum, gain, shift, mean, variance });
      return joined(copy(y), copy(mean), copy(variance));
    },
    normalizeBackward(x, dy, eps, gain, shift) {
      const [mean, variance] = [engine.tensor(gain.shape), engine.tensor(gain.shape)];
      const forward = engine.normalize(x, { eps, momentum: 0.1, gain, shift, mean, variance });
      const gradients = engine.normalizeBackward(dy, gain, forward);
      return joined(copy(dy), copy(gradients.gain), copy(gradients.shift));
    },
    leakyReluBackward: (dy, x, slope) =>
      inPlace(dy, () => engine.leakyReluBackward(dy, engine.leakyRelu(x, slope), slope)),
    tanhBackward: (dy, x) => inPlace(dy, () => engine.tanhBackward(dy, engine.tanh(x))),
    multiplyBy: (x, factors) => inPlace(x, () => engine.multiplyBy(x, factors)),
    scaleRows: (x, factors) => inPlace(x, () => engine.scaleRows(x, factors)),
    approach: (average, value, renewal) => inPlace(average, () => engine.approach(average, value, renewal)),
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
