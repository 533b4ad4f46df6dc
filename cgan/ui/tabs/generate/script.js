// The tab "Generate": the sheet of pictures of one class, and one seed in all ten classes.

import { decode } from "../../web/encoding/base64.js";
import { fit, keepFitted, paint, savePng } from "../../web/drawing/canvas.js";
import { ALL_CLASSES, CLASSES, SIZE } from "../../web/page/config.js";
import { fillNames, fillTexts, findIn, onPhone } from "../../web/page/dom.js";
import { drawPictures, loaded } from "../../web/drawing/drawing.js";
import { offerExport } from "../../web/page/export.js";
import { range, sampleInputs } from "../../web/drawing/inputs.js";
import { latents } from "../../web/drawing/latents.js";
import { showMark, timed } from "../../web/page/marks.js";
import { saveNpz } from "../../web/encoding/npz.js";
import { drawsHere } from "../../web/drawing/renderer.js";
import { newestOnly, pause } from "../../web/page/schedule.js";
import { drawFrom, valuesOf } from "../../web/page/store.js";
import { className, classNames, slug, text } from "../../web/page/texts.js";

const ROW_MS = 100; // between two drawings of the ten classes while the sheet follows a hand

let shown = null; // {request, pixels, dimensions} of the sheet
let drawRow = null; // of the ten classes, once they are mounted

/**
 * The sheet of pictures of one class.
 * @param {import("../../web/types").Component} component whose value is the first sheet
 */
export function mountPicture({ element, props: { value: first } }) {
  const canvas = element.querySelector("canvas");
  const caption = element.querySelector("figcaption");
  const mark = findIn(element, ".cgan-mark");
  fillTexts(element);

  // On a desk, what is above it and the row of ten classes below it are to fit into the window as well, unless the
  // pictures were not enlarged then.
  const maxHeight = () =>
    onPhone() ? 0.36 * window.innerHeight : Math.min(560, Math.max(window.innerHeight - 460, 2 * canvas.height));
  const refit = () => fit(canvas, maxHeight());
  /** @type {(request: import("../../web/types").Request, drawn: import("../../web/types").Drawn) => void} */
  const show = (request, { pixels, renderer, card: { steps, latent_dim: dimensions } }) => {
    const { class: index, seed, count } = request;
    shown = { request, pixels, dimensions };
    const values = { name: className(index), first: seed, last: seed + count - 1 };
    const what = text(count === 1 ? "what_one" : "what_many", values);
    if (paint(canvas, pixels, Math.ceil(Math.sqrt(count)))) refit();
    canvas.ariaLabel = text("picture", { what });
    const trained = steps ? ` · ${text("steps", { steps: Number(steps).toLocaleString() })}` : "";
    caption.textContent = what + trained;
    Object.assign(document.getElementById("picture").dataset, { seed, class: index, renderer });
  };
  const draw = newestOnly(async (request) => {
    const { checkpoint, class: index, seed, truncation, count } = request;
    await loaded(checkpoint, mark);
    await timed(mark, async () => {
      const inputs = (dimensions) =>
        sampleInputs(Array(count).fill(index), range(seed, count), dimensions, truncation);
      const drawn = await drawPictures(checkpoint, inputs);
      show(request, drawn);
      return drawn;
    });
    drawRow?.({ checkpoint, seed, truncation }); // later, without blocking
  });

  show(first.request, { ...first, pixels: decode(first.pixels), renderer: "server" });
  showMark(mark, "server");
  keepFitted(canvas, refit);
  document.getElementById("first-view")?.remove();
  const drawn = drawsHere(first.request.checkpoint) ? null : first.request; // else it is drawn again, by the page
  drawFrom("generate", ["checkpoint", "class", "seed", "truncation", "count"], draw, drawn);
}

/**
 * One seed in all ten classes, in one row, their names beneath.
 * @param {import("../../web/types").Component} component whose value is the first row
 */
export function mountAllClasses({ element, props: { value: first } }) {
  const canvas = element.querySelector("canvas");
  const caption = element.querySelector("figcaption");
  const names = findIn(element, ".cgan-class-names");
  fillNames(names, classNames());

  const refit = () => {
    fit(canvas, Infinity);
    names.style.width = canvas.style.width;
  };
  const show = ({ seed }, pixels) => {
    caption.textContent = text("all_classes", { first: seed });
    if (paint(canvas, pixels, CLASSES)) refit();
    canvas.ariaLabel = caption.textContent;
  };
  drawRow = newestOnly(async (request) => {
    const { checkpoint, seed, truncation } = request;
    const inputs = (dimensions) => sampleInputs(ALL_CLASSES, Array(CLASSES).fill(seed), dimensions, truncation);
    const { pixels } = await drawPictures(checkpoint, inputs, { behind: true });
    show(request, pixels);
    await pause(ROW_MS);
  });
  show(first.request, decode(first.pixels));
  keepFitted(canvas, refit);
}

function fileName() {
  const { checkpoint, class: index, seed, count } = shown.request;
  return slug(`${checkpoint}-${className(index)}-seed-${seed}-count-${count}`);
}

/** @param {number} [scale] */
const saveSheet = (scale) => savePng(document.querySelector("#picture canvas"), fileName(), scale);

/** The pictures as numbers, with what they were drawn from. */
function saveArrays() {
  const { request, pixels, dimensions } = shown;
  const { class: index, seed, truncation, count } = request;
  const seeds = range(seed, count);
  saveNpz(fileName(), {
    images: [pixels, count, SIZE, SIZE],
    labels: [new Uint8Array(count).fill(index), count],
    seeds: [Uint32Array.from(seeds), count],
    z: [latents(seeds, dimensions, truncation), count, dimensions],
  });
}

function python() {
  const { checkpoint, class: index, seed, truncation, count } = valuesOf("generate");
  return `import numpy as np

from cgan.models.checkpoints import resolve
from cgan.sampling import Sampler

sampler = Sampler(resolve(${JSON.stringify(checkpoint)}))
classes, seeds = np.full(${count}, ${index}), np.arange(${seed}, ${seed + count})
pictures = sampler.sample(classes, seeds, truncation=${truncation})  # uint8 (${count}, 28, 28)
`;
}

offerExport("generate", {
  formats: { png: () => saveSheet(), png_small: () => saveSheet(1), npz: saveArrays },
  python,
});
