// Plots beside the figures of a run: uPlot draws them, and where it cannot be had their words remain.

import { axisStyle, colourOf, loadCharts, withoutControls } from "./charts.js";
import { make } from "./dom.js";
import { percent, say } from "./texts.js";

const PLOT_HEIGHT = 120; // CSS pixels
const HISTOGRAM_COLOURS = ["#16a34a", "#8b8b94"]; // of what is real, and of what is generated
const MARK_COLOUR = "--body-text-color";

/** Have uPlot draw in `stage`, as wide as that is: what `show` is given, the options of a width and the data. */
function keepPlotted(stage) {
  let plot = null;
  let shown = null;
  const draw = () => {
    plot?.destroy();
    plot = null;
    const width = stage.clientWidth;
    if (shown && width) plot = new uPlot(shown.options(width), shown.data, stage);
  };
  const observer = new ResizeObserver(draw);
  loadCharts().then((can) => can && observer.observe(stage));
  return (options, data) => {
    shown = { options, data };
    if (window.uPlot) draw();
  };
}

/** `axes` and `series` in the page's style, and `more` as uPlot takes it. */
const plotOf = (width, { axes, series, ...more }) => ({
  ...withoutControls(width, PLOT_HEIGHT),
  axes: axes.map((own) => ({ ...axisStyle(), ...own })),
  series: [{}, ...series.map((own) => ({ points: { show: false }, ...own }))],
  ...more,
});

/** A box that stays from one painting of its figure to the next: returns what fills it and hands it out. */
function plotKeeper() {
  const [stage, words] = [make("div", { role: "img" }), make("p")];
  const box = make("div", { className: "cgan-plot" }, stage, words);
  const plot = keepPlotted(stage);
  return { box, stage, words, plot };
}

/** A share over the steps of a run. Returns a function that shows {values, label}. */
export function curveKeeper() {
  const { box, stage, words, plot } = plotKeeper();
  return ({ values, label }) => {
    const [first, last] = [values[0], values.at(-1)].map((value) => `${(100 * value).toFixed(1)} %`);
    words.textContent = `${say(label)}: ${first} → ${last}`;
    stage.ariaLabel = words.textContent;
    const options = (width) =>
      plotOf(width, {
        scales: { x: { time: false }, y: { range: [0, 1] } },
        axes: [{ size: 26, incrs: [1, 2, 5, 10, 20, 50, 100] }, { size: 52, splits: [0, 0.5, 1], values: percents }],
        series: [{ stroke: colourOf("--color-accent"), width: 2 }],
      });
    plot(options, [values.map((_, step) => step), values]);
    return box;
  };
}

const percents = (_, shares) => shares.map(percent);

/** Shares over a range, of one kind or two, and a value among them. Returns a function that shows such a histogram. */
export function histogramKeeper() {
  const { box, stage, words, plot } = plotKeeper();
  const entry = (label, colour, className = "cgan-kind") =>
    make("span", { className, style: { "--colour": colour } }, label);
  return ({ series, low, high, marker, label }) => {
    const kinds = series.map((each, kind) => entry(say(each.label), HISTOGRAM_COLOURS[kind]));
    const mark = entry(`${say(label)}: ${marker.toFixed(2)}`, `var(${MARK_COLOUR})`, "cgan-kind cgan-marker");
    words.replaceChildren(...kinds, mark);
    stage.ariaLabel = words.textContent;
    const count = series[0].shares.length;
    const middles = Array.from({ length: count }, (_, bar) => low + ((bar + 0.5) * (high - low)) / count);
    const options = (width) =>
      plotOf(width, {
        scales: { x: { time: false, range: [low, high] }, y: { range: (_, __, top) => [0, top] } },
        axes: [{ size: 26, grid: { show: false } }, { size: 52, values: percents }],
        series: series.map((_, kind) => ({
          fill: `${HISTOGRAM_COLOURS[kind]}99`,
          stroke: "transparent",
          paths: uPlot.paths.bars({ size: [1, Infinity] }),
        })),
        hooks: { draw: [(drawn) => drawMark(drawn, marker)] },
      });
    plot(options, [middles, ...series.map(({ shares }) => shares)]);
    return box;
  };
}

/** A line from top to bottom. */
function drawMark({ ctx, bbox, valToPos }, value) {
  const x = Math.round(valToPos(value, "x", true));
  ctx.fillStyle = colourOf(MARK_COLOUR);
  ctx.fillRect(x - devicePixelRatio, bbox.top, 2 * devicePixelRatio, bbox.height);
}
