// The generator of cgan/models/film.py on the engine. As in networks.js, a convolution takes the modulation, the
// activation and the sum with it.

import {
  ClassEmbedding,
  Convolution,
  Convolution1x1,
  ConvolutionToOne,
  LEAKY_SLOPE,
  Linear,
  LinearToMap,
  padChannels,
  padTo,
} from "./layers.js";

const BLOCKS = [1, 2, 2]; // at 7x7, 14x14 and 28x28
const MAPPED_DIM = 256;

/** Rows of a linear layer's weight and bias, packed with as many outputs as the engine has channels for them. */
function packRows(engine, weight, bias, first, count) {
  const part = (values, columns) => {
    const rows = values.subarray(first * columns, (first + count) * columns);
    return padTo(rows, [count, columns], [padChannels(count), columns]);
  };
  return engine.packLinear(part(weight, MAPPED_DIM), part(bias, 1), padChannels(count), MAPPED_DIM);
}

/** Computes the gains and shifts of all blocks from z and class. */
class Modulation {
  /** inputs: length of z and of a class's embedding together. channels: of each block. */
  constructor(scope, inputs, channels) {
    this.engine = scope.engine;
    this.mapping = new Linear(scope.under("mapping"), inputs, MAPPED_DIM);
    const total = channels.reduce((sum, count) => sum + count, 0);
    const heads = scope.under("heads");
    const weight = heads.take("weight", [2 * total, MAPPED_DIM]); // the rows of all gains, then those of all shifts
    const bias = heads.take("bias", [2 * total]).map((value, row) => (row < total ? value + 1 : value));
    const starts = channels.map((_, block) => channels.slice(0, block).reduce((sum, count) => sum + count, 0));
    this.layers = channels.map((count, block) => ({
      gain: packRows(this.engine, weight, bias, starts[block], count),
      shift: packRows(this.engine, weight, bias, total + starts[block], count),
    }));
  }

  /** (N, inputs) to a gain around 1 and a shift around 0, each (N, channels), for every block. */
  forward(zAndClass) {
    const hidden = this.engine.leakyRelu(this.mapping.forward(zAndClass), LEAKY_SLOPE);
    return this.layers.map(({ gain, shift }) => ({
      gain: this.engine.linear(hidden, gain),
      shift: this.engine.linear(hidden, shift),
    }));
  }
}

/** Two convolutions beside an identity, and a modulation between them. */
class ModulatedBlock {
  constructor(scope, channels) {
    this.engine = scope.engine;
    this.first = new Convolution(scope.under("first"), channels, channels, false);
    this.second = new Convolution(scope.under("second"), channels, channels, false);
  }

  /** Overwrites x with the result. */
  forward(x, modulation) {
    this.engine.scope(() => this.second.forward(this.first.forward(x), { modulation, addTo: x }));
    return x;
  }
}

/** z and class in, image out: modulated residual blocks at 7x7, 14x14 and 28x28. */
export class FilmGenerator {
  /** width: channels at 7x7; half of them at 14x14, three eighths at 28x28. */
  constructor(scope, classes, { latent_dim, label_dim, width }) {
    this.engine = scope.engine;
    this.latentDim = latent_dim;
    const inputs = label_dim + latent_dim;
    const widths = [width, Math.floor(width / 2), Math.floor((3 * width) / 8)];
    const transition = (i) => new Convolution1x1(scope.under(`transitions.${i}`), widths[i], widths[i + 1]);
    const stage = (channels, i) =>
      Array.from({ length: BLOCKS[i] }, (_, j) => new ModulatedBlock(scope.under(`stages.${i}.${j}`), channels));

    this.embedding = new ClassEmbedding(scope.under("embedding"), classes, label_dim);
    this.input = new LinearToMap(scope.under("input"), inputs, width, 7);
    this.stages = widths.map(stage);
    this.transitions = [0, 1].map(transition);
    const channels = widths.flatMap((count, i) => Array(BLOCKS[i]).fill(count)); // of each block
    this.modulation = new Modulation(scope.under("modulation"), inputs, channels);
    this.output = new ConvolutionToOne(scope.under("output"), widths[2]);
  }

  /** z (N, latent_dim) and class weights (N, classes) to pixels (N, 28, 28) in [-1, 1]. */
  forward(z, classes) {
    const zAndClass = this.engine.concatenate(this.embedding.forward(classes), z);
    const modulations = this.modulation.forward(zAndClass);
    let x = this.input.forward(zAndClass);
    for (const [i, stage] of this.stages.entries()) {
      if (i > 0) x = this.engine.upsample(this.transitions[i - 1].forward(x));
      for (const block of stage) x = block.forward(x, modulations.shift());
    }
    return this.engine.clamp(this.output.forward(x), -1, 1);
  }
}
