// In the tab "Your picture": the found garment, moved along the generator's directions.

import { directionSliders, directionsOf, movesOf } from "../../web/drawing/directions.js";
import { findIn } from "../../web/page/dom.js";
import { drawPictures } from "../../web/drawing/drawing.js";
import { pictureFigure } from "../../web/drawing/figure.js";
import { moveInputs } from "../../web/drawing/inputs.js";
import { newestOnly } from "../../web/page/schedule.js";
import { drawFrom, update, valuesOf } from "../../web/page/store.js";
import { text } from "../../web/page/texts.js";

/**
 * A slider for each direction of the garment's class.
 * @param {HTMLElement} element
 * @returns {(garment: {checkpoint: string, z: number[], class: number}) => void} takes another garment
 */
export function mountAltered(element) {
  const show = pictureFigure(element);
  const list = findIn(element, ".cgan-altered-list");
  let garment = null;
  let found = null; // its directions

  const draw = newestOnly(async () => {
    if (!found) return;
    const { checkpoint, z, class: index } = garment;
    const sigmas = valuesOf("picture")["onward-sigmas"];
    const wanted = [sigmas.map(() => 0), sigmas];
    const vectors = found.map((direction) => direction.z);
    const inputs = (card) => moveInputs(index, Float32Array.from(z), vectors, wanted, card);
    const what = `${text("altered")} → ${movesOf(found, sigmas)}`;
    const data = { class: index, sigmas: sigmas.join(" ") };
    await show(() => drawPictures(checkpoint, inputs), 2, what, data);
  });
  const layOut = directionSliders(list, element.querySelector("[data-do=reset]"), (sigmas) =>
    update({ "onward-sigmas": sigmas }),
  );
  drawFrom("picture", ["checkpoint", "onward-sigmas"], draw);

  return newestOnly(async (next) => {
    const which = ({ checkpoint, class: index }) => `${checkpoint} ${index}`;
    const directions = await directionsOf(next.checkpoint, `${next.class}`);
    const isOther = garment && which(garment) !== which(next); // so are its directions
    [garment, found] = [next, directions];
    element.hidden = !found;
    if (!found) return;
    layOut(found, isOther ? found.map(() => 0) : valuesOf("picture")["onward-sigmas"]);
    draw();
  });
}
