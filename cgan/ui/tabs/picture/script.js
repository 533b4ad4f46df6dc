// The tab "Your picture": where one can go from the z that redraws a person's picture. The picker is in picker.js.

import { paint, paintStrip } from "../../web/drawing/canvas.js";
import { classLines } from "../../web/drawing/class_lines.js";
import { allClasses, className, classNames } from "../../web/drawing/classes.js";
import { config } from "../../web/page/config.js";
import { findIn, makeButton } from "../../web/page/dom.js";
import { drawPictures } from "../../web/drawing/drawing.js";
import { evenly, sampleInputs, walkInputs } from "../../web/drawing/inputs.js";
import { takeFound } from "../../web/drawing/found.js";
import { slerp } from "../../web/drawing/latents.js";
import { timed } from "../../web/page/marks.js";
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
  const [frame, strip] = ["frame", "strip"].map(part);
  const showLines = classLines(part("class-lines"));
  const caption = element.querySelector("[data-what=walk]");
  const mark = findIn(figure, ".cgan-mark");
  const alter = mountAltered(part("altered"));
  let found = null;
  const take = ([tab, seed, words]) =>
    makeButton(text(words), () => {
      takeFound(found, seed);
      showTab(tab);
    });
  part("take").append(...PLACES.map(take));
  /** A z goes nowhere while another checkpoint's is being searched for. */
  const offer = (request) => (part("take").hidden = !isFoundFor(request));

  const isFoundFor = ({ checkpoint }) => found?.checkpoint === checkpoint; // else another one's is being searched for
  const drawWalk = ({ "onward-class": toClass, "onward-seed": toSeed }, positions, options) => {
    const { checkpoint, z, class: index } = found;
    const inputs = (card) => {
      const [from, to] = [sampleInputs([index], [z], card), sampleInputs([toClass], [toSeed], card)];
      return walkInputs(from, to, positions, slerp);
    };
    return drawPictures(checkpoint, inputs, options);
  };
  const drawFrame = newestOnly(async (request) => {
    if (!isFoundFor(request)) return;
    const { "onward-class": index, "onward-seed": seed, "onward-position": position } = request;
    await timed(mark, async () => {
      const drawn = await drawWalk(request, [position]);
      paint(frame, drawn.pixels, 1);
      return drawn;
    });
    const name = className(found.checkpoint, index);
    caption.textContent = text("walk_to", { name, seed, percent: Math.round(100 * position) });
    frame.ariaLabel = caption.textContent;
    Object.assign(figure.dataset, { position, seed, class: index });
  });
  const drawStrip = newestOnly(async (request) => {
    if (!isFoundFor(request)) return;
    const { pixels } = await drawWalk(request, evenly(FRAMES), { behind: true });
    paintStrip(strip, pixels);
  });
  const drawAll = newestOnly(async ({ checkpoint, z }) => {
    const all = allClasses(checkpoint);
    const { pixels } = await drawPictures(checkpoint, (card) => sampleInputs(all, all.map(() => z), card));
    showLines(classNames(checkpoint), pixels, text("as_every_class"));
  });
  const show = () => {
    if (!props.value || props.value.run < found?.run) return;
    found = props.value;
    figure.hidden = false;
    offer(valuesOf("picture"));
    drawAll(found);
    alter(found);
    for (const draw of [drawFrame, drawStrip]) draw(valuesOf("picture"));
  };
  watch("value", show);
  drawFrom("picture", ["checkpoint"], offer);
  drawFrom("picture", ["checkpoint", "onward-class", "onward-seed", "onward-position"], drawFrame);
  drawFrom("picture", ["checkpoint", "onward-class", "onward-seed"], drawStrip);
  show();
}
