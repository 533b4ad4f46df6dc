// The tab "How good?": the measures of a checkpoint beside others, and class by class.

import { findIn, make } from "../../web/page/dom.js";
import { percent, say, text } from "../../web/page/texts.js";

/**
 * A table of measures, each with what it means, and a chart of the classes; drawn anew for another checkpoint.
 * @param {import("../../web/types").Component} component whose value is a report card
 */
export function mountReport({ element, props, watch }) {
  const report = findIn(element, ".cgan-report");
  let measure = "fid"; // of each class

  const show = () => {
    const { value } = props;
    if (!value) return;
    const about = text(measure === "fid" ? "by_class_fid" : "by_class_share");
    const byClass = () => [menuOf(value), make("p", {}, about), legendOf(value), chartOf(value, measure)];
    report.replaceChildren(
      ...(value.missing ? [make("p", {}, say(value.missing))] : []),
      ...(value.rows.length ? [tableOf(value), make("h3", {}, text("by_class")), ...byClass()] : []),
    );
    report.dataset.checkpoint = say(value.columns[0]);
  };
  /** What the bars show. */
  const menuOf = ({ by_class: byClass }) => {
    const names = Object.keys(byClass);
    const options = names.map((name) => new Option(text(`measure_${name}`), name, false, name === measure));
    const menu = make("select", { ariaLabel: text("by_class_measure") }, ...options);
    menu.addEventListener("input", () => {
      measure = menu.value;
      show();
      report.querySelector("select").focus();
    });
    return menu;
  };
  watch("value", show);
  show();
}

function tableOf({ columns, rows }) {
  const head = make("tr", {}, make("th"), ...columns.map((column) => make("th", {}, say(column))));
  const lines = rows.map(({ title, meaning, cells }) => {
    const words = [make("span", {}, say(title)), make("small", { className: "cgan-meaning" }, say(meaning))];
    return make("tr", {}, make("th", { scope: "row" }, ...words), ...cells.map((cell) => make("td", {}, say(cell))));
  });
  return make("table", {}, head, ...lines);
}

/** A bar a column for each class; FIDs differ so much that lengths are their square roots. */
function chartOf({ columns, by_class: byClass }, measure) {
  const classes = byClass[measure];
  const largest = Math.max(...classes.flatMap(({ values }) => values.map((value) => value ?? 0)), 1e-9);
  const share = (value) => (measure === "fid" ? Math.sqrt(value / largest) : value);
  const written = (value) => (measure === "fid" ? value.toPrecision(2) : percent(value));
  const barOf = (value, kind) => {
    const properties = { className: "cgan-bar", title: say(columns[kind]), dataset: { kind } };
    return make("div", { ...properties, style: { "--share": share(value) } }, written(value));
  };
  const groups = classes.map(({ name, values }) => {
    const bars = values.flatMap((value, kind) => (value === null ? [] : [barOf(value, kind)]));
    return make("div", {}, make("span", {}, say(name)), ...bars);
  });
  return make("div", { className: "cgan-classes" }, ...groups);
}

function legendOf({ columns }) {
  const entry = (column, kind) => make("span", { className: "cgan-kind", dataset: { kind } }, say(column));
  return make("p", {}, ...columns.map(entry));
}
