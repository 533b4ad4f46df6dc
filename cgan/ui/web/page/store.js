// The UI store: which tab is open, and what was chosen. A control updates it, and what depends on it is redrawn.

import { config } from "./config.js";
import { heldValue } from "./fields.js";

/** @typedef {import("../types").Request} Request */

const { tabs, checkpoint } = config.links;
const checkpointField = { first: checkpoint, choices: null, checkpoint: true };
export const TABS = Object.keys(tabs);

/** Whose seeds a found z may stand in for: the page draws all that is on them. */
const SEED_TABS = ["generate", "interpolate", "mix", "directions"];

let opened = TABS[0];
const chosen = {}; // by name: a name means the same on every tab, so class and seed go along from tab to tab
const standIns = {}; // by the name of a seed: the found z in its place
const drawings = []; // {tab, names, draw, drawn: the values that it was called with last, as JSON}
const listeners = new Set();

export const openedTab = () => opened;

/**
 * The fields of a tab that a link may set, by name; the checkpoint is one of each tab's.
 * @param {string} tab
 * @returns {import("../types").Fields}
 */
export const fieldsOf = (tab) => ({ checkpoint: checkpointField, ...tabs[tab] });

/**
 * Which checkpoints a link may name.
 * @param {string[]} names
 */
export function setCheckpoints(names) {
  for (const tab of TABS) {
    for (const field of Object.values(fieldsOf(tab))) if (field.checkpoint) field.choices = names;
  }
}

/**
 * What was chosen for a tab's fields, by name; undefined where nothing was.
 * @param {string} tab
 * @returns {Request}
 */
export function chosenValues(tab) {
  return Object.fromEntries(
    Object.entries(fieldsOf(tab)).map(([name, field]) => [name, heldValue(name, field, chosen[name])]),
  );
}

/**
 * What a tab's fields say now, by name, as a link has it.
 * @param {string} tab
 * @returns {Request}
 */
export function plainValuesOf(tab) {
  const fields = fieldsOf(tab);
  return Object.fromEntries(
    Object.entries(chosenValues(tab)).map(([name, value]) => [name, value ?? fields[name].first]),
  );
}

/**
 * The same as it is drawn: a found z of the tab's checkpoint in place of its seed.
 * @param {string} tab
 * @returns {Request}
 */
export function valuesOf(tab) {
  const values = plainValuesOf(tab);
  for (const [name, found] of Object.entries(standIns)) {
    const isMeant = SEED_TABS.includes(tab) && name in values && found.checkpoint === values.checkpoint;
    if (isMeant) values[name] = found;
  }
  return values;
}

/**
 * Have `draw` called with the values of `names`, by name: now where the tab is open, and whenever one of them is not
 * what it was. `drawn`: values that are drawn already.
 * @param {string} tab
 * @param {string[]} names
 * @param {(request: Request) => void} draw
 * @param {Request | null} [drawn]
 */
export function drawFrom(tab, names, draw, drawn = null) {
  const drawing = { tab, names, draw, drawn: drawn && key(pick(drawn, names)) };
  drawings.push(drawing);
  drawIfChanged(drawing);
}

const pick = (values, names) => Object.fromEntries(names.map((name) => [name, values[name]]));
const key = (request) => JSON.stringify(request);

function drawIfChanged(drawing) {
  if (drawing.tab !== opened) return;
  const request = pick(valuesOf(opened), drawing.names);
  if (key(request) === drawing.drawn) return;
  drawing.drawn = key(request);
  drawing.draw(request);
}

/** Draw anew all that depends on the checkpoint: it may have new weights, or another renderer. */
export function redraw() {
  for (const drawing of drawings) if (drawing.names.includes("checkpoint")) drawing.drawn = null;
  drawings.forEach(drawIfChanged);
}

/**
 * Have `listener` called whenever something was chosen or a tab opened, after the drawings.
 * @param {() => void} listener
 */
export const whenChanged = (listener) => listeners.add(listener);

/**
 * Something was chosen: values by name. A seed that was chosen takes the place of the found z that stood in for it.
 * @param {Request} values
 */
export function update(values) {
  Object.assign(chosen, values);
  for (const name of Object.keys(values)) delete standIns[name];
  tellOfChange();
}

/**
 * Have a found z stand in for a seed; null: no longer.
 * @param {string} name
 * @param {import("../types").FoundZ | null} found
 */
export function standInFor(name, found) {
  if (found) standIns[name] = found;
  else delete standIns[name];
  tellOfChange();
}

function tellOfChange() {
  drawings.forEach(drawIfChanged);
  for (const listener of listeners) listener();
}

/**
 * A tab was opened, by a link with values for its fields.
 * @param {string} tab
 * @param {Request} [values]
 */
export function openTab(tab, values = {}) {
  opened = tab;
  update(values);
}
