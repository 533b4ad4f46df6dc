// Elements of the page: made, filled, and followed by a pointer.

import { classNames } from "../drawing/classes.js";
import { text } from "./texts.js";

/** What an arrow key moves, [right, down]. */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * An element with properties and children. Of `style` custom properties (`--share`) as well; `dataset` as data-*.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(tag, { style = {}, dataset = {}, ...properties } = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, `${value}`);
  Object.assign(element.dataset, dataset);
  element.append(...children);
  return element;
}

/**
 * A part of an element, of whichever kind.
 * @param {ParentNode} element
 * @param {string} selector
 * @returns {any}
 */
export const findIn = (element, selector) => element.querySelector(selector);

/**
 * @param {string} words
 * @param {(button: HTMLButtonElement) => void} action
 * @returns {HTMLButtonElement}
 */
export function makeButton(words, action) {
  const button = make("button", { type: "button", className: "cgan-button" }, words);
  button.addEventListener("click", () => action(button));
  return button;
}

/**
 * Fill in the texts that an element's HTML names.
 * @param {ParentNode} element
 */
export function fillTexts(element) {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-text]"))) {
    place.textContent = text(place.dataset.text ?? "");
  }
}

/**
 * Names in a row or a column, a span each.
 * @param {Element} box
 * @param {(string | number)[]} names
 */
export function fillNames(box, names) {
  box.replaceChildren(...names.map((name) => make("span", {}, `${name}`)));
}

/**
 * The classes of a checkpoint as the choices of a menu.
 * @param {HTMLSelectElement} menu
 * @param {string} checkpoint
 */
export function fillClasses(menu, checkpoint) {
  menu.replaceChildren(...classNames(checkpoint).map((name, index) => new Option(name, `${index}`)));
}

/**
 * A slider with its name before it and its value after it.
 * @param {string} name
 * @param {{min: number, max: number, step: number}} limits
 */
export function labelledSlider(name, limits) {
  const slider = make("input", { type: "range", ariaLabel: name, ...limits, value: 0 });
  const value = make("output");
  return { row: make("div", { className: "cgan-slider" }, make("span", {}, name), slider, value), slider, value };
}

/**
 * Call `move` with the pointer's events from where it is pressed on an element to where it is let go, then `end`.
 * @param {HTMLElement} element
 * @param {(event: PointerEvent) => void} move
 * @param {() => void} [end]
 */
export function followPointer(element, move, end = () => {}) {
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    move(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) move(event);
  });
  element.addEventListener("lostpointercapture", end);
}

/** Where the style sheet keeps the picture in view above the controls. */
export const onPhone = () => window.matchMedia("(max-width: 640px)").matches;

/**
 * Save a Blob, or what lies at an address, as a file.
 * @param {Blob | string} content
 * @param {string} name
 */
export function saveFile(content, name) {
  const href = typeof content === "string" ? content : URL.createObjectURL(content);
  make("a", { href, download: name }).click();
  if (href !== content) setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
