// The figures of long runs: rows of pictures with what a network says of them, a curve, a film.

import { findIn, make, makeButton, saveFile } from "./dom.js";
import { curveOf, histogramOf } from "../charts/charts.js";
import { say, text } from "./texts.js";

const SAVED_SIDE = 224; // pixels, at least, of a picture's side in a saved file
const SAVED_GAP = 8;

/** Keeps the images of a figure from one painting to the next: a new one would flash while it is decoded. */
function imageKeeper() {
  const kept = new Map();
  return (key, src, alt) => {
    if (!kept.has(key)) kept.set(key, make("img"));
    const image = kept.get(key);
    if (image.src !== src) image.src = src;
    image.alt = alt;
    return image;
  };
}

function barsOf(rows) {
  const bars = rows.map(([name, probability]) => {
    const words = [say(name), `${(100 * probability).toFixed(1)} %`].map((part) => make("span", {}, part));
    return make("li", { style: { "--share": probability } }, ...words);
  });
  return make("ol", { className: "cgan-bars" }, ...bars);
}

function panelOf(panel, key, imageOf) {
  const parts = [make("h4", {}, say(panel.title))];
  if (panel.src) parts.push(imageOf(key, panel.src, say(panel.title)));
  if (panel.note) parts.push(make("p", {}, say(panel.note)));
  if (panel.bars) parts.push(barsOf(panel.bars));
  return make("div", { className: "cgan-panel" }, ...parts);
}

/** All pictures of a figure but the film, row by row, as one PNG. */
function saveFigure(figure, name) {
  const rows = [...figure.querySelectorAll(".cgan-panels:not(.cgan-film)")]
    .map((row) => [...row.querySelectorAll("img")])
    .filter((row) => row.length);
  const enlarged = (image) => Math.max(1, Math.floor(SAVED_SIDE / image.naturalHeight));
  const size = (image) => [image.naturalWidth * enlarged(image), image.naturalHeight * enlarged(image)];
  const heights = rows.map((row) => Math.max(...row.map((image) => size(image)[1])));
  const widths = rows.map((row) => row.reduce((sum, image) => sum + size(image)[0] + SAVED_GAP, -SAVED_GAP));
  const canvas = make("canvas", {
    width: Math.max(...widths),
    height: heights.reduce((sum, height) => sum + height + SAVED_GAP, -SAVED_GAP),
  });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  let top = 0;
  rows.forEach((row, index) => {
    let left = 0;
    for (const image of row) {
      context.drawImage(image, left, top, ...size(image));
      left += size(image)[0] + SAVED_GAP;
    }
    top += heights[index] + SAVED_GAP;
  });
  saveFile(canvas.toDataURL("image/png"), `${name}.png`);
}

/**
 * Show the figures that come in one after the other while a step runs.
 * @param {import("../types").Component} component whose value is a figure of cgan/ui/figures.py
 * @param {string | null} stop the elem_id of the button that ends the run, if any
 */
export function mountFigure({ element, props, watch }, stop = null) {
  const imageOf = imageKeeper();
  const figure = findIn(element, ".cgan-inside");
  let stopped; // the run that was, one figure of which may still be on its way
  let newest = 0; // run; a hand that is faster than Gradio's answer starts two at once

  function* partsOfRow(row, index) {
    if (row.title) yield make("h3", {}, say(row.title));
    const panels = row.panels.map((panel, place) => panelOf(panel, `${index} ${place}`, imageOf));
    yield make("div", { className: `cgan-panels ${row.small ? "cgan-small" : ""}` }, ...panels);
    if (row.histogram) yield histogramOf(row.histogram);
    if (row.caption) yield make("p", {}, say(row.caption));
  }
  function* partsOf(value) {
    for (const [index, row] of value.rows.entries()) yield* partsOfRow(row, index);
    if (value.progress !== undefined) yield make("progress", { value: value.progress });
    if (value.curve) yield curveOf(value.curve);
    if (value.histogram) yield histogramOf(value.histogram);
    yield make("figcaption", { role: "status" }, (value.caption ?? []).map(say).join(" "));
    if (value.film) {
      const film = panelOf({ title: value.film_title, src: value.film }, "film", imageOf);
      yield make("div", { className: "cgan-panels cgan-film" }, film);
    }
    if (value.name && value.rows.length) {
      const buttons = [makeButton(text("save_png"), () => saveFigure(figure, value.name))];
      if (value.film) buttons.push(makeButton(text("save_gif"), () => saveFile(value.film, `${value.name}.gif`)));
      yield make("div", { className: "cgan-buttons" }, ...buttons);
    }
  }
  const show = () => {
    const { value } = props;
    if (!value || value.run === stopped || value.run < newest) return;
    newest = value.run;
    figure.classList.toggle("cgan-crisp", Boolean(value.crisp));
    figure.dataset.state = value.state;
    figure.replaceChildren(...partsOf(value));
  };
  // Heard from afar, for the button of a tab that was never opened is not there yet.
  document.addEventListener("click", ({ target }) => {
    const isStop = stop && /** @type {Element} */ (target).closest(`#${stop}`);
    if (!isStop || figure.dataset.state !== "running") return;
    stopped = props.value.run;
    figure.dataset.state = "stopped";
    figure.querySelector("figcaption").textContent = text("stopped");
  });
  watch("value", show);
  show();
}
