// The tab "Train": two training runs side by side, and what they become.

import { paint, savePng } from "../../web/drawing/canvas.js";
import { setClasses } from "../../web/drawing/classes.js";
import { makeLiveChart } from "../../web/charts/charts.js";
import { OWN_PICTURES, TRAINED_HERE } from "../../web/page/config.js";
import { findIn, make, onPhone, saveFile } from "../../web/page/dom.js";
import { offerExport } from "../../web/page/export.js";
import { OFF } from "../../web/page/fields.js";
import { drawsHere, keepGenerator, rendererProblem, whenDrawing } from "../../web/drawing/renderer.js";
import { newestOnly } from "../../web/page/schedule.js";
import { drawFrom, fieldsOf, openedTab, update, valuesOf, whenChanged } from "../../web/page/store.js";
import { checkpointName, language, percent, text } from "../../web/page/texts.js";
import { zip } from "../../web/encoding/zip.js";
import { formatRun, parseRun } from "../../web/page/training_runs.js";
import { commandOf } from "./command.js";
import { loadImages, loadParts } from "./assets.js";
import { mountForm } from "./form.js";
import { makeInspection } from "./inspection.js";
import { filesChosen, filesDropped, readPictures } from "./own_pictures.js";
import { TrainingRun } from "./run.js";
import { makeRunView } from "./view.js";

const LEAST = 0.05; // share of the time that runs take while a hand waits for pictures
const QUIET_MS = 400; // until they take all of it again

/** @type {Record<string, TrainingRun>} */
const runs = {};
/** The person's own pictures, once there are some. @type {import("./assets.js").Data | null} */
let ownPictures = null;

const chosenImages = () => valuesOf("train")["training-images"];

/** A run's sheet, all classes side by side. */
function saveSheet({ pictures, data }) {
  const sheet = make("canvas");
  paint(sheet, pictures, data.names.en.length);
  savePng(sheet, "trained-here");
}

offerExport("train", {
  formats: { sheet_a: () => saveSheet(runs.a) },
  python: () => commandOf(parseRun(valuesOf("train")["run-a"]).settings, chosenImages() === OWN_PICTURES),
});

/** Where a second run would cost too much: on a phone. */
const isSmall = () => onPhone() || window.matchMedia("(pointer: coarse)").matches;

/** @param {import("../../web/types").Component} component that triggers `submit` when a generator is to be used */
export function mountTrain({ element, trigger }) {
  const part = (name) => findIn(element, name);
  const letters = isSmall() ? ["a"] : ["a", "b"];
  const [note, about, images] = [part(".cgan-train-note"), part(".cgan-train-own"), part("[data-do=images]")];
  const buttons = { run: "#train-run", pause: "#train-stop", step: "[data-do=step]", anew: "[data-do=anew]" };
  const [run, stop, step, anew] = Object.values(buttons).map(part);
  for (const choice of fieldsOf("train")["training-images"].choices)
    images.append(new Option(Number(choice).toLocaleString(), choice));

  /** What each run is to be: { preset, settings }, null where it is off. @type {Record<string, any>} */
  const wanted = {};
  const loading = new Set(); // the runs that are about to begin
  const views = Object.fromEntries(letters.map((letter) => [letter, makeRunView(letter, actionsOf(letter))]));
  part(".cgan-train-runs").append(...letters.map((letter) => views[letter].element));
  const drawAccuracy = makeLiveChart(part(".cgan-train-accuracy"), {
    title: text("train_accuracy"),
    names: letters.map((letter) => letter.toUpperCase()),
    show: percent,
    y: { low: 0, high: 1 },
  });
  const showForm = mountForm(part("table"), part(".cgan-train-refused"), letters, (letter, settings) =>
    update({ [`run-${letter}`]: formatRun(wanted[letter].preset, settings) }),
  );
  const showInspection = makeInspection(part(".cgan-train-inside"));

  const all = () => letters.filter((letter) => runs[letter]).map((letter) => runs[letter]);
  const isRunning = () => all().some(({ read }) => read.running);

  function actionsOf(letter) {
    return {
      choose: (preset) => update({ [`run-${letter}`]: preset }),
      use: attempt(() => use(letter)),
      save: attempt(() => save(letter)),
      inspect: attempt(() => inspect(letter)),
    };
  }

  /** An action whose failure is said in a line. */
  function attempt(action) {
    return async (given) => {
      try {
        note.textContent = "";
        await action(given);
      } catch (error) {
        note.textContent = `${text("failed")}: ${error.message}`;
      }
    };
  }

  /** Have all tabs that draw in the page draw with a run's generator. */
  async function use(letter) {
    const files = await runs[letter].save();
    const config = JSON.parse(new TextDecoder().decode(files["config.json"]));
    setClasses(TRAINED_HERE, runs[letter].data.names);
    await keepGenerator(TRAINED_HERE, files["model.safetensors"].buffer, config);
    if (!drawsHere(TRAINED_HERE))
      throw new Error(rendererProblem() ?? text("no_generator", { name: checkpointName(TRAINED_HERE) }));
    trigger("submit");
    note.textContent = text("train_used");
  }

  /** A checkpoint in a zip file. */
  async function save(letter) {
    const files = Object.entries(await runs[letter].save());
    const name = `my-${wanted[letter].preset.replaceAll(".", "-")}-${runs[letter].read.images}`;
    saveFile(new Blob([await zip(files)], { type: "application/zip" }), `${name}.zip`);
    note.textContent = text("train_saved", { name });
  }

  async function inspect(letter) {
    const { settings, data } = runs[letter];
    const seen = await runs[letter].inspect();
    showInspection(letter, settings, seen, data.names[language()], runs[letter].read.step);
  }

  const show = (letter) => {
    showButtons();
    if (!runs[letter] || openedTab() !== "train") return;
    views[letter].show(runs[letter]);
    drawAccuracy(all().map(({ judged }) => judged.line("share")));
  };
  const showButtons = () => {
    const isPreparing = loading.size > 0 || all().some((each) => each.isPreparing);
    run.disabled = isRunning() || isPreparing || !all().some(({ canRun }) => canRun);
    step.disabled = run.disabled;
    stop.disabled = !isRunning();
    anew.disabled = isPreparing;
  };

  /** Begin a run as it is wanted; what runs, goes on. */
  const begin = async (letter) => {
    const { settings } = wanted[letter];
    const wasRunning = isRunning();
    note.textContent = text("train_loading");
    loading.add(letter);
    showButtons();
    try {
      const [parts, data] = await Promise.all([loadParts(), imagesOf(chosenImages())]);
      if (!wanted[letter]) return; // switched off meanwhile
      runs[letter] ??= new TrainingRun(parts, () => show(letter));
      await runs[letter].begin(settings, data);
      note.textContent = "";
      if (wasRunning) await runs[letter].run();
    } catch (error) {
      note.textContent = `${text("failed")}: ${error.message}`;
    } finally {
      loading.delete(letter);
      showButtons();
    }
  };
  const beginners = Object.fromEntries(letters.map((letter) => [letter, newestOnly(() => begin(letter))]));

  const beginAll = () => {
    for (const letter of letters) if (wanted[letter]) beginners[letter]();
  };

  const imagesOf = async (choice) => (choice === OWN_PICTURES ? ownPictures : loadImages(choice));

  /** Learn from a folder of the person's own pictures. */
  const learnFrom = newestOnly(
    attempt(async (files) => {
      const { choices } = fieldsOf("train")["training-images"];
      ownPictures = await readPictures(await files, (done, total) => {
        note.textContent = text("train_own_reading", { done: done.toLocaleString(), total: total.toLocaleString() });
      });
      about.textContent = `${ownPictures.own.summary} ${text("train_own_info")}`;
      if (chosenImages() === OWN_PICTURES) return beginAll();
      if (!choices.includes(OWN_PICTURES)) {
        choices.push(OWN_PICTURES);
        images.append(new Option(text("train_own_choice"), OWN_PICTURES));
      }
      update({ "training-images": OWN_PICTURES });
    }),
  );

  const end = (letter) => {
    runs[letter]?.close();
    delete runs[letter];
  };
  const choose = (letter, value) => {
    wanted[letter] = value === OFF ? null : parseRun(value);
    const [first, second] = ["a", "b"].map((each) => wanted[each]?.settings ?? null);
    showForm(letter, wanted[letter]?.settings ?? null);
    views.a.setSettings(wanted.a.preset, first, null);
    views.b?.setSettings(wanted.b?.preset ?? OFF, second, first);
    if (wanted[letter]) beginners[letter]();
    else end(letter);
  };

  /** @type {(button: HTMLButtonElement, act: (run: TrainingRun) => Promise<any>) => void} */
  const onClick = (button, act) => button.addEventListener("click", attempt(() => Promise.all(all().map(act))));
  onClick(run, (each) => each.run());
  onClick(stop, (each) => each.pause());
  onClick(step, (each) => each.step());
  onClick(anew, (each) => each.again());
  images.addEventListener("input", () => update({ "training-images": images.value }));

  const folder = part("[type=file]");
  part("[data-do=own]").addEventListener("click", () => folder.click());
  folder.addEventListener("change", () => {
    if (folder.files.length) learnFrom(filesChosen(folder.files));
    folder.value = ""; // so that the same one can be chosen again
  });
  element.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    element.dataset.dropping = "true";
  });
  for (const name of ["dragleave", "drop"]) element.addEventListener(name, () => delete element.dataset.dropping);
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    learnFrom(filesDropped(event.dataTransfer));
  });

  let quiet = null; // the time at which no hand waits any longer
  whenDrawing(() => {
    if (quiet === null) for (const each of all()) each.limit(LEAST);
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      quiet = null;
      for (const each of all()) each.limit(1);
    }, QUIET_MS);
  });
  whenChanged(() => letters.forEach(show));
  drawFrom("train", ["training-images"], ({ "training-images": choice }) => {
    images.value = choice;
    const isOwn = choice === OWN_PICTURES;
    about.hidden = !isOwn;
    part(".cgan-train-accuracy").hidden = isOwn; // the judge knows garments
    beginAll();
  });
  for (const letter of letters)
    drawFrom("train", [`run-${letter}`], ({ [`run-${letter}`]: value }) => choose(letter, value));
}
