// Texts of the page's scripts, from the table that `cganTexts` holds.

/** The language that Gradio, or the page without it, has chosen from the browser's. */
const language = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");

/** A text of the table, with {names} filled in. */
function text(key, values = {}) {
  return cganTexts[language()][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

const className = (index) => text(`class_${index}`);

/** The classes' names, one beside the other, into an element. */
function nameClasses(element) {
  for (let index = 0; index < CLASSES; index++) {
    element.appendChild(document.createElement("span")).textContent = className(index);
  }
}

function fillTexts(element) {
  for (const place of element.querySelectorAll("[data-text]")) place.textContent = text(place.dataset.text);
}

/** For the name of a file. */
const slug = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
