// Links to a view: which tab is open, and what its controls say where that is not what they say at first.

const SETTLED_MS = 400; // the address follows once the hand rests; browsers allow about three changes of it a second
const MAX_GIVEN = 40; // letters that are shown of a value which a link may not have
const HUB = "https://huggingface.co";

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

const CLASS_SLUGS = Array.from({ length: CLASSES }, (_, index) =>
  [cganTexts.en, cganTexts.zh].map((texts) => slug(texts[`class_${index}`])),
);
const isClass = (name) => /(^|-)class$/.test(name);

const formatValue = (name, value) => (isClass(name) && CLASS_SLUGS[value]?.[0]) || `${value}`;

const choicesOf = (field) => (field.checkpoint ? view.checkpoint.choices : field.choices);

/** The value that a text in a link gives to a field; undefined where the field may not say that. */
function parseValue(name, field, given) {
  if (field.word) return /^[\w.]{1,60}$/.test(given) ? given : undefined;
  if (field.each) return parseNumbers(field.each, given.split(","));
  if (choicesOf(field)) {
    const named = isClass(name) ? CLASS_SLUGS.findIndex((slugs) => slugs.includes(slug(given))) : -1;
    return named >= 0 ? named : choicesOf(field).find((choice) => `${choice}` === given);
  }
  const number = given.trim() ? Number(given) : NaN;
  const isOnStep = field.step < 1 || Number.isInteger(number);
  return number >= field.low && number <= field.high && isOnStep ? number : undefined;
}

function parseNumbers(each, parts) {
  const numbers = parts.map((part, index) => each[index] && parseValue("", each[index], part));
  return numbers.length === each.length && !numbers.includes(undefined) ? numbers : undefined;
}

function describeAllowed(name, field) {
  if (field.word) return text("link_word");
  if (field.each) return describeNumbers(field.each);
  if (!choicesOf(field)) return text("link_range", { low: field.low, high: field.high });
  return choicesOf(field).map((choice) => formatValue(name, choice)).join(", ");
}

/** How many numbers, and which: each range once. */
function describeNumbers(each) {
  const ranges = new Set(each.map(({ low, high }) => text("link_range", { low, high })));
  return text("link_numbers", { count: each.length, ranges: [...ranges].join("; ") });
}

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

/**
 * Read a link's query: { tab, checkpoint, values, problems }. Every value is checked: of one that may not be,
 * `problems` has a line, and what the control says at first stands. What was given is only shown as text, never as
 * markup.
 */
function readLink(query) {
  const given = new URLSearchParams(query);
  const problems = [];
  const read = (name, field) => {
    if (!given.has(name)) return field.first;
    const value = parseValue(name, field, given.get(name));
    if (value !== undefined) return value;
    const shown = given.get(name).replace(new RegExp(`^(.{${MAX_GIVEN}}).+`, "su"), "$1…");
    const [allowed, first] = [describeAllowed(name, field), formatValue(name, field.first)];
    problems.push(text("link_refused", { name, given: shown, allowed, first }));
    return field.first;
  };
  const tabs = Object.keys(view.fields);
  const tab = read("tab", { first: tabs[0], choices: tabs });
  const checkpoint = read("checkpoint", view.checkpoint);
  return { tab, checkpoint, values: mapFields(tab, read), problems };
}

/** The query that leads to what is shown now; empty for what the page shows at first. */
function writeLink() {
  const query = new URLSearchParams();
  const write = (name, field, value) => `${value}` !== `${field.first}` && query.set(name, formatValue(name, value));
  write("tab", { first: Object.keys(view.fields)[0] }, view.open);
  write("checkpoint", view.checkpoint, chosenCheckpoint());
  for (const [name, value] of Object.entries(tabValues(view.open))) write(name, view.fields[view.open][name], value);
  return readable(`${query}`);
}

/** A query whose commas are commas. */
const readable = (query) => query.replaceAll("%2C", ",");

/** Whether the page is shown within a Space's page on the Hub, whose address is the one that a person sees. */
const spaceId = () => window.parent !== window && window.gradio_config?.space_id;

/** The whole link to what is shown now. */
function currentLink() {
  const query = writeLink();
  const address = spaceId() ? `${HUB}/spaces/${spaceId()}` : `${location.origin}${location.pathname}`;
  return query ? `${address}?${query}` : address;
}

/** Names that a link may have; what else is in the address is somebody else's. */
const linkNames = () => ["tab", "checkpoint", ...Object.values(view.fields).flatMap(Object.keys)];

let settling;

/** Have the address bar follow what is shown. */
function followWithAddress() {
  if (!view.checkpoint.choices) return;
  clearTimeout(settling);
  settling = setTimeout(() => {
    const address = new URL(location.href);
    for (const name of linkNames()) address.searchParams.delete(name);
    for (const [name, value] of new URLSearchParams(writeLink())) address.searchParams.set(name, value);
    address.search = readable(address.search);
    if (address.href === location.href) return;
    history.replaceState(history.state, "", address);
    if (spaceId()) window.parent.postMessage({ queryString: writeLink() }, HUB);
  }, SETTLED_MS);
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

/** Begin with what the address says, where it says anything: returns what `readLink` does, or null. */
function openLink(checkpoints) {
  view.checkpoint.choices = checkpoints;
  const names = new Set(linkNames());
  if (![...new URLSearchParams(location.search).keys()].some((name) => names.has(name))) return null;
  const link = readLink(location.search);
  Object.assign(view.chosen, { checkpoint: link.checkpoint, ...link.values });
  view.open = link.tab;
  for (const [name, show] of Object.entries(view.showPlain[link.tab] ?? {})) show(link.values[name], link.values);
  if (link.checkpoint !== view.checkpoint.first) prepare(link.checkpoint);
  showOpenTab();
  if (link.problems.length) {
    const note = Object.assign(document.createElement("p"), { id: "link-note", role: "alert" });
    note.textContent = link.problems.join(" ");
    document.getElementById("header").after(note);
  }
  return link;
}

/** The same for Gradio's events, which take a list: an update that has no value leaves a control as it is. */
const asUpdates = (fields, values) =>
  Object.entries(fields)
    .filter(([, { plain }]) => !plain)
    .map(([name, { tabs }]) => ({
      __type__: "update",
      ...(values[name] !== undefined && { [tabs ? "selected" : "value"]: values[name] }),
    }));

const gradioLinks = {
  openLink(checkpoints) {
    const { checkpoint, tab, values } = openLink(checkpoints) ?? {};
    return [
      { __type__: "update", ...(tab && { selected: tab }) },
      { __type__: "update", ...(checkpoint && { value: checkpoint }) },
      ...Object.entries(view.fields).flatMap(([name, fields]) => asUpdates(fields, name === tab ? values : {})),
    ];
  },
  enter: (tab) => asUpdates(view.fields[tab], enter(tab)),
  see,
};
