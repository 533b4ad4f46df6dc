// What settings.js says of settings: `node settings.mjs`. Input: a list of settings as JSON. Output: the report's settings, the
// losses, and for each of the list what is refused, in one line, or null.

import { completeSettings, REPORT } from "../../cgan/engine/training/settings.js";
import { LOSSES } from "../../cgan/engine/training/losses.js";
import { readInput } from "./files.mjs";

function refusal(settings) {
  try {
    completeSettings(settings);
    return null;
  } catch (error) {
    return error.message;
  }
}

const list = JSON.parse(new TextDecoder().decode(readInput()));
process.stdout.write(JSON.stringify({ report: REPORT, losses: LOSSES, refusals: list.map(refusal) }));
