// When work is done.

import { RendererStopped } from "../drawing/workers.js";

/** @param {number} milliseconds */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * A function that runs `draw(request, isNewest)` for each request, one at a time, and of those that came meanwhile only
 * for the newest. So a drag never falls behind, and always ends on its last value.
 * @param {(request: any, isNewest: () => boolean) => Promise<void>} draw
 * @returns {(request?: any) => Promise<void>}
 */
export function newestOnly(draw) {
  let next = null;
  let busy = false;
  return async (request = {}) => {
    next = request;
    if (busy) return;
    busy = true;
    while (next !== null) {
      const current = next;
      next = null;
      try {
        await draw(current, () => next === null);
      } catch (error) {
        if (!(error instanceof RendererStopped)) reportError(error); // else the server draws in its place
      }
    }
    busy = false;
  };
}
