// Trains by trainer.js: `node train.mjs SETTINGS STEPS`, settings as JSON. Input: a safetensors file with images
// (N, 784) and labels (N), and, in its other tensors, recorded random numbers: order.0, order.1, ..., normal.0, ..., classes.0,
// ..., mask.0, ...; where there are none, the trainer draws its own. Output: all weights as one safetensors file, whose
// metadata are the metrics.

import { safetensorsOf, trainer } from "./files.mjs";

const [settings, steps] = process.argv.slice(2);
const trained = trainer(JSON.parse(settings));
for (let step = 0; step < Number(steps); step++) trained.step();
process.stdout.write(safetensorsOf(trained));
