// The tab "Directions": one picture, and sliders that move its z along the directions of cgan/explain/directions.py.

import { GAP, paint, picturesOf, savePng } from "../../web/drawing/canvas.js";
import { className, classNames } from "../../web/drawing/classes.js";
import { SIZE, TRAINED_HERE, config } from "../../web/page/config.js";
import { directionName, directionSliders, directionsOf } from "../../web/drawing/directions.js";
import { movesOf, strongest } from "../../web/drawing/directions.js";
import { findIn, make } from "../../web/page/dom.js";
import { drawPictures } from "../../web/drawing/drawing.js";
import { pictureFigure } from "../../web/drawing/figure.js";
import { offerExport } from "../../web/page/export.js";
import { pythonSeeds, seedSlug, seedText } from "../../web/drawing/found.js";
import { moveInputs, seedsFrom } from "../../web/drawing/inputs.js";
import { latents } from "../../web/drawing/latents.js";
import { newestOnly, pause } from "../../web/page/schedule.js";
import { drawFrom, update, valuesOf } from "../../web/page/store.js";
import { quoted, slug, text } from "../../web/page/texts.js";

const STRIP_SIGMAS = Array.from({ length: 2 * config.maxSigma + 1 }, (_, index) => index - config.maxSigma);
/** Between the middles of a strip's outer pictures, of its width. */
const BETWEEN = 1 - SIZE / (STRIP_SIGMAS.length * (SIZE + GAP) - GAP);
const THUMB = 16; // CSS pixels, of a slider
const STRIPS_MS = 150; // between two drawings of the strips while a seed follows a hand

const sigmasOf = new Map(); // what the sliders said last, by checkpoint and scope
let shownFor = null; // the checkpoint and scope whose directions the sliders are

/** @param {import("../../web/types").Request} request */
const scopeOf = ({ scope, class: index }) => (scope === "all" ? "all" : `${index}`);
const ofWhich = (request) => `${request.checkpoint} ${scopeOf(request)}`;

/** How far a request goes along each of `count` directions; the values of the store are those of the sliders shown. */
function sigmasFor(request, count) {
  const isShown = shownFor === null || shownFor === ofWhich(request);
  return isShown ? valuesOf("directions").sigmas : (sigmasOf.get(ofWhich(request)) ?? Array(count).fill(0));
}

/** Why a checkpoint has no directions, in words. */
const whyNone = (checkpoint) =>
  checkpoint === TRAINED_HERE ? text("trained_only_here") : text("no_directions", { checkpoint: quoted(checkpoint) });

/** One picture for each row of sigmas. */
function drawMoved(request, found, rows, options) {
  const { checkpoint, class: index, seed } = request;
  const vectors = found.map(({ z }) => z);
  const inputs = (card) => moveInputs(index, latents(seedsFrom(seed), card.latent_dim), vectors, rows, card);
  return drawPictures(checkpoint, inputs, options);
}

/**
 * A slider for each direction, with a strip that shows what it does to this picture alone.
 * @param {import("../../web/types").Component} component
 */
export function mountDirections({ element }) {
  const list = element.querySelector(".cgan-direction-list");
  const problem = element.querySelector("[role=status]");
  let strips = [];
  const layOut = directionSliders(list, findIn(element, "[data-do=reset]"), (sigmas) => {
    sigmasOf.set(shownFor, sigmas);
    update({ sigmas });
  });

  const addStrip = ({ slider, value }, direction, index) => {
    const ariaLabel = text("direction_strip", { name: directionName(direction, index) });
    const strip = make("canvas", { role: "img", ariaLabel });
    slider.style.width = `calc(${100 * BETWEEN}% + ${THUMB}px)`; // a sigma on the slider lies under its picture
    value.after(make("div", { className: "cgan-stage" }, make("div", {}, strip, slider)));
    return strip;
  };
  const show = newestOnly(async (request) => {
    const { checkpoint } = request;
    const found = await directionsOf(checkpoint, scopeOf(request));
    findIn(element, ".cgan-directions").dataset.state = found ? "ready" : "none";
    problem.textContent = found ? "" : whyNone(checkpoint);
    if (shownFor !== ofWhich(request) || strips.length !== (found?.length ?? 0)) {
      const sigmas = sigmasFor(request, found?.length);
      shownFor = ofWhich(request);
      strips = layOut(found ?? [], sigmas).map((row, index) => addStrip(row, found[index], index));
      element.querySelector("tbody").replaceChildren(...(found ?? []).map(evidenceRow));
    }
    if (strips.length) drawStrips({ request, found }); // later, without blocking
  });
  const drawStrips = newestOnly(async ({ request, found }) => {
    const alone = (index, sigma) => found.map((_, k) => (k === index ? sigma : 0));
    const cells = found.flatMap((_, index) => STRIP_SIGMAS.map((sigma) => alone(index, sigma)));
    const { pixels } = await drawMoved(request, found, cells, { behind: true });
    const count = STRIP_SIGMAS.length;
    strips.forEach((strip, index) => paint(strip, picturesOf(pixels, index * count, count), count));
    await pause(STRIPS_MS);
  });
  drawFrom("directions", ["checkpoint", "class", "seed", "scope"], show);
}

/** A line of the table that says what was measured, and where a name comes from. */
function evidenceRow(direction, index) {
  const [number, [correlation, change]] = strongest(direction);
  const cells = [
    directionName(direction, index),
    `${(100 * direction.share).toFixed(1)} %`,
    text(`direction_${number}`),
    correlation.toFixed(2),
    change.toFixed(1),
  ];
  return make("tr", {}, ...cells.map((content) => make("td", {}, content)));
}

/**
 * The picture as its seed has it, and moved.
 * @param {import("../../web/types").Component} component
 */
export function mountMoved({ element }) {
  const show = pictureFigure(element);
  const draw = newestOnly(async (request) => {
    const { checkpoint, class: index, seed } = request;
    const found = await directionsOf(checkpoint, scopeOf(request));
    if (!found) return;
    const sigmas = sigmasFor(request, found.length);
    const pictures = () => drawMoved(request, found, [sigmas.map(() => 0), sigmas]);
    const before = seedText("what_one", seed, { name: className(checkpoint, index), first: seed });
    const data = { seed: seedSlug(seed), class: index, sigmas: sigmas.join(" ") };
    await show(pictures, 2, `${before} → ${movesOf(found, sigmas)}`, data);
  });
  drawFrom("directions", ["checkpoint", "class", "seed", "scope", "sigmas"], draw);
}

function python() {
  const values = valuesOf("directions");
  const { checkpoint, class: index, seed, sigmas } = values;
  const [columns, count] = [config.sheetSeeds, classNames(checkpoint).length];
  const moving = `
vectors = load_directions(folder).vectors("${scopeOf(values)}")
z = latents.latents(seeds, sampler.latent_dim)[0]
weights = latents.one_hot(np.full(2, ${index}), ${count})
pictures = sampler.draw(move(z, vectors, np.array([[0] * ${sigmas.length}, [${sigmas.join(", ")}]])), weights)`;
  const hasDirections = document.querySelector(".cgan-directions[data-state=ready]");
  return `import numpy as np

from cgan.explain.directions import load_directions, move
from cgan.models.checkpoints import resolve
from cgan.sampling import Sampler, latents

folder = resolve(${JSON.stringify(checkpoint)})
sampler = Sampler(folder)
seeds = ${pythonSeeds(seed, columns)}${hasDirections ? moving : ""}
z = np.tile(latents.latents(seeds, sampler.latent_dim), (${count}, 1))
sheet = sampler.sample(np.arange(${count}).repeat(${columns}), z)  # uint8 (${count * columns}, ${SIZE}, ${SIZE})
`;
}

function fileName(what) {
  const { checkpoint, class: index, seed } = valuesOf("directions");
  return slug(`${checkpoint}-${className(checkpoint, index)}-seed-${seedSlug(seed)}-${what}`);
}

offerExport("directions", {
  formats: {
    moved: () => savePng(document.querySelector("#moved canvas"), fileName("moved")),
    sheet: () => savePng(document.querySelector(".cgan-sheet-canvas"), fileName("sheet")),
  },
  python,
});
