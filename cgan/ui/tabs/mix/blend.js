// The square between four pictures: a map of what lies in it, a handle on it, and the picture at the handle.

import { GAP, paint } from "../../web/drawing/canvas.js";
import { className, classNames } from "../../web/drawing/classes.js";
import { SIZE, config } from "../../web/page/config.js";
import { ARROWS, fillClasses, findIn } from "../../web/page/dom.js";
import { followPointer, make, makeButton } from "../../web/page/dom.js";
import { drawPictures } from "../../web/drawing/drawing.js";
import { pictureFigure } from "../../web/drawing/figure.js";
import { blendInputs, evenly } from "../../web/drawing/inputs.js";
import { bilinear } from "../../web/drawing/latents.js";
import { newestOnly, pause } from "../../web/page/schedule.js";
import { throwDie } from "../../web/page/sliders.js";
import { drawFrom, update, valuesOf } from "../../web/page/store.js";
import { text } from "../../web/page/texts.js";
import { shareList } from "./mixture.js";

const MAP_SIDE = 7; // pictures, of the map of what lies between the four
const MAP_PIXELS = MAP_SIDE * (SIZE + GAP) - GAP;
const MAP_MS = 250; // between two drawings of the map while a seed follows a hand
const KEY_STEP = 0.02; // of the square's side

/**
 * Corners, class and seed by turns as a link has them, as lists of classes and of seeds.
 * @param {number[]} numbers
 */
export const cornersFrom = (numbers) => ({
  classes: numbers.filter((_, index) => index % 2 === 0),
  seeds: numbers.filter((_, index) => index % 2 === 1),
});

/** @param {import("../../web/types").Component} component */
export function mountBlend({ element }) {
  const pad = findIn(element, ".cgan-pad");
  const [map, handle] = [".cgan-blend-map", ".cgan-handle"].map((part) => findIn(element, part));
  const showPicture = pictureFigure(element.querySelector("figure"));
  pad.ariaLabel = text("blend_pad");
  map.ariaLabel = text("blend_map");

  const draw = ({ checkpoint, corners }, positions, options) => {
    const { classes, seeds } = cornersFrom(corners);
    const inputs = (card) => blendInputs(classes, seeds, positions, card);
    return drawPictures(checkpoint, inputs, options);
  };
  const drawPicture = newestOnly((request) => {
    const { checkpoint, corners, place } = request;
    const names = cornersFrom(corners).classes.map((index) => className(checkpoint, index));
    const what = shareList(names, bilinear(place));
    return showPicture(() => draw(request, [place]), 1, what, { position: place.join(" ") });
  });
  const drawMap = newestOnly(async (request) => {
    const places = evenly(MAP_SIDE);
    const { pixels } = await draw(request, places.flatMap((y) => places.map((x) => [x, y])), { behind: true });
    paint(map, pixels, MAP_SIDE);
    await pause(MAP_MS);
  });

  /** The handle's place is that of the nearest picture's middle where it lies on one. */
  drawFrom("mix", ["place"], ({ place }) => {
    const middle = (at) => `${(100 * (SIZE / 2 + at * (MAP_SIDE - 1) * (SIZE + GAP))) / MAP_PIXELS}%`;
    Object.assign(handle.style, { left: middle(place[0]), top: middle(place[1]) });
  });
  const moveTo = (place) =>
    update({ place: place.map((at) => Math.round(1000 * Math.min(1, Math.max(0, at))) / 1000) });
  followPointer(pad, (event) => {
    const box = pad.getBoundingClientRect();
    const place = (offset, length) => ((offset / length) * MAP_PIXELS - SIZE / 2) / ((MAP_SIDE - 1) * (SIZE + GAP));
    moveTo([place(event.clientX - box.left, box.width), place(event.clientY - box.top, box.height)]);
  });
  pad.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    moveTo(valuesOf("mix").place.map((at, axis) => at + KEY_STEP * step[axis]));
  });

  const corners = [0, 1, 2, 3].map((corner) =>
    mountCorner(corner, (own) => {
      const all = [...valuesOf("mix").corners];
      all.splice(2 * corner, 2, ...own);
      update({ corners: all });
    }),
  );
  const sides = element.querySelectorAll(".cgan-corners");
  corners.forEach(({ box }, corner) => sides[Math.floor(corner / 2)].append(box));
  drawFrom("mix", ["checkpoint", "corners"], ({ checkpoint, corners: all }) =>
    corners.forEach(({ show }, corner) => show(checkpoint, all[2 * corner], all[2 * corner + 1])),
  );
  drawFrom("mix", ["checkpoint", "corners", "place"], drawPicture);
  drawFrom("mix", ["checkpoint", "corners"], drawMap);
}

/** The class and the seed of a corner; `choose` is called with both. Returns {box, show}. */
function mountCorner(corner, choose) {
  const label = (key) => text(key, { corner: corner + 1 });
  const menu = make("select", { ariaLabel: label("corner_class") });
  const limits = { min: 0, max: config.maxSeed, step: 1 };
  const seed = make("input", { type: "number", ariaLabel: label("corner_seed"), ...limits });
  let shown = 0; // seed
  let names = ""; // that the menu has
  const change = () => {
    const typed = Math.round(Number(seed.value));
    const isWhole = seed.value !== "" && typed >= 0 && typed <= config.maxSeed; // else it is being typed
    if (isWhole) choose([Number(menu.value), typed]);
  };
  const dice = makeButton("⚄", () => {
    seed.value = throwDie(config.sliderSeeds);
    change();
  });
  dice.ariaLabel = label("corner_dice");
  menu.addEventListener("input", change);
  seed.addEventListener("input", change);
  seed.addEventListener("change", () => (seed.value = shown));
  const show = (checkpoint, index, number) => {
    shown = number;
    if (names !== `${classNames(checkpoint)}`) fillClasses(menu, checkpoint);
    names = `${classNames(checkpoint)}`;
    menu.value = index;
    if (seed.value === "" || Number(seed.value) !== number) seed.value = number;
  };
  return { box: make("div", {}, menu, seed, dice), show };
}
