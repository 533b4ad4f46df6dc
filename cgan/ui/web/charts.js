// Charts over the training images seen, on a logarithmic axis: drawn by uPlot, a mark moved over them by us.

import { followPointer, make } from "./dom.js";
import { DownloadError, downloadJson, filesAt } from "./files.js";
import { language } from "./texts.js";

const CHART_HEIGHT = 150; // CSS pixels

let chartsReady = null; // whether uPlot could be had

/**
 * Load uPlot when the first chart is wanted.
 * @returns {Promise<boolean>} whether it is there
 */
export function loadCharts() {
  chartsReady ??= (async () => {
    try {
      const offer = await downloadJson(`${filesAt}generators.json`);
      if (!offer?.charts) return false;
      const base = `${filesAt}uplot-${offer.charts}/`;
      await Promise.all([
        added(make("link", { rel: "stylesheet", href: `${base}uPlot.min.css` })),
        added(make("script", { src: `${base}uPlot.iife.min.js` })),
      ]);
      return true;
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      return false;
    }
  })();
  return chartsReady;
}

/** Put an element that loads a file into the page's head. Rejects with DownloadError. */
function added(element) {
  return new Promise((resolve, reject) => {
    element.onload = resolve;
    element.onerror = () => reject(new DownloadError(element.src ?? element.href));
    document.head.append(element);
  });
}

/**
 * A number in few letters, such as 3.3M.
 * @param {number} count
 */
export const compact = (count) => new Intl.NumberFormat(language(), { notation: "compact" }).format(count);
/**
 * A colour of Gradio's by its name, such as --color-accent.
 * @param {string} name
 */
export const colourOf = (name) => getComputedStyle(document.body).getPropertyValue(name);
const COLOURS = ["#6366f1", "#f59e0b"]; // told apart also by those who see no red or green, on white and on black

/**
 * The index of the last of ascending `xs` that is not beyond x; -1 where all are.
 * @param {number[]} xs
 * @param {number} x
 */
export const lastUpTo = (xs, x) => xs.findLastIndex((at) => at <= x);

/**
 * A chart in `box`: its title, what its lines are at the mark, and the lines where uPlot is at hand.
 *
 * series: [{name, xs, ys}], show(y) says a value, range is [first, last] of the axis; moved(x) is called as a hand
 * moves the mark.
 * @param {Element} box
 * @param {{title: string, series: {name: string, xs: number[], ys: number[]}[], show: (y: number) => string,
 *   range: number[], moved: (x: number) => void, missing: string[]}} chart
 * @returns {{move: (x: number) => void, destroy: () => void}}
 */
export function makeChart(box, { title, series, show, range, moved, missing }) {
  const names = series.map((_, index) => make("span", { style: { "--colour": COLOURS[index] } }));
  const legend = make("p", {}, ...names, ...missing.map((line) => make("em", {}, line)));
  const stage = make("div");
  box.replaceChildren(make("h4", {}, title), legend, stage);
  let plot = null;
  let mark = null;
  let at = range[0];

  const move = (x) => {
    at = x;
    series.forEach(({ name, xs, ys }, index) => {
      const value = ys[lastUpTo(xs, x)];
      names[index].textContent = value === undefined ? name : `${name} ${show(value)}`;
    });
    if (plot) mark.style.left = `${plot.valToPos(Math.min(range[1], Math.max(range[0], x)), "x")}px`;
  };
  const draw = () => {
    const width = stage.clientWidth;
    if (!width || !series.length) return;
    if (plot) return void plot.setSize({ width, height: CHART_HEIGHT });
    const hooks = { drawClear: [() => requestAnimationFrame(() => move(at))] }; // its size may have changed
    const options = { ...plotOptions(width, range, show, series.length), hooks };
    plot = new uPlot(options, uPlot.join(series.map(({ xs, ys }) => [xs, ys])), stage);
    Object.assign(plot.ctx.canvas, { role: "img", ariaLabel: title });
    mark = make("div", { className: "cgan-chart-mark" });
    plot.over.append(mark);
    followPointer(plot.over, (event) => {
      moved(plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, "x"));
    });
    move(at);
  };
  const observer = new ResizeObserver(draw);
  loadCharts().then((can) => can && observer.observe(stage));
  move(at);
  const destroy = () => {
    observer.disconnect();
    plot?.destroy();
  };
  return { move, destroy };
}

/** uPlot leaves out what has no room. */
const orNothing = (tick) => (tick === null ? "" : compact(tick));

/**
 * A plot that only shows, and takes no hand.
 * @param {number} width
 * @param {number} height
 */
export const withoutControls = (width, height) => ({ width, height, legend: { show: false }, cursor: { show: false } });

/** Lines and letters of an axis in the page's colours. */
export function axisStyle() {
  const grid = { stroke: colourOf("--border-color-primary"), width: 1 };
  return { stroke: colourOf("--body-text-color-subdued"), font: "12px system-ui", grid, ticks: grid };
}

/** What uPlot is to draw: the horizontal axis logarithmic, the vertical one from 0 on or below. */
function plotOptions(width, range, show, lines) {
  const axis = axisStyle();
  return {
    ...withoutControls(width, CHART_HEIGHT),
    scales: {
      x: { time: false, distr: 3, range: () => range },
      y: { range: (_, low, high) => [Math.min(0, low), high] },
    },
    axes: [
      { ...axis, size: 28, splits: () => powersOfTen(range), values: (_, ticks) => ticks.map(orNothing) },
      { ...axis, size: 54, values: (_, ticks) => ticks.map(show) },
    ],
    series: [
      {},
      ...COLOURS.slice(0, lines).map((stroke) => ({ stroke, width: 2, spanGaps: true, points: { show: false } })),
    ],
  };
}

/** The powers of ten in a range: what a logarithmic axis is marked with. */
function powersOfTen([first, last]) {
  const exponents = [Math.ceil(Math.log10(first)), Math.floor(Math.log10(last))];
  return Array.from({ length: exponents[1] - exponents[0] + 1 }, (_, index) => 10 ** (exponents[0] + index));
}
