// A run of the page as the command that does the same in a terminal.

import { REPORT, isSame } from "../../web/page/training_runs.js";

/** The flag of train.py for a setting. @param {string} name */
export const flagOf = (name) => `--${name.replaceAll("_", "-")}`;

function argument(name, value) {
  if (typeof value === "boolean") return value ? flagOf(name) : `--no-${name.replaceAll("_", "-")}`;
  return `${flagOf(name)} ${value}`;
}

/**
 * The settings that are not train.py's defaults, as its flags. It trains on all 60,000 images, or on a person's own.
 * @param {import("../../../engine/training/trainer.js").Settings} settings
 * @param {boolean} isOwn
 */
export function commandOf(settings, isOwn) {
  const others = Object.keys(settings).filter((name) => !isSame(settings[name], REPORT[name]));
  const flags = others.map((name) => argument(name, settings[name]));
  return ["python train.py", ...(isOwn ? ["--data PATH"] : []), ...flags, "--out checkpoints/my-run"].join(" \\\n    ");
}
