// One run as the page shows it: its preset, its sheet, how far it is, its curves, and what can be done with it.

import { makeLiveChart } from "../../web/charts/charts.js";
import { classLines } from "../../web/drawing/class_lines.js";
import { make, makeButton } from "../../web/page/dom.js";
import { OFF } from "../../web/page/fields.js";
import { language, percent, text } from "../../web/page/texts.js";
import { PRESETS, isSame } from "../../web/page/training_runs.js";
import { showSetting } from "./form.js";

/** @typedef {import("./run.js").TrainingRun} TrainingRun */
/** @typedef {import("../../../engine/training/trainer.js").Settings} Settings */

const CHARTS_MS = 500; // between two drawings of the curves

const count = (number) => Math.round(number).toLocaleString();
const inDigits = (value) => value.toFixed(Math.abs(value) < 10 ? 2 : 0);

/** @param {Settings} settings @param {Settings} other those of the run to compare with */
function differencesOf(settings, other) {
  const differing = Object.keys(settings).filter((name) => !isSame(settings[name], other[name]));
  return differing.map((name) =>
    text("train_differs", { name, value: showSetting(settings[name]), other: showSetting(other[name]) }),
  );
}

/** A menu of the presets, those of each base together. */
function presetMenu(id, optional) {
  const groups = Object.entries(PRESETS).map(([base, presets]) => {
    const name = text(`train_base_${base}`);
    const words = (change) => (change ? `${name}: ${text(`train_change_${change}`)}` : name);
    return make("optgroup", { label: name }, ...presets.map((each) => new Option(words(each.change), each.name)));
  });
  return make("select", { id }, ...(optional ? [new Option(text("train_off"), OFF)] : []), ...groups);
}

/**
 * @param {string} letter "a" or "b"
 * @param {{choose: (preset: string) => void, use: () => void, save: () => void, inspect: () => void}} actions
 */
export function makeRunView(letter, { choose, use, save, inspect }) {
  const isFirst = letter === "a";
  const idOf = (name) => `train-${name}${isFirst ? "" : "-b"}`;
  const menu = presetMenu(`train-preset-${letter}`, !isFirst);
  menu.ariaLabel = text("train_preset", { run: letter.toUpperCase() });
  menu.addEventListener("input", () => choose(menu.value));
  const heading = make("div", { className: "cgan-train-heading" }, make("b", {}, letter.toUpperCase()), menu);
  const about = make("p", { className: "cgan-train-about" });
  const sheet = make("div", { className: "cgan-class-lines" });
  const showLines = classLines(sheet);
  const status = make("figcaption", { role: "status" });
  const facts = make("dl", { className: "cgan-train-facts" });
  const figure = make("figure", { className: "cgan-figure", id: idOf("sheet") }, sheet, facts, status);
  const buttons = {
    use: Object.assign(makeButton(text("train_use"), use), { id: idOf("use"), title: text("train_use_info") }),
    save: Object.assign(makeButton(text("train_save"), save), { id: idOf("save"), title: text("train_save_info") }),
    inspect: Object.assign(makeButton(text("train_inspect"), inspect), { id: idOf("inspect") }),
  };
  const row = make("div", { className: "cgan-buttons" }, ...Object.values(buttons));
  const [losses, scores] = [0, 1].map(() => make("div", { className: "cgan-chart" }));
  const body = make("div", { className: "cgan-stack" }, figure, row, losses, scores);
  const element = make("section", { className: "cgan-train-run", dataset: { run: letter } }, heading, about, body);
  const drawLosses = makeLiveChart(losses, {
    title: text("train_losses"),
    names: [text("train_loss_g"), text("train_loss_d")],
    show: inDigits,
  });
  const drawScores = makeLiveChart(scores, {
    title: text("train_scores"),
    names: [text("train_score_real"), text("train_score_fake")],
    show: inDigits,
  });
  let chartsAt = -Infinity;

  /** How the run stands, in words. @param {TrainingRun} run */
  function statusOf({ problem, read, isComplete }) {
    if (problem) return `${text("failed")}: ${problem}`;
    if (read.diverged !== null) return text("train_diverged", { step: count(read.diverged) });
    if (read.failure) return read.failure;
    return isComplete ? text("train_complete", { step: count(read.step) }) : "";
  }

  return {
    element,

    /**
     * Say which run it is.
     * @param {string} preset or "off"
     * @param {Settings | null} settings
     * @param {Settings | null} other those of the run to compare with
     */
    setSettings(preset, settings, other) {
      menu.value = preset;
      body.hidden = preset === OFF;
      const differences = settings && other ? differencesOf(settings, other) : [];
      const alone = other ? "train_same" : `train_about_${preset.split(".")[0]}`;
      about.textContent = differences.join(" · ") || text(settings ? alone : "train_is_off");
      about.dataset.differs = `${differences.length > 0}`;
    },

    /** Show how far the run is. @param {TrainingRun} run */
    show(run) {
      const { read, pictures, accuracy, history, data } = run;
      const isLost = run.problem !== null || read.diverged !== null;
      const named = accuracy === null ? "–" : percent(accuracy);
      const rate = read.running ? count(read.images_per_second) : "–";
      const entries = [
        [text("train_seen"), count(read.images)],
        [text("train_rate"), rate],
        ...(data.own ? [] : [[text("train_named"), named]]),
      ];
      const boxes = entries.map(([term, value]) => make("div", {}, make("dt", {}, term), make("dd", {}, value)));
      facts.replaceChildren(...boxes);
      status.textContent = statusOf(run);
      status.dataset.state = isLost ? "lost" : "";
      Object.assign(figure.dataset, { images: read.images, accuracy: accuracy ?? "" });
      const names = data.names[language()];
      const words = { run: letter.toUpperCase(), images: count(read.images), classes: names.length };
      if (pictures) showLines(names, pictures, text("train_sheet", words));
      for (const button of Object.values(buttons)) button.disabled = !pictures || isLost;
      buttons.inspect.disabled ||= !run.canRun;
      if (performance.now() - chartsAt < CHARTS_MS && read.running) return;
      chartsAt = performance.now();
      drawLosses(["loss_g", "loss_d"].map(history.line));
      drawScores(["score_real", "score_fake"].map(history.line));
    },
  };
}
