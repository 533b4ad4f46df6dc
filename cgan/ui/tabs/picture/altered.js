// In the tab "Your picture": the found garment, moved along the generator's directions.

import { paint } from "../../web/drawing/canvas.js";
import { directionSlider, directionsOf, movesOf, signed } from "../../web/drawing/directions.js";
import { fillTexts, findIn } from "../../web/page/dom.js";
import { drawPictures } from "../../web/drawing/drawing.js";
import { moveInputs } from "../../web/drawing/inputs.js";
import { timed } from "../../web/page/marks.js";
import { newestOnly } from "../../web/page/schedule.js";
import { drawFrom, update, valuesOf } from "../../web/page/store.js";
import { text } from "../../web/page/texts.js";

/**
 * A slider for each direction of the garment's class.
 * @param {HTMLElement} element
 * @returns {(garment: {checkpoint: string, z: number[], class: number}) => void} takes another garment
 */
export function mountAltered(element) {
  const canvas = element.querySelector("canvas");
  const caption = element.querySelector("[role=status]");
  const mark = findIn(element, ".cgan-mark");
  const list = element.querySelector(".cgan-altered-list");
  let garment = null;
  let found = null; // its directions
  let rows = [];
  fillTexts(element);

  const draw = newestOnly(async () => {
    if (!found) return;
    const { checkpoint, z, class: index } = garment;
    const sigmas = valuesOf("picture")["onward-sigmas"];
    const wanted = [sigmas.map(() => 0), sigmas];
    rows.forEach(({ value }, k) => (value.textContent = signed(sigmas[k])));
    await timed(mark, async () => {
      const vectors = found.map((direction) => direction.z);
      const inputs = (card) => moveInputs(index, Float32Array.from(z), vectors, wanted, card);
      const drawn = await drawPictures(checkpoint, inputs);
      paint(canvas, drawn.pixels, 2);
      return drawn;
    });
    caption.textContent = `${text("altered")} → ${movesOf(found, sigmas)}`;
    canvas.ariaLabel = text("picture", { what: caption.textContent });
    Object.assign(canvas.dataset, { class: index, sigmas: sigmas.join(" ") });
  });
  const change = () => update({ "onward-sigmas": rows.map(({ slider }) => Number(slider.value)) });
  element.querySelector("[data-do=reset]").addEventListener("click", () => {
    for (const { slider } of rows) slider.value = 0;
    change();
  });
  drawFrom("picture", ["checkpoint", "onward-sigmas"], draw);

  return newestOnly(async (next) => {
    const which = ({ checkpoint, class: index }) => `${checkpoint} ${index}`;
    const directions = await directionsOf(next.checkpoint, `${next.class}`);
    const isOther = garment && which(garment) !== which(next); // so are its directions
    [garment, found] = [next, directions];
    element.hidden = !found;
    if (!found) return;
    const sigmas = isOther ? found.map(() => 0) : valuesOf("picture")["onward-sigmas"];
    rows = found.map((direction, index) => {
      const made = directionSlider(direction, index);
      made.slider.value = sigmas[index];
      made.slider.addEventListener("input", change);
      return made;
    });
    list.replaceChildren(...rows.map(({ row }) => row));
    change();
    draw();
  });
}
