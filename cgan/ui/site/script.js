// The page without Gradio: its controls, its tabs, and what happens when they change.

import { mountAllClasses, mountPicture } from "../tabs/generate/script.js";
import { mountWalk } from "../tabs/interpolate/script.js";
import { mountTrain } from "../tabs/train/script.js";
import { followScreen } from "../web/drawing/canvas.js";
import { classesOf } from "../web/drawing/classes.js";
import "../web/opening.js";
import { TRAINED_HERE, config } from "../web/page/config.js";
import { fillClasses, fillTexts, findIn, make, makeButton } from "../web/page/dom.js";
import { mountExport } from "../web/page/export.js";
import { prepare, whenRendererChanges } from "../web/drawing/renderer.js";
import { followHands, throwDice } from "../web/page/sliders.js";
import { TABS, fieldsOf, openTab, openedTab, redraw, whenChanged } from "../web/page/store.js";
import { setCheckpoints, update, valuesOf } from "../web/page/store.js";
import { text } from "../web/page/texts.js";
import { mountTrainedNote } from "../web/drawing/trained_note.js";
import { openLink } from "../web/page/url.js";

const boxOf = (id) => document.getElementById(id);

/** A control's label, what explains it, and its input elements. */
function fillControl(box, ...inputs) {
  const name = text(box.dataset.label);
  const about = box.dataset.info ? [make("small", {}, text(box.dataset.info))] : [];
  for (const input of inputs) input.ariaLabel = name;
  box.append(make("label", {}, make("span", {}, name), ...about), ...inputs);
}

function makeMenu(box, name, choices, first) {
  const isClass = box.dataset.control === "class";
  const menu = make("select", {}, ...choices.map((choice) => new Option(choice, choice)));
  menu.value = first;
  fillControl(box, menu);
  menu.addEventListener("change", () => update({ [name]: isClass ? Number(menu.value) : menu.value }));
}

/** A slider and a number field that say the same; the page follows the hand on either (`followHands`). */
function makeSlider(box, { low: min, high: max, step, first: value }) {
  const isSeed = box.dataset.control === "seed";
  const [slider, field] = ["range", "number"].map((type) => make("input", { type, min, max, step, value }));
  if (isSeed) slider.max = `${config.sliderSeeds}`;
  fillControl(box, slider, field);
  slider.addEventListener("input", () => (field.value = slider.value));
  field.addEventListener("input", () => (slider.value = field.value));
  if (isSeed) box.append(makeButton(text("dice"), () => throwDice(box.id)));
}

function makeControls() {
  makeMenu(boxOf("checkpoint"), "checkpoint", config.checkpoints, config.links.checkpoint);
  for (const tab of TABS) {
    for (const [name, { id, ...field }] of Object.entries(fieldsOf(tab))) {
      if (!id) continue;
      if (field.choices) makeMenu(boxOf(id), name, field.choices, field.first);
      else makeSlider(boxOf(id), /** @type {any} */ (field));
    }
  }
}

let listed = null; // the classes that the menus have

/** Have the menus of classes follow the checkpoint. */
function listClasses() {
  const { checkpoint } = valuesOf(openedTab());
  if (listed === classesOf(checkpoint)) return;
  listed = classesOf(checkpoint);
  const menus = /** @type {NodeListOf<HTMLSelectElement>} */ (document.querySelectorAll("[data-control=class] select"));
  for (const menu of menus) fillClasses(menu, checkpoint);
  showChosen();
}

/** Have the open tab's controls say what was chosen elsewhere, or in a link. */
function showChosen() {
  const fields = fieldsOf(openedTab());
  for (const [name, value] of Object.entries(valuesOf(openedTab()))) {
    if (fields[name].plain) continue; // its tab shows it itself
    const inputs = boxOf(fields[name].id ?? name).querySelectorAll("select, input");
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (inputs)) input.value = value;
  }
}

/** @type {(mountPart: (component: any) => void, id: string, value?: object, trigger?: () => void) => void} */
const mount = (mountPart, id, value, trigger = () => {}) =>
  mountPart({ element: boxOf(id), props: { value }, watch: () => {}, trigger });

function select(tab) {
  for (const button of document.querySelectorAll("[role=tab]")) {
    const name = button.getAttribute("aria-controls");
    button.ariaSelected = `${name === tab}`;
    boxOf(name).hidden = name !== tab;
  }
  openTab(tab);
  showChosen();
}

/** Have the menu of checkpoints say that the generator that was trained here draws. */
function chooseTrained() {
  const menu = findIn(boxOf("checkpoint"), "select");
  if (![...menu.options].some(({ value }) => value === TRAINED_HERE))
    menu.append(new Option(text("trained_here"), TRAINED_HERE));
  menu.value = TRAINED_HERE;
  menu.dispatchEvent(new Event("change"));
}

function mountSite() {
  setCheckpoints(config.checkpoints);
  makeControls();
  fillTexts(document);
  mount(mountPicture, "picture", config.first.picture);
  mount(mountAllClasses, "all-classes", config.first.allClasses);
  mount(mountWalk, "walk", config.first.walk);
  mount(mountTrain, "training", undefined, chooseTrained);
  for (const tab of TABS) mountExport({ element: boxOf(`export-${tab}`) }, tab);
  for (const button of document.querySelectorAll("[role=tab]")) {
    button.addEventListener("click", () => select(button.getAttribute("aria-controls")));
  }
  whenChanged(listClasses);
  listClasses();
  openLink(config.checkpoints);
  select(openedTab());
}

whenRendererChanges((checkpoint) => {
  if (checkpoint === valuesOf(TABS[0]).checkpoint) redraw();
});
followScreen();
followHands();
mountTrainedNote();
prepare(valuesOf(TABS[0]).checkpoint);
mountSite();
