// Pictures of several classes at once: a slider between two classes and one for each, and what they draw.

import { classNames } from "../../web/drawing/classes.js";
import { config } from "../../web/page/config.js";
import { fillClasses, findIn, labelledSlider } from "../../web/page/dom.js";
import { drawPictures } from "../../web/drawing/drawing.js";
import { pictureFigure } from "../../web/drawing/figure.js";
import { mixInputs, seedsFrom } from "../../web/drawing/inputs.js";
import { seedSlug } from "../../web/drawing/found.js";
import { normalized } from "../../web/drawing/latents.js";
import { newestOnly } from "../../web/page/schedule.js";
import { drawFrom, update } from "../../web/page/store.js";
import { percent, text } from "../../web/page/texts.js";

/**
 * "Dress 75 % · Coat 25 %": what has a share, the largest first.
 * @param {string[]} names
 * @param {number[]} shares
 */
export function shareList(names, shares) {
  const named = names.map((name, index) => ({ name, share: shares[index] })).filter(({ share }) => share >= 0.005);
  return named
    .sort((a, b) => b.share - a.share)
    .map(({ name, share }) => `${name} ${percent(share)}`)
    .join(" · ");
}

/**
 * A slider between two classes, and one for each class.
 * @param {import("../../web/types").Component} component
 */
export function mountWeights({ element }) {
  const [from, to, way] = ["from", "to", "way"].map((name) => findIn(element, `[data-do=${name}]`));
  const note = element.querySelector("[role=status]");
  way.ariaLabel = text("mix_two");
  from.ariaLabel = text("from_class");
  to.ariaLabel = text("to_class");
  const list = element.querySelector(".cgan-sliders");
  let rows = []; // a slider for each class
  let names = ""; // of the classes that there are sliders for
  let said = null; // the weights that these sliders said last

  const layOut = (checkpoint) => {
    if (names === `${classNames(checkpoint)}`) return;
    names = `${classNames(checkpoint)}`;
    for (const menu of [from, to]) fillClasses(menu, checkpoint);
    rows = classNames(checkpoint).map((name) => labelledSlider(name, { min: 0, max: 1, step: 0.01 }));
    for (const { slider } of rows) {
      slider.addEventListener("input", () => change(rows.map((row) => Number(row.slider.value))));
    }
    list.replaceChildren(...rows.map(({ row }) => row));
    said = null; // the slider between two classes has to be set anew
  };

  const change = (weights) => {
    said = weights.map((weight) => Math.round(100 * weight) / 100); // what the sliders, and links, can say
    update({ weights: said });
  };
  /** Have the slider between two classes say the weights, where it can; else the sliders of all are opened. */
  const showTwo = (weights) => {
    const used = [...weights.keys()].filter((index) => weights[index] > 0);
    const [first = 0, last = first] = used;
    const isBetween = used.length <= 2 && Math.round(100 * (weights[first] + weights[last])) === 100;
    if (isBetween) [from.value, to.value, way.value] = [first, last, weights[last]];
    else element.querySelector("details").open = true;
  };
  const changeTwo = () => {
    const [weights, share] = [rows.map(() => 0), Number(way.value)];
    weights[from.value] += 1 - share;
    weights[to.value] += share;
    change(weights);
  };
  for (const control of [from, to, way]) control.addEventListener("input", changeTwo);
  drawFrom("mix", ["checkpoint", "weights"], ({ checkpoint, weights }) => {
    layOut(checkpoint);
    if (`${weights}` !== `${said}`) showTwo(weights); // of a link
    const shares = normalized(weights);
    rows.forEach(({ slider, value }, index) => {
      slider.value = weights[index];
      value.textContent = percent(shares[index]);
    });
    note.textContent = weights.some((weight) => weight > 0) ? "" : text("mix_none");
  });
}

/**
 * Some seeds of the mixture.
 * @param {import("../../web/types").Component} component
 */
export function mountMixture({ element }) {
  const show = pictureFigure(element);
  const draw = newestOnly(({ checkpoint, seed, weights }) => {
    const seeds = seedsFrom(seed, config.mixedSeeds);
    const pictures = () => drawPictures(checkpoint, (card) => mixInputs(weights, seeds, card));
    const what = shareList(classNames(checkpoint), normalized(weights));
    return show(pictures, Math.sqrt(config.mixedSeeds), what, { seed: seedSlug(seed) });
  });
  drawFrom("mix", ["checkpoint", "seed", "weights"], draw);
}
