// One step of training, looked into: the two listings of the report line by line, and what each line made.

import { paint, picturesOf, resize } from "../../web/drawing/canvas.js";
import { PIXELS, SIZE } from "../../web/page/config.js";
import { fillNames, make } from "../../web/page/dom.js";
import { text } from "../../web/page/texts.js";
import { isPaired } from "../../../engine/training/losses.js";
import { listings } from "./listing.js";

/** @typedef {import("../../../engine/training/trainer.js").Inspection} Inspection */

const SHOWN = 5; // pictures of the batch
const GAP = 1;
const WIDTH = SHOWN * (SIZE + GAP) - GAP;

/** Red and blue for what is above and below zero, white for zero. @param {number} share -1 to 1 */
function signedColour(share) {
  const rest = Math.round(255 * (1 - Math.min(1, Math.abs(share))));
  return share > 0 ? [255, Math.round(rest * 0.7 + 76), rest] : [rest, Math.round(rest * 0.7 + 76), 255];
}

/**
 * Signed numbers on a canvas, a cell for each of SHOWN pictures; the strongest tenth of all has full colour.
 * @param {(picture: number, x: number, y: number) => number} valueAt 0 where there is none
 */
function signedCanvas(valueAt, label) {
  const canvas = make("canvas", { role: "img", ariaLabel: label });
  resize(canvas, WIDTH, SIZE);
  const context = canvas.getContext("2d");
  const cells = Array.from({ length: SHOWN * PIXELS }, (_, i) =>
    valueAt(Math.floor(i / PIXELS), i % SIZE, Math.floor((i % PIXELS) / SIZE)),
  );
  const sizes = cells.map(Math.abs).sort((a, b) => a - b);
  const strong = sizes[Math.floor(0.9 * sizes.length)] || 1e-30;
  const image = context.createImageData(canvas.width, SIZE);
  cells.forEach((value, i) => {
    const [picture, x, y] = [Math.floor(i / PIXELS), i % SIZE, Math.floor((i % PIXELS) / SIZE)];
    const place = 4 * (y * canvas.width + picture * (SIZE + GAP) + x);
    image.data.set([...signedColour(value / strong), 255], place);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

function pictureCanvas(pixels, label) {
  const canvas = make("canvas", { role: "img", ariaLabel: label });
  paint(canvas, picturesOf(pixels, 0, SHOWN), SHOWN, GAP);
  return canvas;
}

/** z as a square of numbers for each picture. */
function zCanvas(z, dimensions, label) {
  const side = Math.ceil(Math.sqrt(dimensions));
  return signedCanvas((picture, x, y) => {
    const place = Math.floor((y * side) / SIZE) * side + Math.floor((x * side) / SIZE);
    return place < dimensions ? z[picture * dimensions + place] : 0;
  }, label);
}

function namesRow(names) {
  const row = make("div", { className: "cgan-names", style: { "--across": WIDTH, "--down": SIZE } });
  fillNames(row, names);
  return row;
}

const first = (values) => [...values.slice(0, SHOWN)];
const scoresRow = (scores) => namesRow(first(scores).map((score) => score.toFixed(2)));
const number = (value) => make("output", {}, value.toFixed(4));

/** How much each weight was changed, as a share of its size. @param {Inspection["updates"]} updates */
function updatesList(updates) {
  const weights = updates
    .filter(({ name }) => name.endsWith("weight"))
    .map(({ name, update, weight }) => ({ name, share: update / weight }));
  const largest = Math.max(...weights.map(({ share }) => share), 1e-30);
  const items = weights.map(({ name, share }) => {
    const words = [name, `${(100 * share).toPrecision(2)} %`].map((part) => make("span", {}, part));
    return make("li", { style: { "--share": share / largest } }, ...words);
  });
  return make("ol", { className: "cgan-bars" }, ...items);
}

/** @param {HTMLElement} box a section, hidden until there is something in it */
export function makeInspection(box) {
  /**
   * Show a step.
   * @param {string} letter of the run
   * @param {import("../../../engine/training/trainer.js").Settings} settings
   * @param {Inspection} seen
   * @param {string[]} names of the classes
   * @param {number} step its number
   */
  return (letter, settings, seen, names, step) => {
    const { loss, latent_dim, batch_size } = settings;
    const of = (network) => updatesList(seen.updates.filter((update) => update.network === network));
    const gradientAt = (picture, x, y) => -seen.gradient[picture * PIXELS + y * SIZE + x];
    const named = (labels) => namesRow(first(labels).map((label) => names[label]));
    const lines = listings(loss, {
      ...{ batch: batch_size, latent: latent_dim, classes: names.length, isPaired: isPaired(loss) },
    });
    const contents = {
      data: [pictureCanvas(seen.real, text("train_inside_real")), named(seen.labels)],
      z: [zCanvas(seen.z, latent_dim, text("train_inside_z"))],
      classes: [named(seen.classes)],
      images: [pictureCanvas(seen.images, text("train_inside_images"))],
      scores_g: [scoresRow(seen.score_fake)],
      loss_g: [number(seen.loss_g)],
      backward_g: [signedCanvas(gradientAt, text("train_inside_gradient"))],
      step_g: [of("generator")],
      scores_d: [scoresRow(seen.score_real), scoresRow(seen.score_fake)],
      loss_d: [number(seen.loss_d)],
      step_d: [of("discriminator")],
    };
    const rows = (block) =>
      Object.entries(lines[block]).map(([name, code]) => {
        const words = make("div", {}, make("pre", {}, code), make("small", {}, text(`train_line_${name}`)));
        const made = make("div", { className: "cgan-stage" }, ...contents[name]);
        return make("div", { className: "cgan-train-line" }, words, made);
      });
    const blocks = ["generator", "discriminator"].map((block) =>
      make("div", {}, make("h4", {}, text(`train_inside_${block}`)), ...rows(block)),
    );
    const values = { run: letter.toUpperCase(), step: step.toLocaleString(), shown: SHOWN, batch: batch_size };
    box.replaceChildren(
      make("h3", {}, text("train_inside", values)),
      make("p", {}, text("train_inside_info", values)),
      make("div", { className: "cgan-pair" }, ...blocks),
    );
    box.dataset.step = `${step}`;
    box.hidden = false;
    box.scrollIntoView({ behavior: "smooth", block: "nearest" });
  };
}
