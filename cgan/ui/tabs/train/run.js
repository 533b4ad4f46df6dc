// A training run: its worker, and what is known of it.

import { sampleInputs } from "../../web/drawing/inputs.js";
import { pause } from "../../web/page/schedule.js";
import { openedTab } from "../../web/page/store.js";
import { DrawingWorker } from "../../web/drawing/workers.js";
import { History } from "./history.js";

/** @typedef {import("../../../engine/training/trainer.js").Settings} Settings */

const SEEDS = [0, 1, 2, 3]; // of the sheet, a row each
const LOOK_MS = 200; // between two looks at a run that is in view
const GLANCE_MS = 1000; // where another tab is open
const JUDGE_MS = 3000; // between two judgements
const JUDGED = { underway: 200, resting: 1000 }; // pictures

export class TrainingRun {
  #worker;
  #changed;
  #begun = 0; // how often; answers about an earlier run are dropped
  #inputs = null; // of the sheet
  #share = 1;
  #following = false;

  /**
   * @param {import("./assets.js").Parts} parts
   * @param {() => void} changed called whenever there is something new to be shown
   */
  constructor(parts, changed) {
    this.#changed = changed;
    this.#worker = new DrawingWorker(parts.url, (reason) => this.#fail(new Error(reason)));
    const started = this.#worker.ask("start", { module: parts.module });
    const judging = this.#worker.ask("openJudge", { model: parts.judge });
    Promise.all([started, judging]).catch((error) => this.#fail(error));
    this.#forget();
  }

  #forget() {
    /** What the worker says of the run (`read`). */
    this.read = { step: 0, images: 0, images_per_second: 0, running: false, diverged: null, failure: null };
    this.lastStep = Infinity;
    this.history = new History(["loss_g", "loss_d", "score_real", "score_fake"]);
    this.judged = new History(["share"]);
    /** @type {number | null} */
    this.accuracy = null;
    /** The sheet: the classes in columns, four z in rows. @type {Uint8Array | null} */
    this.pictures = null;
    /** @type {string | null} */
    this.problem = null;
  }

  #fail(error) {
    this.problem = error.message;
    this.read = { ...this.read, running: false };
    this.#changed();
  }

  get isPreparing() {
    return this.pictures === null && this.problem === null;
  }

  /** Whether it can go on. */
  get canRun() {
    return this.pictures !== null && this.problem === null && this.read.diverged === null && !this.isComplete;
  }

  get isComplete() {
    return this.read.step >= this.lastStep;
  }

  /**
   * Begin anew, paused. @param {Settings} settings @param {import("./assets.js").Data} data
   * @returns {Promise<void>}
   */
  async begin(settings, data) {
    const begun = ++this.#begun;
    this.#forget();
    this.settings = settings;
    this.data = data;
    this.#changed();
    const { images, labels, names } = data;
    const all = [...names.en.keys()];
    this.#inputs = sampleInputs(
      SEEDS.flatMap(() => all),
      SEEDS.flatMap((seed) => all.map(() => seed)),
      { latent_dim: settings.latent_dim, classes: all.length },
    );
    try {
      const created = await this.#worker.ask("create", { settings, images, labels, classes: all.length });
      if (begun !== this.#begun) return;
      this.lastStep = created.lastStep;
      await this.look();
      this.#judge(JUDGED.underway).catch((error) => this.#fail(error)); // the curve's first point
    } catch (error) {
      if (begun === this.#begun) this.#fail(error);
    }
  }

  /** The same run from its start. */
  again = () => this.begin(this.settings, this.data);

  async run() {
    if (!this.canRun) return;
    await this.#worker.ask("run", {});
    this.read = { ...this.read, running: true };
    this.#changed();
    this.#follow();
  }

  pause = () => this.#worker.ask("pause", {});

  /** How much of the time it may take while it runs. @param {number} share 0.05 to 1 */
  limit(share) {
    this.#share = share;
    this.#worker.ask("limit", { share });
  }

  async step() {
    if (!this.canRun) return;
    await this.#worker.ask("step", {});
    await this.look();
  }

  /** A step, looked into. @returns {Promise<import("../../../engine/training/trainer.js").Inspection>} */
  async inspect() {
    const inspection = await this.#worker.ask("inspect", {});
    await this.look();
    return inspection;
  }

  /** The files of a checkpoint by name. @returns {Promise<Record<string, Uint8Array<ArrayBuffer>>>} */
  save = () => this.#worker.ask("save", { classes: this.data.own?.classes });

  /** Ask how far the run is, and draw its sheet where it is in view. */
  async look() {
    const begun = this.#begun;
    const isInView = openedTab() === "train" || this.pictures === null;
    const [read, pictures] = await Promise.all([
      this.#worker.ask("read", {}),
      isInView ? this.#worker.ask("sample", { ...this.#inputs, averaged: true }) : this.pictures,
    ]);
    if (begun !== this.#begun) return;
    this.read = read;
    this.pictures = pictures;
    this.history.add(read.images, read);
    this.#changed();
  }

  async #judge(count) {
    if (this.data.own) return; // the judge knows garments
    const begun = this.#begun;
    const { right, count: all } = await this.#worker.ask("judge", { count, averaged: true });
    if (begun !== this.#begun) return;
    this.accuracy = right / all;
    this.judged.add(this.read.images, { share: this.accuracy });
    this.#changed();
  }

  /** Look at the run again and again until it rests. */
  async #follow() {
    if (this.#following) return;
    this.#following = true;
    try {
      while (this.read.running) {
        await this.#lookUntilItRests();
        if (this.read.step > 0) await this.#judge(JUDGED.resting); // meanwhile it may be running again
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#following = false;
    }
  }

  async #lookUntilItRests() {
    let judgedAt = performance.now();
    while (this.read.running) {
      await pause(openedTab() === "train" ? LOOK_MS : GLANCE_MS);
      await this.look();
      if (this.#share < 1 || performance.now() - judgedAt < JUDGE_MS) continue;
      await this.#judge(JUDGED.underway);
      judgedAt = performance.now();
    }
  }

  /** End its worker. */
  close() {
    this.#changed = () => {};
    this.#worker.stop();
  }
}
