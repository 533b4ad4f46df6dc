// Pictures of all classes, side by side, in as many lines as they need; the names stand beneath each line.

import { GAP, fit, paint, picturesOf } from "./canvas.js";
import { PIXELS } from "../page/config.js";
import { fillNames, make } from "../page/dom.js";

const MOST = 10; // classes in a line
const SHORT = 2; // letters of a name that a phone has room for beneath a picture

/** @typedef {{canvas: HTMLCanvasElement, names: HTMLElement, classes: number[], columns: number}} Line */

/**
 * Lines in an empty element, laid out anew for other classes.
 * @param {HTMLElement} box
 * @param {{canvasClass?: string, maxHeight?: number}} [options] maxHeight: of a line, in CSS pixels
 */
export function classLines(box, { canvasClass = "", maxHeight = Infinity } = {}) {
  /** @type {Line[]} */
  let lines = [];
  let shown = ""; // names of the classes
  box.style.width = "100%"; // in a column that centres, it would be as narrow as what is in it

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
      const canvas = make("canvas", { className: canvasClass, role: "img" });
      const style = { "--columns": columns };
      const dataset = { long: names.some((name) => name.length > SHORT) };
      const beneath = make("div", { className: "cgan-class-names", ariaHidden: "true", style, dataset });
      fillNames(beneath, classes.map((index) => names[index]));
      return { canvas, names: beneath, classes, columns };
    });
    const share = lines.length > 1 ? columns / MOST : 1; // a picture is as large as in a line that is full
    const style = { "max-width": `${100 * share}%` };
    const stage = (canvas) => make("div", { className: "cgan-stage", style }, canvas);
    box.replaceChildren(...lines.flatMap(({ canvas, names: beneath }) => [stage(canvas), beneath]));
    return lines;
  };

  const refit = () => {
    for (const { canvas, names } of lines) {
      fit(canvas, maxHeight);
      names.style.width = canvas.style.width;
    }
  };

  return {
    layOut,
    refit,
    /**
     * Paint a picture of each class, or several of them, one below the other.
     * @param {string[]} names of the classes
     * @param {Uint8Array} pixels of all classes, then again of all classes
     * @param {string} label for those who do not see them
     */
    show(names, pixels, label) {
      let resized = false;
      const rows = pixels.length / PIXELS / names.length;
      for (const { canvas, classes, columns } of layOut(names)) {
        const [first, width] = [classes[0], classes.length];
        const ofLine = new Uint8Array(rows * width * PIXELS);
        for (let row = 0; row < rows; row++)
          ofLine.set(picturesOf(pixels, row * names.length + first, width), row * width * PIXELS);
        resized = paint(canvas, ofLine, columns, GAP, width) || resized;
        canvas.ariaLabel = label;
      }
      if (resized) refit();
    },
  };
}
