// The page's sliders, by their elem_id: Gradio's, or those of the page without it.

import { findIn } from "./dom.js";
import { TABS, fieldsOf, update } from "./store.js";

const namesOfSliders = new Map(
  TABS.flatMap((tab) =>
    Object.entries(fieldsOf(tab)).flatMap(([name, { id, low }]) => (id && low !== undefined ? [[id, name]] : [])),
  ),
);

/**
 * A hand moves a slider of Gradio's, or types into its field. Gradio tells of it too, but half a frame of the screen
 * later, so its sliders have no events of their own.
 */
function followHand({ target }) {
  if (!["range", "number"].includes(target.type) || target.value === "") return; // empty: being typed
  let box = target;
  while (box && !namesOfSliders.has(box.id)) box = box.parentElement;
  if (box) update({ [namesOfSliders.get(box.id)]: Number(target.value) });
}

/** The wheel scrolls the page, also over a number field that has the focus, whose number it would change. */
function leaveField({ target }) {
  if (target.type === "number" && target === document.activeElement) target.blur();
}

export function followHands() {
  document.addEventListener("input", followHand, { capture: true });
  document.addEventListener("wheel", leaveField, { capture: true, passive: true });
}

const sliderOf = (id) => findIn(document, `#${id} input[type=range]`);

/**
 * Move a slider as a hand would; its number field follows.
 * @param {string} id
 * @param {number} value
 */
export function slide(id, value) {
  const slider = sliderOf(id);
  slider.value = `${value}`;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * A number from 0 to `max` at random.
 * @param {number} max
 */
export const throwDie = (max) => Math.floor(Math.random() * (max + 1));

/**
 * Choose a seed at random.
 * @param {string} id
 */
export const throwDice = (id) => slide(id, throwDie(Number(sliderOf(id).max)));
