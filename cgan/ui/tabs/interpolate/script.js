// The tab "Interpolate": a walk, the frame at the slider's position, and the strip of all frames.

import { decode } from "../../web/encoding/base64.js";
import { arranged, paint, paintStrip, picturesOf, savePng } from "../../web/drawing/canvas.js";
import { className } from "../../web/drawing/classes.js";
import { PIXELS, SIZE, hasServer } from "../../web/page/config.js";
import { findIn, make, saveFile } from "../../web/page/dom.js";
import { askServer, drawPictures, loaded } from "../../web/drawing/drawing.js";
import { offerExport } from "../../web/page/export.js";
import { isFound, pythonList, pythonSampler, seedSlug } from "../../web/drawing/found.js";
import { evenly, range, sampleInputs, seedsFrom, walkInputs } from "../../web/drawing/inputs.js";
import { PATHS } from "../../web/drawing/latents.js";
import { showMark, timed } from "../../web/page/marks.js";
import { saveNpz } from "../../web/encoding/npz.js";
import { makePlayer } from "../../web/page/player.js";
import { drawsHere, gifOf } from "../../web/drawing/renderer.js";
import { newestOnly } from "../../web/page/schedule.js";
import { slide } from "../../web/page/sliders.js";
import { drawFrom, valuesOf } from "../../web/page/store.js";
import { slug, text } from "../../web/page/texts.js";

const WALK_SECONDS = 2.5; // one way, at speed 1
const STRIP_MS = 150; // between two drawings of the strip while the walk's ends follow a hand
const ROUTE = ["checkpoint", "class", "seed", "to-class", "to-seed", "path", "frames"];

let shown = null; // {request, strip, card}: what the strip shows, and what it answers

/**
 * A walk: the frame at the slider's position, the strip of all frames, and what plays and saves them.
 * @param {import("../../web/types").Component} component whose value is the first walk
 */
export function mountWalk({ element, props: { value: first } }) {
  const frameCanvas = findIn(element, ".cgan-frame");
  const stripCanvas = findIn(element, ".cgan-strip");
  const caption = element.querySelector("figcaption");
  const mark = findIn(element, ".cgan-mark");
  let request = first.request;
  let stripAt = 0; // when the strip was drawn last
  let position = 0;
  let isPlaying = false; // the slider is moved by the player, who knows better than the slider where it is

  const name = () => text("from_to", { from: nameOf(request, "class"), to: nameOf(request, "to-class") });
  const showFrame = (pixels, description) => {
    paint(frameCanvas, pixels, 1);
    frameCanvas.ariaLabel = caption.textContent = description;
    Object.assign(frameCanvas.dataset, { position, frame: Math.round(position * (request.frames - 1)) });
  };
  /** The frame of the strip that is nearest to the position. */
  const showNearestFrame = () => {
    const frames = shown.strip.length / PIXELS;
    const index = Math.round(position * (frames - 1));
    showFrame(picturesOf(shown.strip, index), text("frame", { name: name(), frame: index + 1, frames }));
  };
  /** The exact frame at the position, where the page draws; else the nearest one there is. */
  const drawFrame = newestOnly(async () => {
    if (!drawsHere(request.checkpoint)) return showNearestFrame();
    const description = text("on_the_way", { name: name(), percent: Math.round(100 * position) });
    await timed(mark, async () => {
      const inputs = (card) => walkOf(request, [position], card);
      const drawn = await drawPictures(request.checkpoint, inputs);
      showFrame(drawn.pixels, description);
      return drawn;
    });
  });

  /** @param {import("../../web/types").Drawn} drawn */
  const showStrip = ({ pixels, card }) => {
    shown = { request, strip: pixels, card };
    paintStrip(stripCanvas, pixels);
  };
  const drawStrip = async () => {
    const inputs = (card) => walkOf(request, evenly(request.frames), card);
    const drawn = await drawPictures(request.checkpoint, inputs, { behind: true });
    showStrip(drawn);
    stripAt = performance.now();
    return drawn;
  };
  const draw = newestOnly(async (newest, isNewest) => {
    request = newest;
    await loaded(request.checkpoint, mark);
    if (drawsHere(request.checkpoint)) {
      await drawFrame();
      if (isNewest() || performance.now() - stripAt > STRIP_MS) await drawStrip();
    } else {
      await timed(mark, drawStrip);
      await drawFrame();
    }
  });
  const moveTo = (to) => {
    position = to;
    drawFrame();
  };
  makePlayer(element, WALK_SECONDS, {
    get: () => position,
    set(to, isResting) {
      isPlaying = true;
      slide("position", to);
      isPlaying = false;
      moveTo(isResting ? valuesOf("interpolate").position : to); // at rest what the slider says, and so a link
    },
  });

  showStrip({ ...first, pixels: decode(first.pixels), renderer: "server" });
  showMark(mark, "server");
  showNearestFrame();
  new ResizeObserver(() => paintStrip(stripCanvas, shown.strip)).observe(stripCanvas.parentElement);
  drawFrom("interpolate", ROUTE, draw, first.request);
  drawFrom("interpolate", ["position"], ({ position: to }) => isPlaying || moveTo(to));
}

/** The inputs at positions of a walk. */
function walkOf({ class: fromClass, seed, "to-class": toClass, "to-seed": toSeed, path }, positions, card) {
  const end = (index, of) => sampleInputs([index], seedsFrom(of), card);
  return walkInputs(end(fromClass, seed), end(toClass, toSeed), positions, PATHS[path]);
}

/** All frames, and those between the last and the first once more. */
function thereAndBack(strip) {
  const last = strip.length / PIXELS - 1;
  return arranged(strip, range(0, 2 * last).map((index) => Math.min(index, 2 * last - index)));
}

/** The class at an end of a walk. */
const nameOf = (request, name) => className(request.checkpoint, request[name]);

function fileName() {
  const { request } = shown;
  const ends = [["class", "seed"], ["to-class", "to-seed"]];
  const names = ends.map(([index, seed]) => `${nameOf(request, index)}-${seedSlug(request[seed])}`);
  return slug(`${request.checkpoint}-${names.join("-")}`);
}

/** @param {number} [scale] */
function saveStrip(scale) {
  const whole = make("canvas");
  paint(whole, shown.strip, shown.strip.length / PIXELS, 0);
  savePng(whole, fileName(), scale);
}

/** The walk there and back as an animation, "gif" or "webp". */
async function saveAnimation(kind) {
  const frames = thereAndBack(shown.strip);
  const bytes = kind === "gif" ? await gifOf(frames) : await (await askServer("animation.webp", frames)).arrayBuffer();
  saveFile(new Blob([bytes], { type: `image/${kind}` }), `${fileName()}.${kind}`);
}

/** The frames as numbers, with what they were drawn from. */
function saveArrays() {
  const { request, strip, card } = shown;
  const positions = evenly(request.frames);
  const { count, z, classWeights } = walkOf(request, positions, card);
  return saveNpz(fileName(), {
    images: [strip, count, SIZE, SIZE],
    positions: [Float32Array.from(positions), count],
    class_weights: [classWeights, count, card.classes],
    z: [z, count, card.latent_dim],
  });
}

function python() {
  const { checkpoint, frames, path, position, ...ends } = valuesOf("interpolate");
  const classes = `classes=(${ends.class}, ${ends["to-class"]})`;
  const both = [ends.seed, ends["to-seed"]];
  const z = (seed) =>
    isFound(seed) ? pythonList(seed.z) : `*latents.latents(np.array([${seed}]), sampler.latent_dim)`;
  const seeds = both.some(isFound) ? `np.array([${both.map(z).join(", ")}])` : `(${both.join(", ")})`;
  return `${pythonSampler(checkpoint)}
seeds = ${seeds}
pictures = sampler.walk(${classes}, seeds=seeds, frames=${frames}, path="${path}")  # uint8 (${frames}, 28, 28)
picture = sampler.between(${classes}, seeds=seeds, positions=[${position}], path="${path}")[0]
`;
}

offerExport("interpolate", {
  formats: {
    png: () => savePng(document.querySelector("#walk .cgan-frame"), fileName()),
    strip: () => saveStrip(),
    strip_small: () => saveStrip(1),
    gif: () => saveAnimation("gif"),
    ...(hasServer && { webp: () => saveAnimation("webp") }),
    npz: saveArrays,
  },
  python,
});
