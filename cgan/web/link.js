// Links to a view: which tab is open, and what its controls say where that is not what they say at first.

const SETTLED_MS = 400; // the address follows once the hand rests; browsers allow about three changes of it a second
const MAX_GIVEN = 40; // letters that are shown of a value which a link may not have
const HUB = "https://huggingface.co";

/**
 * `fields`: of each tab, by name, what a control says at `first` and what it may say. `chosen`: what was chosen since,
 * by name: a name means the same on every tab, so class and seed go along from tab to tab. `checkpoint` has no choices
 * before the server has told which there are; until then the address is not touched.
 */
const view = {
  fields: cganLinks.tabs,
  checkpoint: { first: cganLinks.checkpoint, choices: null },
  open: Object.keys(cganLinks.tabs)[0],
  chosen: {},
};

const CLASS_SLUGS = Array.from({ length: CLASSES }, (_, index) =>
  [cganTexts.en, cganTexts.zh].map((texts) => slug(texts[`class_${index}`])),
);
const isClass = (name) => /(^|-)class$/.test(name);

const formatValue = (name, value) => (isClass(name) ? CLASS_SLUGS[value][0] : `${value}`);

/** The value that a text in a link gives to a field; undefined where the field may not say that. */
function parseValue(name, field, given) {
  if (field.word) return /^[\w.]{1,60}$/.test(given) ? given : undefined;
  if (field.choices) {
    const named = isClass(name) ? CLASS_SLUGS.findIndex((slugs) => slugs.includes(slug(given))) : -1;
    return named >= 0 ? named : field.choices.find((choice) => `${choice}` === given);
  }
  const number = given.trim() ? Number(given) : NaN;
  const isOnStep = field.step < 1 || Number.isInteger(number);
  return number >= field.low && number <= field.high && isOnStep ? number : undefined;
}

function describeAllowed(name, field) {
  if (field.word) return text("link_word");
  if (!field.choices) return text("link_range", { low: field.low, high: field.high });
  return field.choices.map((choice) => formatValue(name, choice)).join(", ");
}

/** What was chosen for a field, held in its range, for one may be typing; undefined where nothing was. */
function chosenValue(name, field) {
  const value = view.chosen[name];
  if (value === undefined) return undefined;
  if ("low" in field) return Math.min(field.high, Math.max(field.low, value));
  return parseValue(name, field, formatValue(name, value));
}

const chosenCheckpoint = () => view.chosen.checkpoint ?? view.checkpoint.first;

/** What the fields of a tab say now. */
function tabValues(tab) {
  return mapFields(tab, (name, field) => chosenValue(name, field) ?? field.first);
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
  const write = (name, field, value) => value !== field.first && query.set(name, formatValue(name, value));
  write("tab", { first: Object.keys(view.fields)[0] }, view.open);
  write("checkpoint", view.checkpoint, chosenCheckpoint());
  for (const [name, value] of Object.entries(tabValues(view.open))) write(name, view.fields[view.open][name], value);
  return `${query}`;
}

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
    if (address.href === location.href) return;
    history.replaceState(history.state, "", address);
    if (spaceId()) window.parent.postMessage({ queryString: writeLink() }, HUB);
  }, SETTLED_MS);
}

/** Something was chosen: values by name, empty ones (being typed) left out. */
function see(values) {
  const isSaid = ([, value]) => value !== null && value !== undefined;
  Object.assign(view.chosen, Object.fromEntries(Object.entries(values).filter(isSaid)));
  followWithAddress();
  refreshPython(view.open);
}

/** A tab was opened. Returns what its fields are to say, undefined where they stay as they are. */
function enter(tab) {
  view.open = tab;
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
  if (link.checkpoint !== view.checkpoint.first) prepare(link.checkpoint);
  if (link.problems.length) {
    const note = Object.assign(document.createElement("p"), { id: "link-note", role: "alert" });
    note.textContent = link.problems.join(" ");
    document.getElementById("header").after(note);
  }
  return link;
}

/** The same for Gradio's events, which take a list: an update that has no value leaves a control as it is. */
const asUpdates = (fields, values) =>
  Object.entries(fields).map(([name, { tabs }]) => ({
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
