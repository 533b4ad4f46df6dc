// Charts with a title and a legend over the training images seen, and the small plots beside the figures of a run.

import { lastUpTo, mountChart } from "./chart.js";
import { make } from "../page/dom.js";
import { language, percent, say } from "../page/texts.js";

const CHART_HEIGHT = 150; // CSS pixels
const PLOT_HEIGHT = 120;
const LINE_COLOURS = ["#6366f1", "#f59e0b"]; // told apart also by those who see no red or green, on white and on black
const HISTOGRAM_COLOURS = ["#16a34a", "#8b8b94"]; // of what is real, and of what is generated

/**
 * A number in few letters, such as 3.3M.
 * @param {number} count
 */
export const compact = (count) => new Intl.NumberFormat(language(), { notation: "compact" }).format(count);

/**
 * A chart in `box`: its title, the values of its lines at the mark, and the lines over a logarithmic axis.
 *
 * series: [{name, xs, ys}], show(y) says a value, range is [first, last] of the axis; moved(x) is called as a hand
 * moves the mark; missing: lines of text that say what is not there.
 * @param {Element} box
 * @param {{title: string, series: {name: string, xs: number[], ys: number[]}[], show: (y: number) => string,
 *   range: number[], moved: (x: number) => void, missing: string[]}} chart
 * @returns {{move: (x: number) => void, destroy: () => void}}
 */
export function makeChart(box, { title, series, show, range: [low, high], moved, missing }) {
  const names = series.map((_, index) => make("span", { style: { "--colour": LINE_COLOURS[index] } }));
  const legend = make("p", {}, ...names, ...missing.map((line) => make("em", {}, line)));
  const stage = make("div");
  box.replaceChildren(make("h4", {}, title), legend, stage);
  const chart = mountChart(stage, CHART_HEIGHT, moved);
  const values = series.flatMap(({ ys }) => ys);
  if (series.length) {
    chart.draw({
      label: title,
      x: { low, high, log: true, format: compact },
      y: { low: Math.min(0, ...values), high: Math.max(...values), format: show },
      series: series.map((each, index) => ({ ...each, colour: LINE_COLOURS[index] })),
    });
  }
  const move = (x) => {
    series.forEach(({ name, xs, ys }, index) => {
      const value = ys[lastUpTo(xs, x)];
      names[index].textContent = value === undefined ? name : `${name} ${show(value)}`;
    });
    chart.mark(x);
  };
  return { move, destroy: chart.destroy };
}

/**
 * The ends of an axis for values among which a few may lie far outside: those are drawn at its ends.
 * @param {number[]} values
 */
function robustRange(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [Math.min(0, at(0.02)), at(0.98)];
  return { low, high: high > low ? low + 1.1 * (high - low) : low + 1 };
}

/**
 * A chart of lines that grow while a run goes on: its title and legend. Returns a function that draws the lines.
 * @param {Element} box
 * @param {{title: string, names: string[], show: (y: number) => string, y?: {low: number, high: number}}} chart
 * @returns {(lines: {xs: number[], ys: number[]}[]) => void}
 */
export function makeLiveChart(box, { title, names, show, y }) {
  const entries = names.map((name, index) => make("span", { style: { "--colour": LINE_COLOURS[index] } }, name));
  const stage = make("div");
  box.replaceChildren(make("h4", {}, title), make("p", {}, ...entries), stage);
  const chart = mountChart(stage, CHART_HEIGHT);
  return (lines) => {
    const range = y ?? robustRange(lines.flatMap(({ ys }) => ys));
    const held = (ys) => ys.map((value) => Math.min(range.high, Math.max(range.low, value)));
    chart.draw({
      label: title,
      x: { low: 0, high: Math.max(1, ...lines.map(({ xs }) => xs.at(-1) ?? 0)), format: compact },
      y: { ...range, format: show },
      series: lines.map(({ xs, ys }, index) => ({ xs, ys: held(ys), name: names[index], colour: LINE_COLOURS[index] })),
    });
  };
}

/** A plot with words beneath, kept from one painting of its figure to the next. */
function makePlot() {
  const [stage, words] = [make("div"), make("p")];
  const box = make("div", { className: "cgan-plot" }, stage, words);
  return { box, words, chart: mountChart(stage, PLOT_HEIGHT) };
}

/** A share over the steps of a run. Returns a function that shows {values, label}. */
export function curveKeeper() {
  const { box, words, chart } = makePlot();
  return ({ values, label }) => {
    const [first, last] = [values[0], values.at(-1)].map((value) => `${(100 * value).toFixed(1)} %`);
    words.textContent = `${say(label)}: ${first} → ${last}`;
    chart.draw({
      label: words.textContent,
      x: { low: 0, high: Math.max(1, values.length - 1), whole: true, format: String },
      y: { low: 0, high: 1, ticks: [0, 0.5, 1], format: percent },
      series: [{ name: "", xs: [...values.keys()], ys: values, colour: "var(--color-accent)" }],
    });
    return box;
  };
}

/** Shares over a range, of one kind or two, and a value among them. Returns a function that shows such a histogram. */
export function histogramKeeper() {
  const { box, words, chart } = makePlot();
  const entry = (label, colour, className = "cgan-kind") =>
    make("span", { className, style: { "--colour": colour } }, label);
  return ({ series, low, high, marker, label }) => {
    const kinds = series.map((each, kind) => entry(say(each.label), HISTOGRAM_COLOURS[kind]));
    const mark = entry(`${say(label)}: ${marker.toFixed(2)}`, "var(--body-text-color)", "cgan-kind cgan-marker");
    words.replaceChildren(...kinds, mark);
    const count = series[0].shares.length;
    const edges = Array.from({ length: count + 1 }, (_, bar) => low + (bar * (high - low)) / count);
    chart.draw({
      label: words.textContent,
      x: { low, high, format: (value) => `${Number(value.toFixed(2))}` },
      y: { low: 0, high: Math.max(...series.flatMap(({ shares }) => shares)), format: percent },
      series: series.map((each, kind) => ({
        ...{ name: `${say(each.label)}`, xs: edges, ys: each.shares },
        ...{ colour: HISTOGRAM_COLOURS[kind], bars: true },
      })),
      mark: marker,
    });
    return box;
  };
}
