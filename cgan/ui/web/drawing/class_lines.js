// Pictures of all classes, side by side, in as many lines as they need; the names stand beneath each line.

import { GAP, arranged, paint } from "./canvas.js";
import { PIXELS } from "../page/config.js";
import { fillNames, make } from "../page/dom.js";
import { range } from "./inputs.js";

const MOST = 10; // classes in a line
const SHORT = 2; // letters of a name that a phone has room for beneath a picture

/** @typedef {{canvas: HTMLCanvasElement, beneath: HTMLElement, classes: number[], columns: number}} Line */

/**
 * Lines in an empty element, laid out anew for other classes.
 * @param {HTMLElement} box
 */
export function classLines(box) {
  /** @type {Line[]} */
  let lines = [];
  let shown = ""; // names of the classes

  /**
   * The lines for classes.
   * @param {string[]} names
   * @returns {Line[]}
   */
  const layOut = (names) => {
    const all = [...names.keys()];
    if (shown === JSON.stringify(names)) return lines;
    shown = JSON.stringify(names);
    const columns = Math.ceil(all.length / Math.ceil(all.length / MOST));
    lines = Array.from({ length: Math.ceil(all.length / columns) }, (_, row) => {
      const classes = all.slice(row * columns, (row + 1) * columns);
      const canvas = make("canvas", { role: "img" });
      const style = { "--columns": columns };
      const dataset = { long: names.some((name) => name.length > SHORT) };
      const className = "cgan-names cgan-class-names cgan-beneath";
      const beneath = make("div", { className, ariaHidden: "true", style, dataset });
      fillNames(beneath, classes.map((index) => names[index]));
      return { canvas, beneath, classes, columns };
    });
    const share = lines.length > 1 ? columns / MOST : 1; // a picture is as large as in a line that is full
    const properties = { className: "cgan-stage", style: { "max-width": `${100 * share}%` } };
    const stages = lines.map(({ canvas, beneath }) => make("div", properties, make("div", {}, canvas, beneath)));
    box.replaceChildren(...stages);
    return lines;
  };

  /**
   * Paint a picture of each class, or several of them, one below the other.
   * @param {string[]} names of the classes
   * @param {Uint8Array} pixels of all classes, then again of all classes
   * @param {string} label for those who do not see them
   * @returns {HTMLCanvasElement[]} one for each line
   */
  return (names, pixels, label) => {
    const rows = range(0, pixels.length / PIXELS / names.length);
    return layOut(names).map(({ canvas, classes, columns }) => {
      const order = rows.flatMap((row) => classes.map((index) => row * names.length + index));
      paint(canvas, arranged(pixels, order), columns, GAP, classes.length);
      canvas.ariaLabel = label;
      return canvas;
    });
  };
}
