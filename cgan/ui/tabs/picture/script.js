// The tab "Your picture": where one can go from the z that redraws a person's picture. The picker is in picker.js.

import { GAP, paint, picturesOf } from "../../web/drawing/canvas.js";
import { classLines } from "../../web/drawing/class_lines.js";
import { allClasses, className, classNames } from "../../web/drawing/classes.js";
import { SIZE, config } from "../../web/page/config.js";
import { fillTexts, findIn, makeButton } from "../../web/page/dom.js";
import { drawPictures } from "../../web/drawing/drawing.js";
import { evenly, joined, sampleInputs, walkInputs } from "../../web/drawing/inputs.js";
import { takeFound } from "../../web/drawing/found.js";
import { oneHot, slerp } from "../../web/drawing/latents.js";
import { timed } from "../../web/page/marks.js";
import { drawsHere } from "../../web/drawing/renderer.js";
import { newestOnly } from "../../web/page/schedule.js";
import { drawFrom, valuesOf } from "../../web/page/store.js";
import { text } from "../../web/page/texts.js";
import { mountAltered } from "./altered.js";

const FRAMES = config.stripFrames;
/** @type {[string, "seed" | "to-seed", string][]} where a found z may go: the tab, the seed there, the button's text */
const PLACES = [
  ["generate", "seed", "tab_generate"],
  ["interpolate", "seed", "take_from"],
  ["interpolate", "to-seed", "take_to_end"],
  ["mix", "seed", "tab_mix"],
  ["directions", "seed", "tab_directions"],
];

/** Open a tab as a hand would. */
function showTab(tab) {
  const buttons = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#tabs [role=tab]")]);
  buttons.find((button) => button.textContent.trim() === text(`tab_${tab}`)).click();
}

/**
 * What was found as each of the classes, and a walk from it to a seed's.
 * @param {import("../../web/types").Component} component whose value is {checkpoint, z, class, run}
 */
export function mountOnward({ element, props, watch }) {
  const figure = element.querySelector("figure");
  const part = (name) => findIn(element, `.cgan-${name}`);
  const [frame, strip, box] = ["frame", "strip", "class-lines"].map(part);
  const showLines = classLines(box);
  const caption = element.querySelector("[data-what=walk]");
  const mark = findIn(figure, ".cgan-mark");
  const alter = mountAltered(part("altered"));
  let found = null;
  fillTexts(element);
  const take = ([tab, seed, words]) =>
    makeButton(text(words), () => {
      takeFound(found, seed);
      showTab(tab);
    });
  part("take").append(...PLACES.map(take));
  /** A z goes nowhere while another checkpoint's is being searched for. */
  const offer = () => (part("take").hidden = found?.checkpoint !== valuesOf("picture").checkpoint);

  const drawWalk = ({ "onward-class": toClass, "onward-seed": toSeed }, positions, options) => {
    const { checkpoint, z, class: index } = found;
    const inputs = (card) => {
      const from = { count: 1, z: Float32Array.from(z), classWeights: oneHot([index], card.classes) };
      return walkInputs(from, sampleInputs([toClass], [toSeed], card), positions, slerp);
    };
    return drawPictures(checkpoint, inputs, options);
  };
  let ends = ""; // between which the strip's walk leads
  let frames = null; // of the strip
  const drawStrip = async (request) => {
    const wanted = JSON.stringify([found.run, request["onward-class"], request["onward-seed"]]);
    if (wanted === ends) return { renderer: "server" };
    const drawn = await drawWalk(request, evenly(FRAMES), { behind: true });
    [frames, ends] = [drawn.pixels, wanted];
    const room = Math.floor(strip.parentElement.clientWidth / (SIZE + GAP));
    paint(strip, frames, room >= FRAMES ? FRAMES : FRAMES / 2);
    return drawn;
  };
  const draw = newestOnly(async (request, isNewest) => {
    if (!found || found.checkpoint !== request.checkpoint) return; // another one's is being searched for
    const { "onward-class": index, "onward-seed": seed, "onward-position": position } = request;
    if (drawsHere(found.checkpoint)) {
      await timed(mark, async () => {
        const drawn = await drawWalk(request, [position]);
        paint(frame, drawn.pixels, 1);
        return drawn;
      });
      if (isNewest()) await drawStrip(request);
    } else {
      await timed(mark, async () => {
        const drawn = await drawStrip(request);
        paint(frame, picturesOf(frames, Math.round(position * (FRAMES - 1))), 1);
        return drawn;
      });
    }
    const name = className(found.checkpoint, index);
    caption.textContent = text("walk_to", { name, seed, percent: Math.round(100 * position) });
    frame.ariaLabel = caption.textContent;
    strip.ariaLabel = text("strip", { frames: FRAMES });
    Object.assign(figure.dataset, { position, seed, class: index });
  });
  const drawTen = newestOnly(async ({ checkpoint, z }) => {
    const all = allClasses(checkpoint);
    const inputs = (card) => ({
      count: all.length,
      z: joined(all.map(() => z)),
      classWeights: oneHot(all, card.classes),
    });
    const { pixels } = await drawPictures(checkpoint, inputs);
    showLines(classNames(checkpoint), pixels, text("as_every_class"));
  });
  const show = () => {
    if (!props.value || props.value.run < found?.run) return;
    found = props.value;
    figure.hidden = false;
    offer();
    drawTen(found);
    alter(found);
    draw(valuesOf("picture"));
  };
  watch("value", show);
  drawFrom("picture", ["checkpoint"], offer);
  drawFrom("picture", ["checkpoint", "onward-class", "onward-seed", "onward-position"], draw);
  show();
}
