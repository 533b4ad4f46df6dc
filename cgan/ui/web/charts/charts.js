// Charts with a title and a legend over the training images seen, and the small plots beside the figures of a run.

import { lastUpTo, mountChart } from "./chart.js";
import { make } from "../page/dom.js";
import { language, percent, say } from "../page/texts.js";

const CHART_HEIGHT = 150; // CSS pixels
const PLOT_HEIGHT = 120;
const LINE_COLOURS = ["#6366f1", "#f59e0b"]; // told apart also by those who see no red or green, on white and on black
const HISTOGRAM_COLOURS = ["#16a34a", "#8b8b94"]; // of what is real, and of what is generated

/** @typedef {{low: number, high: number, log?: boolean}} Range of an axis */

/**
 * A number in few letters, such as 3.3M.
 * @param {number} count
 */
export const compact = (count) => new Intl.NumberFormat(language(), { notation: "compact" }).format(count);

/**
 * A chart of up to two lines in `box`: its title, the values of its lines at the mark, and the lines over the training
 * images seen.
 *
 * names: of the lines; show(y) says a value; moved(x), where given, is called as a hand moves the mark; missing: lines
 * of text that say what is not there.
 * @param {Element} box
 * @param {{title: string, names: string[], show: (y: number) => string, moved?: (x: number) => void,
 *   missing?: string[]}} chart
 */
export function makeChart(box, { title, names, show, moved, missing = [] }) {
  const entries = names.map((name, index) =>
    make("span", { className: "cgan-kind", style: { "--colour": LINE_COLOURS[index] } }, name),
  );
  const stage = make("div");
  const legend = make("p", {}, ...entries, ...missing.map((line) => make("em", {}, line)));
  box.replaceChildren(make("h4", {}, title), legend, stage);
  const chart = mountChart(stage, CHART_HEIGHT, moved);
  let shown = [];
  return {
    /** @type {(lines: {xs: number[], ys: number[]}[], x: Range, y: Range) => void} */
    draw(lines, x, y) {
      shown = lines;
      chart.draw({
        label: title,
        x: { ...x, format: compact },
        y: { ...y, format: show },
        series: lines.map(({ xs, ys }, index) => ({ xs, ys, name: names[index], colour: LINE_COLOURS[index] })),
      });
    },
    /** @param {number} x where the mark is to be */
    move(x) {
      shown.forEach(({ xs, ys }, index) => {
        const value = ys[lastUpTo(xs, x)];
        entries[index].textContent = value === undefined ? names[index] : `${names[index]} ${show(value)}`;
      });
      chart.mark(x);
    },
  };
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
 * A chart of lines that grow while a run goes on. Returns a function that draws the lines.
 * @param {Element} box
 * @param {{title: string, names: string[], show: (y: number) => string, y?: Range}} chart
 * @returns {(lines: {xs: number[], ys: number[]}[]) => void}
 */
export function makeLiveChart(box, { y, ...rest }) {
  const { draw } = makeChart(box, rest);
  return (lines) => {
    const range = y ?? robustRange(lines.flatMap(({ ys }) => ys));
    const held = (ys) => ys.map((value) => Math.min(range.high, Math.max(range.low, value)));
    const last = Math.max(1, ...lines.map(({ xs }) => xs.at(-1) ?? 0));
    draw(lines.map(({ xs, ys }) => ({ xs, ys: held(ys) })), { low: 0, high: last }, range);
  };
}

/** A plot with words beneath. */
function makePlot() {
  const [stage, words] = [make("div"), make("p")];
  const box = make("div", { className: "cgan-plot" }, stage, words);
  return { box, words, chart: mountChart(stage, PLOT_HEIGHT) };
}

/** A share over the steps of a run. */
export function curveOf({ values, label }) {
  const { box, words, chart } = makePlot();
  const [first, last] = [values[0], values.at(-1)].map((value) => `${(100 * value).toFixed(1)} %`);
  words.textContent = `${say(label)}: ${first} → ${last}`;
  chart.draw({
    label: words.textContent,
    x: { low: 0, high: Math.max(1, values.length - 1), whole: true, format: String },
    y: { low: 0, high: 1, ticks: [0, 0.5, 1], format: percent },
    series: [{ name: "", xs: [...values.keys()], ys: values, colour: "var(--color-accent)" }],
  });
  return box;
}

/** Shares over a range, of one kind or two, and a value among them. */
export function histogramOf({ series, low, high, marker, label }) {
  const { box, words, chart } = makePlot();
  const entry = (text, colour, className = "cgan-kind") =>
    make("span", { className, style: { "--colour": colour } }, text);
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
}
