// What Gradio's events and the page's own controls call.

const usable = {}; // the last values of a tab's controls that were in their ranges

/** Values of a tab's controls, held in their ranges: while someone types, a field is empty or far beyond its end. */
function held(tab, values, ranges) {
  usable[tab] = values.map((value, index) => {
    if (!ranges[index]) return value;
    const [low, high] = ranges[index];
    if (typeof value !== "number") return usable[tab]?.[index] ?? low;
    return Math.min(high, Math.max(low, value));
  });
  return usable[tab];
}

const tabs = { generate, interpolate };

/** A tab's controls have changed, the checkpoint perhaps, which comes first. */
function update(tab, values, ranges) {
  if (values[0] !== chosenCheckpoint()) see({ checkpoint: values[0] });
  tabs[tab](held(tab, values, ranges));
}

/** A checkpoint was chosen, perhaps once more: its weights may be new. */
async function choose(tab, values, ranges) {
  await prepare(values[0]);
  update(tab, values, ranges);
}

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
  ...{ mountPicture, mountAllClasses, mountWalk, mountTake, update, choose, scrub, throwDice },
  ...{ prepare, drawsHere, sampleHere }, // for benchmarks and tests
  ...gradioLinks,
};
