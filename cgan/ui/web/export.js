// The row under a tab's pictures: its link, and a menu of what can be taken along, files and a few lines of Python.

const COPIED_MS = 2000;
const hasServer = Boolean(window.gradio_config);

const offers = {}; // of each tab: `formats`, functions that save a file, by the key of its text; `python()`, some lines
const menus = {}; // of each tab that is mounted: how to write its lines anew

/** What a tab offers to take along. */
const offerToTake = (tab, offer) => (offers[tab] = offer);

/** What a tab shows has changed, and so have its lines of Python. */
const refreshPython = (tab) => menus[tab]?.();

function makeButton(words, action) {
  const button = makeElement("button", { type: "button", className: "cgan-button" }, words);
  button.addEventListener("click", () => action(button));
  return button;
}

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
    await navigator.clipboard.writeText(content);
    return true;
  } catch {
    const area = beside.parentElement.appendChild(document.createElement("textarea"));
    area.value = content;
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    beside.focus();
    return copied;
  }
}

function formatButton(key, saveFile, note) {
  const words = text(`format_${key}`);
  const button = makeButton(words, async () => {
    button.disabled = true;
    note.textContent = "";
    try {
      await saveFile();
    } catch (error) {
      note.textContent = `${text("failed")}: ${error.message}`;
    }
    button.disabled = false;
  });
  button.setAttribute("aria-label", text("download", { what: words }));
  return button;
}

function makeElement(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Lay out the row of a tab, and the menu beneath it, closed; where there is nothing but the link, it alone. */
function mountTake(element, tab) {
  const row = makeElement("div", { className: "cgan-buttons" }, copyButton(text("copy_link"), currentLink));
  element.querySelector(".cgan-take").append(row);
  if (offers[tab]) row.after(makeTakeMenu(tab, row));
}

/** The menu of what a tab offers, and its opener at the row's end. */
function makeTakeMenu(tab, row) {
  const { formats = {}, python } = offers[tab];
  const note = makeElement("small", { role: "status" });
  const files = Object.entries(formats).map(([key, saveFile]) => formatButton(key, saveFile, note));
  const code = makeElement("pre", { tabIndex: 0 });
  const copyCode = copyButton(text("copy_python"), python);
  const heading = makeElement("div", { className: "cgan-buttons" }, text("python"), copyCode);
  const menu = makeElement(
    "div",
    { className: "cgan-menu", hidden: true },
    makeElement("div", { className: "cgan-buttons" }, ...files),
    note,
    heading,
    code,
  );
  menus[tab] = () => {
    if (menu.hidden) return;
    code.textContent = python();
    heading.hidden = code.hidden = !code.textContent;
    note.textContent = code.textContent ? "" : text("python_none");
  };
  const opener = makeButton(text("take_along"), () => {
    menu.hidden = !menu.hidden;
    opener.setAttribute("aria-expanded", !menu.hidden);
    menus[tab]();
  });
  opener.setAttribute("aria-expanded", false);
  row.append(opener);
  return menu;
}
