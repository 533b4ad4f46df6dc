// A figure of pictures: its canvas, what is on it in words, and who drew it.

import { paint } from "./canvas.js";
import { findIn } from "../page/dom.js";
import { timed } from "../page/marks.js";
import { text } from "../page/texts.js";

/**
 * Returns a function that draws on a figure and says what is there: `what` in words, `data` as data-*.
 * @param {Element} element with a canvas, a caption and a mark
 * @returns {(draw: () => Promise<import("../types").Drawn>, columns: number, what: string, data: object) =>
 *   Promise<void>}
 */
export function pictureFigure(element) {
  const parts = ["canvas", "figcaption, [role=status]", ".cgan-mark"];
  const [canvas, caption, mark] = parts.map((part) => findIn(element, part));
  return (draw, columns, what, data) =>
    timed(mark, async () => {
      const drawn = await draw();
      paint(canvas, drawn.pixels, columns);
      caption.textContent = what;
      canvas.ariaLabel = text("picture", { what });
      Object.assign(canvas.dataset, data);
      return drawn;
    });
}
