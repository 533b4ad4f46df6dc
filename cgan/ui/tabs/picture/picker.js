// The picker of a person's picture: one of the test images, a drawing, or a file.

import { encode } from "../../web/encoding/base64.js";
import { levelsOn } from "../../web/drawing/canvas.js";
import { garmentName } from "../../web/drawing/classes.js";
import { SIZE, config } from "../../web/page/config.js";
import { ARROWS, findIn, followPointer } from "../../web/page/dom.js";
import { drawFrom, update } from "../../web/page/store.js";
import { text } from "../../web/page/texts.js";
import { mountUploadIn } from "../../web/page/upload.js";

const SIDE = config.examplesPerClass; // of the sheet of test images: a class each row

/** @param {import("../../web/types").Component} component whose value is what was chosen last */
export function mountPicker({ element, props, trigger }) {
  const part = (name) => findIn(element, `[data-part=${name}]`);
  const modes = /** @type {HTMLElement[]} */ ([...element.querySelectorAll("[data-mode]")]);
  const choose = (value) => {
    props.value = value;
    trigger("submit");
  };
  const open = (mode) => {
    for (const button of modes) {
      button.ariaPressed = `${button.dataset.mode === mode}`;
      part(button.dataset.mode).hidden = button.dataset.mode !== mode;
    }
  };
  for (const button of modes) button.addEventListener("click", () => open(button.dataset.mode));
  open("example");
  const showExample = mountExamples(element.querySelector(".cgan-examples"), (example) => {
    update({ image: example });
    choose({ example });
  });
  drawFrom("picture", ["image"], ({ image: example }) => {
    showExample(example);
    props.value = { example };
  });
  mountPad(part("drawn"), (drawn) => choose({ drawn }));
  mountUploadIn(part("upload"), (upload) => choose({ upload }));
}

/** The sheet of test images: a click or the arrow keys choose. Returns what frames one of them. */
function mountExamples(sheet, choose) {
  const frame = sheet.querySelector("span");
  let [row, column] = [0, 0];
  const chooseAt = (newRow, newColumn) => {
    const isInside = [newRow, newColumn].every((place) => place >= 0 && place < SIDE);
    if (isInside) choose(newRow * SIDE + newColumn);
  };
  sheet.addEventListener("click", (event) => {
    const box = sheet.getBoundingClientRect();
    const place = (at, size) => Math.min(SIDE - 1, Math.max(0, Math.floor((SIDE * at) / size)));
    chooseAt(place(event.clientY - box.top, box.height), place(event.clientX - box.left, box.width));
  });
  sheet.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    chooseAt(row + step[1], column + step[0]);
  });
  return (index) => {
    [row, column] = [Math.floor(index / SIDE), index % SIDE];
    Object.assign(frame.style, { left: `${(100 * column) / SIDE}%`, top: `${(100 * row) / SIDE}%` });
    sheet.dataset.chosen = index;
    sheet.ariaLabel = text("example_of", { name: garmentName(row), number: column + 1 });
  };
}

/** A black square of the networks' own pixels to draw on; after each stroke its grey levels are handed on. */
function mountPad(element, choose) {
  const canvas = element.querySelector("canvas");
  const [grey, brush] = [element.querySelector("input"), element.querySelector("select")];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  canvas.ariaLabel = text("pick_drawn");
  const clear = () => {
    context.fillStyle = "black";
    context.fillRect(0, 0, SIZE, SIZE);
  };
  let last = null; // where the stroke has come to
  const draw = (event) => {
    const box = canvas.getBoundingClientRect();
    const place = [((event.clientX - box.left) * SIZE) / box.width, ((event.clientY - box.top) * SIZE) / box.height];
    Object.assign(context, { strokeStyle: `rgb(${grey.value} ${grey.value} ${grey.value})`, lineCap: "round" });
    context.lineWidth = 2 * brush.value;
    context.beginPath();
    context.moveTo(...(last ?? place));
    context.lineTo(...place);
    context.stroke();
    last = place;
  };
  followPointer(canvas, draw, () => {
    last = null;
    choose(encode(levelsOn(context)));
  });
  element.querySelector("[data-do=clear]").addEventListener("click", clear);
  clear();
}
