// The tab "Generate": the sheet of pictures of one class, and one seed in all classes.

import { decode } from "../../web/encoding/base64.js";
import { columnsFor, paint, savePng } from "../../web/drawing/canvas.js";
import { classLines } from "../../web/drawing/class_lines.js";
import { allClasses, className, classNames } from "../../web/drawing/classes.js";
import { SIZE, config } from "../../web/page/config.js";
import { fillTexts, findIn, make, onPhone } from "../../web/page/dom.js";
import { drawPictures, loaded } from "../../web/drawing/drawing.js";
import { offerExport } from "../../web/page/export.js";
import { isFound, pythonSampler, pythonSeeds, seedSlug, seedText } from "../../web/drawing/found.js";
import { sampleInputs, seedsFrom } from "../../web/drawing/inputs.js";
import { latents } from "../../web/drawing/latents.js";
import { showMark, timed, writeReadably } from "../../web/page/marks.js";
import { saveNpz } from "../../web/encoding/npz.js";
import { drawsHere } from "../../web/drawing/renderer.js";
import { newestOnly, pause } from "../../web/page/schedule.js";
import { drawFrom, valuesOf } from "../../web/page/store.js";
import { slug, text } from "../../web/page/texts.js";

const ROW_MS = 100; // between two drawings of the row of classes while the sheet follows a hand

let shown = null; // {request, pixels, dimensions} of the sheet
let drawRow = null; // of all classes, once they are mounted

/**
 * The columns of a sheet for what it may take of the window's height: on a desk all that what is above and below it
 * leaves. The canvas says the same to the style sheet; there pictures are enlarged on a desk in any case.
 * @param {HTMLCanvasElement} canvas
 */
function columnsIn(canvas, count) {
  const height = onPhone() ? 0.36 * window.innerHeight : Math.min(560, window.innerHeight - 440);
  return columnsFor(count, canvas.parentElement.clientWidth, height);
}

/** Paint the first view's sheet, where it will be once Gradio's scripts are there. */
export function showFirstSheet() {
  const view = document.getElementById("first-view");
  if (location.search) return view.remove(); // a link may show something else at first
  const { request, pixels } = config.first.picture;
  const canvas = view.querySelector("canvas");
  fillTexts(view);
  view.querySelector("figcaption").textContent = sheetText(request);
  paint(canvas, decode(pixels), columnsIn(canvas, request.count));
}

/** What a sheet shows, in words. @param {import("../../web/types").Request} request */
function sheetText({ checkpoint, class: index, seed, count }) {
  const values = { name: className(checkpoint, index), first: seed, last: seed + count - 1 };
  return seedText(count === 1 ? "what_one" : "what_many", seed, values);
}

/**
 * The sheet of pictures of one class.
 * @param {import("../../web/types").Component} component whose value is the first sheet
 */
export function mountPicture({ element, props: { value: first } }) {
  const canvas = element.querySelector("canvas");
  const caption = element.querySelector("figcaption");
  const mark = findIn(element, ".cgan-mark");

  let columns = 0;
  const arrange = () => (columns = columnsIn(canvas, shown.request.count));
  /** @type {(request: import("../../web/types").Request, drawn: import("../../web/types").Drawn) => void} */
  const show = (request, { pixels, renderer, card: { steps, latent_dim: dimensions } }) => {
    const { class: index, seed, count } = request;
    const isOther = count !== shown?.request.count;
    shown = { request, pixels, dimensions };
    if (isOther) arrange(); // else the browser need not lay out the page for it
    paint(canvas, pixels, columns);
    writeReadably(caption, () => {
      const what = sheetText(request);
      const trained = steps ? ` · ${text("steps", { steps: Number(steps).toLocaleString() })}` : "";
      canvas.ariaLabel = text("picture", { what });
      caption.textContent = what + trained;
    });
    Object.assign(document.getElementById("picture").dataset, { seed: seedSlug(seed), class: index, renderer });
  };
  const draw = newestOnly(async (request) => {
    const { checkpoint, class: index, seed, truncation, count } = request;
    await loaded(checkpoint, mark);
    await timed(mark, async () => {
      const inputs = (card) => sampleInputs(Array(count).fill(index), seedsFrom(seed, count), card, truncation);
      const drawn = await drawPictures(checkpoint, inputs);
      show(request, drawn);
      return drawn;
    });
    drawRow?.({ checkpoint, seed, truncation }); // later, without blocking
  });

  show(first.request, { ...first, pixels: decode(first.pixels), renderer: "server" });
  showMark(mark, "server");
  new ResizeObserver(() => {
    arrange();
    paint(canvas, shown.pixels, columns);
  }).observe(canvas.parentElement);
  document.getElementById("first-view")?.remove();
  const drawn = drawsHere(first.request.checkpoint) ? null : first.request; // else it is drawn again, by the page
  drawFrom("generate", ["checkpoint", "class", "seed", "truncation", "count"], draw, drawn);
}

/**
 * One seed in all classes, their names beneath.
 * @param {import("../../web/types").Component} component whose value is the first row
 */
export function mountAllClasses({ element, props: { value: first } }) {
  const caption = element.querySelector("figcaption");
  const showLines = classLines(findIn(element, ".cgan-class-lines"));
  const show = ({ checkpoint, seed }, pixels) => {
    caption.textContent = seedText("all_classes", seed, { first: seed, count: allClasses(checkpoint).length });
    showLines(classNames(checkpoint), pixels, caption.textContent);
  };
  drawRow = newestOnly(async (request) => {
    const { checkpoint, seed, truncation } = request;
    const [all, [z]] = [allClasses(checkpoint), seedsFrom(seed)];
    const inputs = (card) => sampleInputs(all, all.map(() => z), card, truncation);
    const { pixels } = await drawPictures(checkpoint, inputs, { behind: true });
    show(request, pixels);
    await pause(ROW_MS);
  });
  show(first.request, decode(first.pixels));
}

function fileName() {
  const { checkpoint, class: index, seed, count } = shown.request;
  return slug(`${checkpoint}-${className(checkpoint, index)}-seed-${seedSlug(seed)}-count-${count}`);
}

/**
 * The sheet as nearly square as can be, whatever the window's shape.
 * @param {number} [scale]
 */
function saveSheet(scale) {
  const sheet = make("canvas");
  paint(sheet, shown.pixels, Math.ceil(Math.sqrt(shown.request.count)));
  savePng(sheet, fileName(), scale);
}

/** The pictures as numbers, with what they were drawn from. */
function saveArrays() {
  const { request, pixels, dimensions } = shown;
  const { class: index, seed, truncation, count } = request;
  const seeds = seedsFrom(seed, count);
  return saveNpz(fileName(), {
    images: [pixels, count, SIZE, SIZE],
    labels: [new Uint8Array(count).fill(index), count],
    ...(!isFound(seed) && { seeds: [Uint32Array.from(/** @type {number[]} */ (seeds)), count] }),
    z: [latents(seeds, dimensions, truncation), count, dimensions],
  });
}

function python() {
  const { checkpoint, class: index, seed, truncation, count } = valuesOf("generate");
  return `${pythonSampler(checkpoint)}
classes, seeds = np.full(${count}, ${index}), ${pythonSeeds(seed, count)}
pictures = sampler.sample(classes, seeds, truncation=${truncation})  # uint8 (${count}, 28, 28)
`;
}

offerExport("generate", {
  formats: { png: () => saveSheet(), png_small: () => saveSheet(1), npz: saveArrays },
  python,
});
