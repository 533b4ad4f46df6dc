// Links to a view: which tab is open, and what its controls say where that is not what they say at first.

const SETTLED_MS = 400; // the address follows once the hand rests; browsers allow about three changes of it a second
const MAX_GIVEN = 40; // letters that are shown of a value which a link may not have
const HUB = "https://huggingface.co";

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
