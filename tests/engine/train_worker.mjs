// Uses training/worker.js as a page does: `node train_worker.mjs SETTINGS JUDGE FOLDER`. Input as train.mjs. The output is
// JSON: answers of the worker. It saves to the folder.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readBytes, readInput, TRAINING_WASM } from "./files.mjs";
import { readSafetensors } from "../../cgan/engine/safetensors.js";

const [settings, judge, folder] = process.argv.slice(2);
const tensors = readSafetensors(readInput());
const [images, labels] = ["images", "labels"].map((name) => Uint8Array.from(tensors.get(name).values));

// What the worker finds in a browser's worker.
const waiting = new Map(); // by a message's id: what to do with its answer
globalThis.self = {
  postMessage(answer, { transfer } = {}) {
    const { id, ...rest } = structuredClone(answer, { transfer });
    waiting.get(id)(rest);
  },
};
// A browser's channel lets timers and other messages pass; node's own hands over a thousand messages before them.
globalThis.MessageChannel = class {
  port1 = { onmessage: null };
  port2 = { postMessage: () => setImmediate(() => this.port1.onmessage()) };
};
await import("../../cgan/engine/training/worker.js");

let messages = 0;

function ask(kind, details = {}) {
  const id = messages++;
  return new Promise((resolve) => {
    waiting.set(id, ({ result, error }) => resolve(error === undefined ? result : { error }));
    self.onmessage({ data: { id, kind, ...details } });
  });
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const answers = {};

answers.early = await ask("run");
await ask("start", { module: new WebAssembly.Module(TRAINING_WASM) });
answers.created = await ask("create", { settings: JSON.parse(settings), images, labels });
const { latent_dim } = answers.created.settings;

await ask("step");
answers.stepped = await ask("read");

await ask("run");
let read = await ask("read");
for (; read.step < 20; read = await ask("read")) await pause(50);
answers.running = read;
await ask("pause");
const [first, later] = [await ask("read"), (await ask("step"), await ask("read"))];
answers.paused = { running: first.running, steps: later.step - first.step };

const count = Math.max(...labels) + 1; // a picture of each class
const sample = { count, z: new Float32Array(count * latent_dim), classWeights: new Float32Array(count ** 2) };
for (let i = 0; i < count; i++) sample.classWeights[i * count + i] = 1;
const sampled = await ask("sample", { ...sample, averaged: true });
answers.refused = await ask("sample", { ...sample, count: count - 1, averaged: true });

const { z, labels: seen, real, images: generated, gradient, ...inspected } = await ask("inspect");
answers.inspected = { ...inspected, sizes: [z, seen, real, generated, gradient].map(({ length }) => length) };
answers.inspected.gradient = gradient.reduce((sum, value) => sum + Math.abs(value), 0);

answers.noJudge = await ask("judge", { count: 100, averaged: true });
await ask("openJudge", { model: readBytes(judge) });
answers.judged = [
  await ask("judge", { count: 100, averaged: true }),
  await ask("judge", { count: 100, averaged: true }),
];

answers.greedy = await ask("limit", { share: 2 });
answers.unknown = await ask("toString");

mkdirSync(folder, { recursive: true });
for (const [name, bytes] of Object.entries(await ask("save"))) writeFileSync(`${folder}/${name}`, bytes);
// The state that was saved is one step later than the one that was sampled.
const after = await ask("sample", { ...sample, averaged: true });
writeFileSync(`${folder}/sampled`, after);
answers.sampled = [sampled.length, after.length];

await ask("limit", { share: 0.5 });
await ask("run");
while ((await ask("read")).running) await pause(5);
answers.finished = await ask("read");
process.stdout.write(JSON.stringify(answers));
