// Trains by trainer.js and saves a checkpoint: `node save.mjs SETTINGS STEPS FOLDER`, input as train.mjs.

import { trainer } from "./files.mjs";
import { writeFileSync } from "node:fs";

const [settings, steps, folder] = process.argv.slice(2);
const trained = trainer(JSON.parse(settings));
for (let step = 0; step < Number(steps); step++) trained.step();
for (const [name, bytes] of Object.entries(trained.checkpoint())) writeFileSync(`${folder}/${name}`, bytes);
