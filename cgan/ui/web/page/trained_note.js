// A line under the page's header while the generator that was trained here is the checkpoint.

import { TRAINED_HERE } from "./config.js";
import { make } from "./dom.js";
import { openedTab, valuesOf, whenChanged } from "./store.js";
import { text } from "./texts.js";

const ON_SERVER = ["watch", "picture", "inside", "how-good"]; // tabs that need a checkpoint of the server

/** Keep the line true; it stands behind the header from its first showing on. */
export function mountTrainedNote() {
  const line = make("p", { id: "trained-note", hidden: true });
  whenChanged(() => {
    const tab = openedTab();
    line.hidden = tab === "train" || valuesOf(tab).checkpoint !== TRAINED_HERE;
    if (line.hidden) return;
    line.textContent = text(ON_SERVER.includes(tab) ? "trained_only_here" : "trained_note");
    if (!line.isConnected) document.getElementById("header").after(line);
  });
}
