// Training off the page's main thread. Messages {id, kind, ...}; answers {id, result} or {id, error}.
//
// Work is done in slices of some milliseconds, and messages are received between them. `run`, `pause`, `limit` and
// `read` are answered at once. All else waits for its turn, which comes when the step under way is complete: then all
// weights are of one step.

import { Judge } from "./judge.js";
import { RandomStream } from "./random.js";
import { readSafetensors } from "../safetensors.js";
import { Trainer } from "./trainer.js";
import { TrainingEngine } from "./engine.js";

const SLICE = 10; // milliseconds
const JUDGED_SEED = [1, 2, 3, 4]; // of the z of the pictures that are judged
const GROUP = 50; // pictures of one class that are drawn and judged at a time

let engineModule;
let trainer;
let judge;

let running = false;
let share = 1; // of the time that is spent on training, while it runs
let failure = null; // what stopped it, where that is no divergence
const waiting = []; // requests: { work, answer }
let current = null; // the one under way, or a step
let pumping = false;

const last = { time: 0, images: 0 }; // at the last reading, or when it began to run

function created() {
  if (!trainer) throw new Error("there is no run yet");
  return trainer;
}

/** Requests that are answered at once. */
const AT_ONCE = {
  /** Train until it is paused or complete. */
  run() {
    if (created().diverged !== null) throw new Error(`the run diverged at step ${trainer.diverged}`);
    failure = null;
    running = true;
    Object.assign(last, { time: performance.now(), images: trainer.imagesSeen });
  },

  pause() {
    running = false;
  },

  /**
   * Leave time to others, whether it runs or not.
   * @param {{ share: number }} message share: of the time, 0.05 to 1; at first it takes all
   */
  limit({ share: wanted }) {
    if (!(wanted >= 0.05 && wanted <= 1)) throw new Error(`share is ${wanted}; allowed: 0.05 to 1`);
    share = wanted;
  },

  /** Trainer.readMetrics, and whether it runs; while it does, images a second since the last reading. */
  read() {
    const metrics = created().readMetrics();
    const time = performance.now();
    const rate = (1000 * (metrics.images - last.images)) / (time - last.time);
    Object.assign(last, { time, images: metrics.images });
    return { ...metrics, running, failure, images_per_second: rate };
  },
};

/* eslint-disable require-yield -- short work needs no slices */

/** Requests that wait for the end of a step: generator functions, one slice from yield to yield. */
const IN_TURN = {
  /** Take training.wasm. @param {{ module: WebAssembly.Module }} message the page compiles it once for all workers */
  *start({ module }) {
    engineModule = module;
  },

  /**
   * Begin anew, paused.
   * @param {{ settings: import("./trainer.js").Settings } & import("./trainer.js").Data} message
   */
  *create({ settings, images, labels, classes = 10 }) {
    running = false;
    trainer = new Trainer(new TrainingEngine(engineModule), settings, { images, labels, classes });
    return { settings: trainer.settings, lastStep: trainer.lastStep, classes };
  },

  /** One step. */
  *step() {
    yield* created().slices();
  },

  /** One step, looked into: Trainer's Inspection. */
  *inspect() {
    return yield* created().inspect();
  },

  /**
   * Grey levels (count * 784). averaged: by the moving average.
   * @param {{ count: number, z: Float32Array, classWeights: Float32Array, averaged: boolean }} message
   */
  *sample({ count, z, classWeights, averaged }) {
    return created().sample(count, z, classWeights, averaged);
  },

  /**
   * Make the judge ready.
   * @param {{ model: ArrayBuffer }} message what transfer.py's judge_file makes, or classifier.safetensors
   */
  *openJudge({ model }) {
    judge = new Judge(new TrainingEngine(engineModule), readSafetensors(model));
  },

  /**
   * How many of `count` pictures, as many of each class, the judge names right; always from the same z.
   * @param {{ count: number, averaged: boolean }} message
   */
  *judge({ count, averaged }) {
    if (!judge) throw new Error("there is no judge yet");
    const { classes, settings } = created();
    const [each, stream] = [Math.max(1, Math.round(count / classes)), new RandomStream(JUDGED_SEED)];
    let right = 0;
    for (let index = 0; index < classes; index++)
      for (let first = 0; first < each; first += GROUP) {
        const pictures = Math.min(GROUP, each - first);
        const weights = new Float32Array(pictures * classes);
        for (let i = 0; i < pictures; i++) weights[i * classes + index] = 1;
        const z = stream.normal(new Float32Array(pictures * settings.latent_dim));
        const drawn = trainer.sample(pictures, z, weights, averaged);
        yield;
        const named = yield* judge.slices(drawn);
        right += named.filter((name) => name === index).length;
      }
    return { right, count: each * classes, step: trainer.steps };
  },

  /** The files of a checkpoint, by name. @param {{ classes?: object }} message classes: see Trainer.checkpoint */
  *save({ classes }) {
    return created().checkpoint(classes);
  },
};

/* eslint-enable require-yield */

/** What comes next: a request, or, while it runs, a step. */
function next() {
  if (waiting.length) {
    const { work, answer } = waiting.shift();
    return { slices: work(), answer };
  }
  running &&= trainer.diverged === null && trainer.steps < trainer.lastStep;
  if (!running) return null;
  const answer = ({ error }) => {
    if (error) [failure, running] = [error, false];
  };
  return { slices: trainer.slices(), answer };
}

/** One slice. @returns {boolean} whether there was anything to do */
function slice() {
  const end = performance.now() + SLICE;
  do {
    current ??= next();
    if (!current) return false;
    try {
      const { done, value } = current.slices.next();
      if (!done) continue;
      current.answer({ result: value });
    } catch (error) {
      current.answer({ error: error.message });
    }
    current = null;
  } while (performance.now() < end);
  return true;
}

const turns = new MessageChannel(); // setTimeout would wait for four milliseconds
turns.port1.onmessage = pump;

function pump() {
  const start = performance.now();
  pumping = slice();
  if (!pumping) return;
  const rest = waiting.length ? 0 : (performance.now() - start) * (1 / share - 1);
  if (rest >= 1) setTimeout(pump, rest);
  else turns.port2.postMessage(null);
}

function wake() {
  if (pumping) return;
  pumping = true;
  turns.port2.postMessage(null);
}

/** The buffers that go along with an answer, so that they need not be copied. */
function buffersOf(result) {
  if (ArrayBuffer.isView(result)) return [result.buffer];
  const values = result && typeof result === "object" ? Object.values(result) : [];
  return [...new Set(values.filter((value) => ArrayBuffer.isView(value)).map(({ buffer }) => buffer))];
}

self.onmessage = ({ data: { id, kind, ...details } }) => {
  /** @type {(message: { result?: any, error?: string }) => void} */
  const answer = ({ result, error }) => {
    if (error === undefined) self.postMessage({ id, result }, { transfer: buffersOf(result) });
    else self.postMessage({ id, error });
  };
  if (Object.hasOwn(IN_TURN, kind)) waiting.push({ work: () => IN_TURN[kind](details), answer });
  else
    try {
      if (!Object.hasOwn(AT_ONCE, kind)) throw new Error(`there is no request ${kind}`);
      answer({ result: AT_ONCE[kind](details) });
    } catch (error) {
      answer({ error: error.message });
    }
  wake();
};
