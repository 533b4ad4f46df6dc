// Names pictures by judge.js: `node judge.mjs MODEL`. Input: a safetensors file with pictures (N, 28, 28), grey levels.
// Output: a class for each.

import { readSafetensors } from "../../cgan/engine/safetensors.js";
import { TrainingEngine } from "../../cgan/engine/training/engine.js";
import { Judge } from "../../cgan/engine/training/judge.js";
import { readBytes, readInput, TRAINING_WASM } from "./files.mjs";

const engine = new TrainingEngine(new WebAssembly.Module(TRAINING_WASM));
const judge = new Judge(engine, readSafetensors(readBytes(process.argv[2])));
const slices = judge.slices(Uint8Array.from(readSafetensors(readInput()).get("pictures").values));
let slice = slices.next();
while (!slice.done) slice = slices.next();
process.stdout.write(slice.value);
