// The row under a tab's pictures: its link, and a menu of what can be exported, files and a few lines of Python.

import { TRAINED_HERE } from "./config.js";
import { make, makeButton } from "./dom.js";
import { missingInLink } from "../drawing/found.js";
import { openedTab, whenChanged } from "./store.js";
import { text } from "./texts.js";
import { currentLink } from "./url.js";

const COPIED_MS = 2000;

/** @type {Record<string, {formats?: Record<string, () => void | Promise<void>>, python: () => string}>} */
const offers = {}; // by tab

/**
 * What a tab offers to export: `formats`, functions that save a file, by the key of its text; `python()`, some lines.
 * @param {string} tab
 * @param {{formats?: Record<string, () => void | Promise<void>>, python: () => string}} offer
 */
export const offerExport = (tab, offer) => (offers[tab] = offer);

/** A button that copies what `content()` says, and says so; where a page may not copy, the text to copy is shown. */
function copyButton(words, content) {
  return makeButton(words, async (button) => {
    if (await copy(content(), button)) {
      button.textContent = text("copied");
      setTimeout(() => (button.textContent = words), COPIED_MS);
    } else {
      window.prompt(text("copy_by_hand"), content());
    }
  });
}

/** Only pages of https, and of this machine, have a clipboard; the older command serves the others. */
async function copy(content, beside) {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(content);
      return true;
    }
  } catch (error) {
    if (error.name !== "NotAllowedError") throw error; // a frame without the permission
  }
  const area = beside.parentElement.appendChild(make("textarea", { value: content }));
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  beside.focus();
  return copied;
}

function formatButton(key, saveFormat, note) {
  const words = text(`format_${key}`);
  const button = makeButton(words, async () => {
    button.disabled = true;
    note.textContent = "";
    try {
      await saveFormat();
    } catch (error) {
      note.textContent = `${text("failed")}: ${error.message}`;
    }
    button.disabled = false;
  });
  button.ariaLabel = text("download", { what: words });
  return button;
}

/**
 * Lay out the row of a tab, and the menu beneath it, closed; where there is nothing but the link, it alone.
 * @param {{element: HTMLElement}} component
 * @param {string} tab
 */
export function mountExport({ element }, tab) {
  const row = make("div", { className: "cgan-buttons" }, copyButton(text("copy_link"), currentLink));
  const missing = make("small", { role: "status" });
  element.querySelector(".cgan-export").append(row, missing);
  whenChanged(() => {
    if (openedTab() === tab) missing.textContent = missingInLink(tab);
  });
  if (offers[tab]) missing.after(makeMenu(offers[tab], row));
}

/** The menu of what a tab offers, and its opener at the row's end. */
function makeMenu({ formats = {}, python }, row) {
  const note = make("small", { role: "status" });
  const files = Object.entries(formats).map(([key, saveFormat]) => formatButton(key, saveFormat, note));
  const code = make("pre", { tabIndex: 0 });
  const heading = make("div", { className: "cgan-buttons" }, text("python"), copyButton(text("copy_python"), python));
  const buttons = make("div", { className: "cgan-buttons" }, ...files);
  const menu = make("div", { className: "cgan-menu cgan-stack", hidden: true }, buttons, note, heading, code);
  const refresh = () => {
    if (menu.hidden) return;
    const lines = python();
    const isTrainedHere = lines.includes(TRAINED_HERE); // which Python cannot open
    code.textContent = isTrainedHere ? "" : lines;
    heading.hidden = code.hidden = !code.textContent;
    note.textContent = code.textContent ? "" : text(isTrainedHere ? "trained_only_here" : "python_none");
  };
  const opener = makeButton(text("export"), () => {
    menu.hidden = !menu.hidden;
    opener.ariaExpanded = `${!menu.hidden}`;
    refresh();
  });
  opener.ariaExpanded = "false";
  row.append(opener);
  whenChanged(refresh);
  return menu;
}
