// What Gradio's events and the page's own controls call.

/** A checkpoint was chosen, perhaps once more: its weights may be new. */
async function choose(checkpoint) {
  see({ checkpoint });
  await prepare(checkpoint);
  drawOpenTab();
}

const sliderNames = new Map(
  Object.values(view.fields).flatMap((fields) =>
    Object.entries(fields).flatMap(([name, { id, low }]) => (id && low !== undefined ? [[id, name]] : [])),
  ),
);

/**
 * A hand moves a slider of Gradio's, or types into its field. Gradio tells of it too, but half a frame of the screen
 * later, so its sliders have no events of their own.
 */
function followHand({ target }) {
  if (!["range", "number"].includes(target.type) || target.value === "") return; // empty: being typed
  let box = target;
  while (box && !sliderNames.has(box.id)) box = box.parentElement;
  if (box) see({ [sliderNames.get(box.id)]: Number(target.value) });
}
document.addEventListener("input", followHand, { capture: true });

/** Move a slider, by its elem_id, as a hand would; its number field follows. Returns the value that it then says. */
function slide(name, value) {
  const slider = document.querySelector(`#${name} input[type=range]`);
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  return Number(slider.value);
}

/** Choose a seed at random. */
function throwDice(name) {
  const { max } = document.querySelector(`#${name} input[type=range]`);
  slide(name, Math.floor(Math.random() * (Number(max) + 1)));
}

window.cgan = {
  ...{ mountPicture, mountAllClasses, mountWalk, mountTake, choose, throwDice },
  ...{ prepare, drawsHere, sampleHere }, // for benchmarks and tests
  ...gradioLinks,
};
