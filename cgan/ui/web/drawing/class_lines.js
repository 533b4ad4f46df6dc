// Pictures of all classes, side by side, in as many lines as they need; the names stand beneath each line.

import { fit, paint, picturesOf } from "./canvas.js";
import { allClasses, className } from "./classes.js";
import { fillNames, make } from "../page/dom.js";

const MOST = 10; // classes in a line

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

  /**
   * The lines for the classes of a checkpoint.
   * @param {string} checkpoint
   * @returns {Line[]}
   */
  const layOut = (checkpoint) => {
    const all = allClasses(checkpoint);
    const names = all.map((index) => className(checkpoint, index));
    if (shown === JSON.stringify(names)) return lines;
    shown = JSON.stringify(names);
    const columns = Math.ceil(all.length / Math.ceil(all.length / MOST));
    lines = Array.from({ length: Math.ceil(all.length / columns) }, (_, row) => {
      const classes = all.slice(row * columns, (row + 1) * columns);
      const canvas = make("canvas", { className: canvasClass, role: "img" });
      const style = { "--columns": columns };
      const beneath = make("div", { className: "cgan-class-names", ariaHidden: "true", style });
      fillNames(beneath, classes.map((index) => names[index]));
      return { canvas, names: beneath, classes, columns };
    });
    box.replaceChildren(
      ...lines.flatMap(({ canvas, names: beneath }) => [make("div", { className: "cgan-stage" }, canvas), beneath]),
    );
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
     * Paint one picture of each class.
     * @param {string} checkpoint
     * @param {Uint8Array} pixels of all classes
     * @param {string} label for those who do not see them
     */
    show(checkpoint, pixels, label) {
      let resized = false;
      for (const { canvas, classes, columns } of layOut(checkpoint)) {
        resized = paint(canvas, picturesOf(pixels, classes[0], classes.length), columns) || resized;
        canvas.ariaLabel = label;
      }
      if (resized) refit();
    },
  };
}
