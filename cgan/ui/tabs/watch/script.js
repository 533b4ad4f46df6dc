// The tab "Watch it learn": the timelines of two runs, played and scrubbed together, and their charts.

import { arranged, picturesOn } from "../../web/drawing/canvas.js";
import { lastUpTo } from "../../web/charts/chart.js";
import { compact, makeChart } from "../../web/charts/charts.js";
import { classLines } from "../../web/drawing/class_lines.js";
import { classNames, hasGarments, knowsClasses, learnClasses } from "../../web/drawing/classes.js";
import { TRAINED_HERE, config } from "../../web/page/config.js";
import { findIn } from "../../web/page/dom.js";
import { DownloadError, checkpointAt, download, downloadJson, filesAt } from "../../web/drawing/files.js";
import { range } from "../../web/drawing/inputs.js";
import { makePlayer } from "../../web/page/player.js";
import { newestOnly } from "../../web/page/schedule.js";
import { drawFrom, update, valuesOf } from "../../web/page/store.js";
import { checkpointName, percent, quoted, text } from "../../web/page/texts.js";

const SECONDS = 15; // from the first picture to the last
const STEPS = 1000; // of the scrubber
const ROWS = range(0, config.snapshotSamplesPerClass);

/** A position that the scrubber, and so a link, can say. */
const onStep = (position) => Math.round(STEPS * position) / STEPS;

/** What is known of a run, its steps as training images seen; null where it has no timeline. */
async function loadRun(checkpoint) {
  if (checkpoint === TRAINED_HERE) return null;
  if (!knowsClasses(checkpoint)) await learnClasses(checkpoint);
  const base = `${checkpointAt(checkpoint)}timeline`;
  const found = await downloadJson(`${base}.json`);
  if (!found?.moments.length) return null;
  const { moments, images_per_step: perStep, losses, quality } = found;
  const seen = (step) => Math.max(step, 0.5) * perStep; // the start has its place on a logarithmic axis, too
  return {
    checkpoint,
    snapshots: moments.map(([step, version]) => ({ step, x: seen(step), url: `${base}/${step}.png?${version}` })),
    losses: { ...losses, xs: losses.steps.map(seen) },
    quality: quality && { ...quality, xs: quality.steps.map(seen) },
  };
}

const pictures = new Map(); // by address, fetched once each

/** The pictures of a snapshot, a class each row; failed ones may be tried again. */
async function picturesOf({ url }) {
  if (!pictures.has(url)) pictures.set(url, download(url).then(createImageBitmap).then(picturesOn));
  try {
    return await pictures.get(url);
  } catch (error) {
    pictures.delete(url);
    throw error;
  }
}

/** One run: the pictures of the snapshot at the mark, all classes side by side. */
function mountRun(figure) {
  const caption = figure.querySelector("figcaption");
  const box = figure.querySelector(".cgan-class-lines");
  const showLines = classLines(box);
  let run = null;
  let loading = 0; // counts the runs shown, so that one that was replaced stops loading

  const show = newestOnly(async (snapshot) => {
    const pixels = await picturesOf(snapshot);
    const { checkpoint } = run;
    const step = snapshot.step.toLocaleString();
    const last = run.snapshots.at(-1).step.toLocaleString();
    const [names, words] = [classNames(checkpoint), { name: checkpoint, step, rows: ROWS.length }];
    const order = ROWS.flatMap((row) => [...names.keys()].map((index) => index * ROWS.length + row));
    for (const canvas of showLines(names, arranged(pixels, order), text("watch_pictures", words))) {
      Object.assign(canvas.dataset, { step: snapshot.step, checkpoint });
    }
    box.hidden = false;
    caption.textContent = text("watch_moment", { name: checkpoint, step, last });
  });
  /** Have all pictures at hand, one after the other. */
  const loadAll = async () => {
    const mine = ++loading;
    for (const snapshot of run.snapshots) {
      if (mine !== loading) return;
      try {
        await picturesOf(snapshot);
      } catch (error) {
        if (!(error instanceof DownloadError)) throw error; // it is tried again when it is to be shown
      }
    }
  };
  return {
    set(newRun) {
      run = newRun;
      loadAll();
    },
    /** Show the last snapshot not beyond x (training images seen). */
    move(x) {
      show(run.snapshots[Math.max(0, lastUpTo(run.snapshots.map((snapshot) => snapshot.x), x))]);
    },
    missing(name) {
      run = null;
      loading++;
      box.hidden = true;
      caption.textContent = name ? text("watch_no_timeline", { name }) : text("watch_none");
    },
  };
}

const inDigits = (value) => value.toFixed(Math.abs(value) < 10 ? 2 : 0);

/** The chart of a run's losses, whose scale is its own. */
function lossesOf(run) {
  const line = (name) => ({ name: text(`watch_${name}`), xs: run.losses.xs, ys: run.losses[name] });
  const series = run ? ["loss_g", "loss_d"].map(line) : [];
  return { title: text("watch_losses", { name: run?.checkpoint ?? "–" }), series, show: inDigits, missing: [] };
}

function whyMissing({ checkpoint, quality }) {
  if (quality) return text("watch_other_judge", { name: checkpoint });
  const own = hasGarments(checkpoint) ? "" : " --data PATH --judge DIR";
  return text("watch_no_quality", { name: quoted(checkpoint), own });
}

/** The charts in which runs can be compared: those that the judge of the last one has measured. */
function qualitiesOf(runs) {
  const judge = runs.findLast((run) => run.quality)?.quality.judge;
  const measured = runs.filter((run) => run.quality?.judge === judge);
  const missing = runs.filter((run) => !measured.includes(run)).map(whyMissing);
  const chart = (name, show) => ({
    title: text(`watch_${name}`, { count: ROWS.length }),
    series: measured.map((run) => ({ name: run.checkpoint, xs: run.quality.xs, ys: run.quality[name] })),
    show,
    missing,
  });
  return [chart("named_right", percent), chart("kid", inDigits)];
}

/**
 * Two runs, the scrubber that both follow, and the charts.
 * @param {import("../../web/types").Component} component
 */
export function mountWatch({ element }) {
  const part = (name) => findIn(element, `[data-do=${name}]`);
  const [menu, chosenName, scrubber] = ["other", "chosen", "scrub"].map(part);
  const seen = element.querySelector("output");
  const figures = [...element.querySelectorAll("figure")].map(mountRun);
  const boxes = element.querySelectorAll(".cgan-chart");
  scrubber.max = STEPS;
  scrubber.ariaLabel = text("watch_position");
  menu.ariaLabel = text("watch_compare");
  let runs = [];
  let charts = [];
  let [first, last] = [1, 2]; // training images seen, that the scrubber leads from and to
  let position = valuesOf("watch").moment; // 0 to 1: the first look is at the end of the run

  const show = () => {
    scrubber.value = position * STEPS;
    const x = position === 1 ? last : first * (last / first) ** position;
    seen.textContent = text("watch_seen", { count: compact(x) });
    runs.forEach((run, index) => run && figures[index].move(x));
    for (const chart of charts) chart.move(x);
  };
  const player = makePlayer(element, SECONDS, {
    get: () => position,
    set(to, isResting) {
      position = isResting ? onStep(to) : to;
      show();
      update({ moment: onStep(to) });
    },
  });
  const moveTo = (to) => {
    player.stop();
    update({ moment: onStep(Math.min(1, Math.max(0, to))) });
  };
  const moveToX = (x) => moveTo(Math.log(x / first) / Math.log(last / first));

  const makeCharts = () => {
    const contents = [...runs.map(lossesOf), ...qualitiesOf(runs.filter((run) => run))];
    charts = contents.map(({ series, ...content }, index) => {
      const names = series.map(({ name }) => name);
      const chart = makeChart(boxes[index], { ...content, names, moved: moveToX });
      const values = series.flatMap(({ ys }) => ys);
      const ends = { low: Math.min(0, ...values), high: Math.max(...values) };
      if (series.length) chart.draw(series, { low: first, high: last, log: true }, ends);
      return chart;
    });
  };

  /** Show the runs of the menu and of the page's checkpoint. */
  const load = newestOnly(async ({ checkpoint, other }) => {
    const wanted = [other, checkpoint];
    [menu.value, chosenName.textContent] = [other, checkpointName(checkpoint)];
    runs = await Promise.all(wanted.map(loadRun));
    runs.forEach((run, index) => {
      if (run) figures[index].set(run);
      else figures[index].missing(checkpointName(wanted[index]));
    });
    const all = runs.flatMap((run) => run?.snapshots.map((snapshot) => snapshot.x) ?? []);
    if (all.length) [first, last] = [Math.min(...all), Math.max(...all)];
    makeCharts();
    show();
  });
  const fillMenu = async () => {
    const names = (await downloadJson(`${filesAt}timelines.json`)) ?? [];
    const { other } = valuesOf("watch");
    menu.replaceChildren(...names.map((name) => new Option(name, name, false, name === other)));
  };
  menu.addEventListener("focus", fillMenu); // a run may have begun meanwhile
  menu.addEventListener("input", () => update({ other: menu.value }));
  scrubber.addEventListener("input", () => moveTo(scrubber.value / STEPS));
  fillMenu();
  drawFrom("watch", ["checkpoint", "other"], load);
  drawFrom("watch", ["moment"], ({ moment }) => {
    if (onStep(position) === moment) return; // the player's, which knows it better
    position = moment;
    show();
  });
}
