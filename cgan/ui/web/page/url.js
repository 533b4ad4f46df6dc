// Links to a view: which tab is open, and what its fields say where that is not what they say at first.

import { OWN_PICTURES, TRAINED_HERE } from "./config.js";
import { make } from "./dom.js";
import { describeAllowed, formatValue, parseValue } from "./fields.js";
import { TABS, fieldsOf, openTab, openedTab, plainValuesOf, setCheckpoints, whenChanged } from "./store.js";
import { text } from "./texts.js";

const SETTLED_MS = 400; // the address follows once the hand rests; browsers allow about three changes of it a second
const MAX_GIVEN = 40; // letters that are shown of a value which a link may not have
const HUB = "https://huggingface.co";

/**
 * Read a link's query: {tab, values, problems}. Every value is checked: of one that may not be, `problems` has a line,
 * and what the field says at first stands. What was given is only shown as text, never as markup.
 * @param {string} query
 */
export function readLink(query) {
  const given = new URLSearchParams(query);
  const problems = [];
  const read = (name, field) => {
    if (!given.has(name)) return unsaid(field, given);
    const value = parseValue(field, given.get(name));
    if (value !== undefined) return value;
    const shown = given.get(name).replace(new RegExp(`^(.{${MAX_GIVEN}}).+`, "su"), "$1…");
    const [allowed, first] = [describeAllowed(field), formatValue(field, field.first)];
    problems.push(text("link_refused", { name, given: shown, allowed, first }));
    return field.first;
  };
  const tab = read("tab", { first: TABS[0], choices: TABS });
  const checkpoint = read("checkpoint", fieldsOf(tab).checkpoint);
  const fields = Object.entries(fieldsOf(tab, checkpoint)).filter(([name]) => name !== "checkpoint");
  const values = Object.fromEntries(fields.map(([name, field]) => [name, read(name, field)]));
  return { tab, values: { checkpoint, ...values }, problems };
}

/** What a query means by not naming a field. */
function unsaid(field, query) {
  const others = [...query.keys()].filter((name) => !["tab", "checkpoint"].includes(name) && linkNames().has(name));
  return others.length ? (field.unnamed ?? field.first) : field.first;
}

/** The query that leads to what is shown now; empty for what the page shows at first. */
export function writeLink() {
  const query = new URLSearchParams();
  const write = (name, field, value) => `${value}` !== `${field.first}` && query.set(name, formatValue(field, value));
  write("tab", { first: TABS[0] }, openedTab());
  const fields = fieldsOf(openedTab());
  const values = Object.entries(plainValuesOf(openedTab()))
    .filter(([, value]) => ![TRAINED_HERE, OWN_PICTURES].includes(value)) // a link cannot carry these
    .map(([name, value]) => [name, value, fields[name]]);
  for (const [name, value, field] of values) if (field.unnamed === undefined) write(name, field, value);
  for (const [name, value, field] of values)
    if (field.unnamed !== undefined) write(name, { ...field, first: unsaid(field, query) }, value);
  return readable(`${query}`);
}

/** A query whose commas and colons are what they are. */
const readable = (query) => query.replaceAll("%2C", ",").replaceAll("%3A", ":");

/** Whether the page is shown within a Space's page on the Hub, whose address is the one that a person sees. */
const spaceId = () => window.parent !== window && window.gradio_config?.space_id;

/** The whole link to what is shown now. */
export function currentLink() {
  const query = writeLink();
  const address = spaceId() ? `${HUB}/spaces/${spaceId()}` : `${location.origin}${location.pathname}`;
  return query ? `${address}?${query}` : address;
}

/** Names that a link may have; what else is in the address is somebody else's. */
const linkNames = () => new Set(["tab", ...TABS.flatMap((tab) => Object.keys(fieldsOf(tab)))]);

let settling;

/** Have the address bar follow what is shown. */
function followWithAddress() {
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

/**
 * Begin with what the address says. Returns its {tab, values}, or null where it says nothing.
 * @param {string[]} checkpoints that there are
 */
export function openLink(checkpoints) {
  setCheckpoints(checkpoints);
  whenChanged(followWithAddress);
  const names = linkNames();
  if (![...new URLSearchParams(location.search).keys()].some((name) => names.has(name))) return null;
  const { tab, values, problems } = readLink(location.search);
  openTab(tab, values);
  if (problems.length) {
    document.getElementById("header").after(make("p", { id: "link-note", role: "alert" }, problems.join(" ")));
  }
  return { tab, values };
}
