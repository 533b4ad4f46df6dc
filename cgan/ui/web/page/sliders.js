// The page's sliders, by their elem_id: Gradio's, or those of the page without it.

import { findIn } from "./dom.js";
import { TABS, fieldsOf, openedTab, plainValuesOf, update } from "./store.js";

const namesOfSliders = new Map(
  TABS.flatMap((tab) =>
    Object.entries(fieldsOf(tab)).flatMap(([name, { id, low }]) => (id && low !== undefined ? [[id, name]] : [])),
  ),
);

/** The name of what a slider says, or its number field; undefined for what is neither. */
function nameOf(input) {
  let box = ["range", "number"].includes(input.type) ? input : null;
  while (box && !namesOfSliders.has(box.id)) box = box.parentElement;
  return box && namesOfSliders.get(box.id);
}

/** The wheel scrolls the page, also over a number field that has the focus, whose number it would change. */
function leaveField({ target }) {
  if (target.type === "number" && target === document.activeElement) target.blur();
}

/**
 * A hand moves a slider, or types into its number field. Gradio tells of it too, but half a frame of the screen later,
 * so its sliders have no events of their own. What is typed but not drawn, for the field is empty or the number not
 * allowed, is kept from Gradio, which would take it for a value.
 */
function followHand(event) {
  const input = event.target;
  const name = nameOf(input);
  if (!name) return;
  const isChosen = () => input.value !== "" && Number(input.value) === plainValuesOf(openedTab())[name];
  if (input.value !== "" && !isChosen()) update({ [name]: Number(input.value) });
  if (!isChosen()) event.stopPropagation();
}

/** Something was typed into a number field: it says what is drawn. */
function settle({ target }) {
  const name = nameOf(target);
  const value = name && `${plainValuesOf(openedTab())[name]}`;
  if (!name || target.value === value) return;
  target.value = value;
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

/** A number field is entered: it takes more seeds than its slider has. */
function widen({ target }) {
  const name = target.type === "number" && nameOf(target);
  if (name) target.max = fieldsOf(openedTab())[name].high;
}

/** A number field was left: Gradio would hold its number in the range of the slider. */
function keepNumber(event) {
  if (event.target.type === "number" && nameOf(event.target)) event.stopPropagation();
}

/** Follow the hand on all sliders and number fields, before Gradio does. */
export function followHands() {
  const listeners = { input: followHand, change: settle, focus: widen, blur: keepNumber };
  for (const [event, listener] of Object.entries(listeners)) {
    document.addEventListener(event, listener, { capture: true });
  }
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
