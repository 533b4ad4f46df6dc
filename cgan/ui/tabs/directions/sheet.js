// Style mixing, on the tab "Directions": a sheet of classes by seeds, where a cell takes its class from one picture
// and its z from another.

import { GAP, arranged, paint, resize } from "../../web/drawing/canvas.js";
import { allClasses, className, classNames } from "../../web/drawing/classes.js";
import { SIZE, config } from "../../web/page/config.js";
import { ARROWS, fillNames, findIn } from "../../web/page/dom.js";
import { drawPictures } from "../../web/drawing/drawing.js";
import { range, sampleInputs, seedsFrom } from "../../web/drawing/inputs.js";
import { isFound, neighbourName, seedSlug, seedText } from "../../web/drawing/found.js";
import { newestOnly, pause } from "../../web/page/schedule.js";
import { drawFrom, update, valuesOf } from "../../web/page/store.js";
import { text } from "../../web/page/texts.js";

const COLUMNS = config.sheetSeeds;
const SHEET_MS = 150; // between two drawings of the sheet while a seed follows a hand

/** @param {import("../../web/types").Component} component */
export function mountSheet({ element }) {
  const part = (name) => findIn(element, `.cgan-${name}`);
  const [sheet, cells, triple] = ["sheet-canvas", "cells", "triple"].map(part);
  const [rowNames, columnNames] = ["sheet-rows", "sheet-columns"].map(part);
  const caption = element.querySelector("figcaption");
  let pixels = null; // of the sheet, once it is drawn
  let names = []; // of its rows
  let [width, height] = [0, 0];
  cells.ariaLabel = text("sheet_cells");

  /** The sheet's place and rows, before there is anything to be seen in it. */
  const layOut = (checkpoint) => {
    if (`${names}` === `${classNames(checkpoint)}`) return;
    [pixels, names] = [null, classNames(checkpoint)];
    [width, height] = [COLUMNS, names.length].map((count) => count * (SIZE + GAP) - GAP);
    resize(sheet, width, height);
    fillNames(rowNames, names);
  };
  const place = (name, row, column) => {
    Object.assign(part(`cell-${name}`).style, {
      display: "block",
      left: `${(100 * column * (SIZE + GAP)) / width}%`,
      top: `${(100 * row * (SIZE + GAP)) / height}%`,
      width: `${(100 * SIZE) / width}%`,
      height: `${(100 * SIZE) / height}%`,
    });
  };
  /** The chosen cell, and the two that it comes from: its class in the first seed, its seed in the controls' class. */
  const showChosen = () => {
    if (!pixels) return;
    const { checkpoint, cell: [row, column], class: index, seed } = valuesOf("directions");
    place("class", row, 0);
    place("z", index, column);
    place("chosen", row, column);
    const three = [[row, 0], [index, column], [row, column]].map(([r, c]) => r * COLUMNS + c);
    paint(triple, arranged(pixels, three), 3, 4);
    const ofColumn = isFound(seed) ? neighbourName(column) : seed + column;
    const values = { class: className(checkpoint, row), other: className(checkpoint, index), seed: ofColumn };
    triple.ariaLabel = caption.textContent = seedText("sheet_chosen", seed, values);
    Object.assign(triple.dataset, { class: row, seed: isFound(seed) ? seedSlug(seed) : ofColumn });
  };
  const choose = (row, column) => {
    const inside = (value, count) => Math.min(count - 1, Math.max(0, value));
    update({ cell: [inside(row, names.length), inside(column, COLUMNS)] });
  };
  cells.addEventListener("pointerdown", (event) => {
    const box = cells.getBoundingClientRect();
    const at = (offset, length, count) => Math.floor((offset / length) * count);
    choose(at(event.clientY - box.top, box.height, names.length), at(event.clientX - box.left, box.width, COLUMNS));
  });
  cells.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    const [row, column] = valuesOf("directions").cell;
    choose(row + step[1], column + step[0]);
  });

  const draw = newestOnly(async ({ checkpoint, seed }) => {
    layOut(checkpoint);
    const [all, seeds] = [allClasses(checkpoint), seedsFrom(seed, COLUMNS)];
    const inputs = (card) =>
      sampleInputs(all.flatMap((row) => seeds.map(() => row)), all.flatMap(() => seeds), card);
    const drawn = await drawPictures(checkpoint, inputs, { behind: true });
    pixels = drawn.pixels;
    paint(sheet, pixels, COLUMNS);
    sheet.ariaLabel = seedText("sheet", seed, { first: seed, last: seed + COLUMNS - 1 });
    fillNames(columnNames, isFound(seed) ? ["z", ...range(1, COLUMNS - 1)] : range(seed, COLUMNS));
    showChosen();
    await pause(SHEET_MS);
  });
  drawFrom("directions", ["checkpoint", "seed"], draw);
  drawFrom("directions", ["class", "cell"], showChosen);
}
