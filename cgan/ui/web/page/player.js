// Play, pause and speed, and where there is one, loop: a position moves from 0 to 1, and in a loop back again.

import { findIn } from "./dom.js";
import { text } from "./texts.js";

/**
 * `set(position, isResting)` is called with each position, at the end with the one where it rests.
 * @param {HTMLElement} element with parts data-do="play", "speed", "loop"
 * @param {number} seconds one way, at speed 1
 * @param {{get: () => number, set: (position: number, isResting: boolean) => void}} position
 * @returns {{stop: () => void}}
 */
export function makePlayer(element, seconds, { get, set }) {
  const [play, speed, loop] = ["play", "speed", "loop"].map((name) => findIn(element, `[data-do=${name}]`));
  let frame = null; // the animation frame asked for
  const stop = () => {
    if (frame === null) return;
    cancelAnimationFrame(frame);
    frame = null;
    play.textContent = text("play");
    set(get(), true);
  };
  const start = () => {
    let direction = 1;
    if (get() >= 1 && loop?.checked) direction = -1;
    else if (get() >= 1) set(0, false);
    let before = null; // an animation frame's time may lie before this moment
    const step = (now) => {
      const way = (direction * speed.value * (now - (before ?? now))) / (1000 * seconds);
      const to = Math.min(1, Math.max(0, get() + way));
      before = now;
      set(to, false);
      if (to === (direction > 0 ? 1 : 0)) {
        if (!loop?.checked) return stop();
        direction = -direction;
      }
      frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    play.textContent = text("pause");
  };
  play.textContent = text("play");
  speed.ariaLabel = text("speed");
  play.addEventListener("click", () => (frame === null ? start() : stop()));
  return { stop };
}
