// What the page shows: which tab is open, and what was chosen. Whatever a control says comes here, and what is drawn from
// it is drawn.

/**
 * `fields`: of each tab, by name, what a control says at `first` and what it may say. `chosen`: what was chosen since,
 * by name: a name means the same on every tab, so class and seed go along from tab to tab. `checkpoint` has no choices
 * before the server has told which there are; until then the address is not touched. `showPlain`: of each tab, by name,
 * how what is no control of Gradio's is made to say a link's value.
 */
const view = {
  fields: cganLinks.tabs,
  checkpoint: { first: cganLinks.checkpoint, choices: null },
  open: Object.keys(cganLinks.tabs)[0],
  chosen: {},
  showPlain: {},
};

const drawers = {}; // of each tab that the page itself draws: `names`, `draw`, `aside`, and what it `drew` last

/**
 * Have `draw` called with [checkpoint, ...values of `names`] whenever one of them is not what it was and the tab is
 * open. `aside`: functions by name, each called with the value of a control that changes nothing else.
 */
function drawFrom(tab, names, draw, aside = {}) {
  drawers[tab] = { names, draw, aside };
  drawers[tab].drew = `${requestOf(tab)}`;
}

const valueOf = (tab, name) => chosenValue(name, view.fields[tab][name]) ?? firstOf(tab, name);

const requestOf = (tab) => [chosenCheckpoint(), ...drawers[tab].names.map((name) => valueOf(tab, name))];

/** Draw the open tab, whether or not anything has changed. */
function drawOpenTab() {
  const drawer = drawers[view.open];
  if (!drawer) return;
  const request = requestOf(view.open);
  drawer.drew = `${request}`;
  drawer.draw(request);
}

function drawIfChanged() {
  if (view.open in drawers && `${requestOf(view.open)}` !== drawers[view.open].drew) drawOpenTab();
}

/** The open tab is another one, or its link was opened: draw what is to be seen on it. */
function showOpenTab() {
  for (const [name, show] of Object.entries(drawers[view.open]?.aside ?? {})) show(valueOf(view.open, name));
  drawIfChanged();
}

/** What a tab's field says at first. */
const firstOf = (tab, name) => view.fields[tab][name].first;

/**
 * Link what a tab has beside Gradio's controls: `show`, functions by name, each called with the value and all values of
 * a link that is opened, perhaps before the tab is mounted. What is chosen by hand is told by `see`.
 */
const linkPlain = (tab, show) => (view.showPlain[tab] = show);

/** What was chosen for a field, held in its range, for one may be typing; undefined where nothing was. */
function chosenValue(name, field) {
  const value = view.chosen[name];
  if (value === undefined) return undefined;
  if ("low" in field) return Math.min(field.high, Math.max(field.low, field.step < 1 ? value : Math.round(value)));
  return parseValue(name, field, formatValue(name, value));
}

const chosenCheckpoint = () => view.chosen.checkpoint ?? view.checkpoint.first;

/** What the fields of a tab say now. */
function tabValues(tab) {
  return mapFields(tab, (name) => valueOf(tab, name));
}

/** An object of `value(name, field)` by the names of a tab's fields. */
function mapFields(tab, value) {
  return Object.fromEntries(Object.entries(view.fields[tab]).map(([name, field]) => [name, value(name, field)]));
}

/** Something was chosen: values by name. What is drawn from them is drawn. */
function see(values) {
  Object.assign(view.chosen, values);
  for (const name of Object.keys(values)) drawers[view.open]?.aside[name]?.(valueOf(view.open, name));
  drawIfChanged();
  followWithAddress();
  refreshPython(view.open);
}

/** A tab was opened. Returns what its fields are to say, undefined where they stay as they are. */
function enter(tab) {
  view.open = tab;
  showOpenTab();
  followWithAddress();
  return mapFields(tab, chosenValue);
}
