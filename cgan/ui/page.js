// The page of the app: what Gradio's events and elements call.

import { mountDirections, mountMoved } from "./tabs/directions/script.js";
import { mountSheet } from "./tabs/directions/sheet.js";
import { mountAllClasses, mountPicture, showFirstSheet } from "./tabs/generate/script.js";
import { mountReport } from "./tabs/how_good/script.js";
import "./tabs/inside/script.js";
import { mountWalk } from "./tabs/interpolate/script.js";
import { mountBlend } from "./tabs/mix/blend.js";
import { mountMixture, mountWeights } from "./tabs/mix/mixture.js";
import "./tabs/mix/script.js";
import { mountPicker } from "./tabs/picture/picker.js";
import { mountOnward } from "./tabs/picture/script.js";
import { mountTrain } from "./tabs/train/script.js";
import { mountWatch } from "./tabs/watch/script.js";
import { followScreen } from "./web/drawing/canvas.js";
import { classNames, knowsClasses, learnClasses } from "./web/drawing/classes.js";
import { TRAINED_HERE, config } from "./web/page/config.js";
import { fillTexts } from "./web/page/dom.js";
import { forgetDirections } from "./web/drawing/directions.js";
import { forgetCard } from "./web/drawing/drawing.js";
import { mountExport } from "./web/page/export.js";
import { mountFigure } from "./web/page/figures.js";
import { mountFound } from "./web/drawing/found.js";
import { sampleInputs } from "./web/drawing/inputs.js";
import { cardOf, drawHere, drawsHere, isKept, prepare, whenRendererChanges } from "./web/drawing/renderer.js";
import { followHands, throwDice } from "./web/page/sliders.js";
import { chosenValues, fieldsOf, openTab, openedTab, redraw, update, valuesOf } from "./web/page/store.js";
import { text } from "./web/page/texts.js";
import { mountTrainedNote } from "./web/drawing/trained_note.js";
import { mountUpload } from "./web/page/upload.js";
import { openLink } from "./web/page/url.js";

const { tabs, checkpoint: firstCheckpoint } = config.links;

/** A checkpoint was chosen, perhaps once more: its weights may be new. */
async function choose(checkpoint) {
  forgetCard(checkpoint);
  forgetDirections(checkpoint);
  await learnClasses(checkpoint); // it may have been trained anew, on other pictures
  update({ checkpoint });
  await prepare(checkpoint);
  redraw();
}

/**
 * The checkpoint's menu says another one. Returns what the menus of classes of a tab are to say.
 * @param {string} tab
 * @param {string} checkpoint
 */
async function followCheckpoint(tab, checkpoint) {
  if (!knowsClasses(checkpoint)) await learnClasses(checkpoint);
  update({ checkpoint });
  const values = valuesOf(tab);
  return Object.entries(fieldsOf(tab)).flatMap(([name, field]) => (field.names ? [updateOf(field, values[name])] : []));
}

/** Values as Gradio's events take them, by position: an update that has no value leaves a control as it is. */
const asUpdates = (tab, values) =>
  Object.keys(tabs[tab]).flatMap((name) => {
    const field = fieldsOf(tab)[name];
    return field.plain ? [] : [updateOf(field, values[name])];
  });

/** What a control is to say; a menu of classes has those of the checkpoint. */
function updateOf(field, value) {
  if (!field.names) return asUpdate(field.tabs ? "selected" : "value", value);
  const classes = classNames(valuesOf(openedTab()).checkpoint);
  const choices = field.choices.map((choice) => [choice < 0 ? text(field.also) : classes[choice], choice]);
  return { ...asUpdate("value", value ?? field.first), choices };
}

const asUpdate = (property, value) => ({ __type__: "update", ...(value !== undefined && { [property]: value }) });

/**
 * The menu of checkpoints: those of the server, and the generator that was trained here, where there is one; with
 * `isChosen` it is chosen.
 */
function checkpointMenu(names, isChosen = false) {
  const trained = isKept(TRAINED_HERE) ? [[text("trained_here"), TRAINED_HERE]] : [];
  const choices = [...names.map((name) => [name, name]), ...trained];
  return { ...asUpdate("choices", choices), ...(isChosen && { value: TRAINED_HERE }) };
}

/** A tab was opened. Returns what its controls are to say. */
function enter(tab) {
  openTab(tab);
  return asUpdates(tab, chosenValues(tab));
}

/** Open the page's link, now that the checkpoints are known. Returns what tabs and controls are to say. */
async function follow(checkpoints) {
  const wanted = new URLSearchParams(location.search).get("checkpoint");
  if (checkpoints.includes(wanted) && !knowsClasses(wanted)) await learnClasses(wanted);
  /** @type {{ tab?: string, values: import("./web/types").Request }} */
  const { tab, values } = openLink(checkpoints) ?? { values: {} };
  const { checkpoint } = values;
  if (checkpoint) prepare(checkpoint);
  return [
    asUpdate("selected", tab),
    { ...checkpointMenu(checkpoints), ...asUpdate("value", checkpoint) },
    ...Object.keys(tabs).flatMap((name) => asUpdates(name, name === tab ? values : chosenValues(name))),
  ];
}

whenRendererChanges((checkpoint) => {
  if (checkpoint === valuesOf(Object.keys(tabs)[0]).checkpoint) redraw();
});
followScreen();
followHands();
showFirstSheet();
mountTrainedNote();

// The generator comes while Gradio builds its page; where the link names another one, `follow` prepares that.
if (!new URLSearchParams(location.search).has("checkpoint")) prepare(firstCheckpoint);

/** One picture for each class and seed, drawn in the page: for tests. */
const sampleHere = (checkpoint, classes, seeds, truncation) =>
  drawHere(checkpoint, sampleInputs(classes, seeds, cardOf(checkpoint), truncation));

Object.assign(window.cgan, {
  ...{ checkpointMenu, choose, enter, follow, followCheckpoint, throwDice, update },
  ...{ drawsHere, prepare, sampleHere }, // for tests
});
const mounts = {
  ...{ mountAllClasses, mountBlend, mountDirections, mountExport, mountFigure, mountFound, mountMixture, mountMoved },
  ...{ mountOnward, mountPicker, mountPicture, mountReport, mountSheet, mountTrain, mountUpload, mountWalk },
  mountWatch,
  mountWeights,
};
for (const [name, mount] of Object.entries(mounts)) {
  window.cgan[name] = (...given) => {
    fillTexts(given[0].element);
    /** @type {Function} */ (mount)(...given);
  };
}
