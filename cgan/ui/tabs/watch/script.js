// The tab "Watch it learn": the timelines of two runs, played and scrubbed together, and their charts.

const WATCH_SECONDS = 15; // from the first picture to the last
const WATCH_STEPS = 1000; // of the scrubber
const Z_PER_CLASS = 4;

const watchTab = {
  checkpoint: null,
  other: firstOf("watch", "other"),
  position: firstOf("watch", "moment"), // of the scrubber, 0 to 1: the first look is at the end of the run
  follow: null,
};

linkPlain("watch", {
  other(other) {
    watchTab.other = other;
  },
  moment(position) {
    watchTab.position = position;
  },
});

/** The page's checkpoint was chosen: [checkpoint]. */
function watch([checkpoint]) {
  watchTab.checkpoint = checkpoint;
  return watchTab.follow?.();
}

drawFrom("watch", [], watch);

/** What is known of a run, its steps as training images seen; null where it has no timeline. */
async function loadRun(checkpoint) {
  const base = `${filesAt}checkpoints/${encodeURIComponent(checkpoint)}/timeline`;
  const response = await fetch(`${base}.json`, { cache: "no-cache" });
  const { moments, images_per_step: perStep, losses, quality } = response.ok ? await response.json() : { moments: [] };
  if (!moments.length) return null;
  const seen = (step) => Math.max(step, 0.5) * perStep; // the start has its place on a logarithmic axis, too
  return {
    checkpoint,
    moments: moments.map(([step, version]) => ({ step, x: seen(step), url: `${base}/${step}.png?${version}` })),
    losses: { xs: losses.steps.map(seen), ...losses },
    quality: quality && { xs: quality.steps.map(seen), ...quality },
  };
}

/** Pictures by address, fetched once each; a failed one may be tried again. */
const momentPictures = new Map();
function momentPicture(url) {
  if (!momentPictures.has(url)) {
    const picture = download(url).then(createImageBitmap);
    picture.catch(() => momentPictures.delete(url));
    momentPictures.set(url, picture);
  }
  return momentPictures.get(url);
}

/** One run: the pictures of the moment at the mark, ten classes side by side. */
function mountRun(figure) {
  const canvas = figure.querySelector("canvas");
  const names = figure.querySelector(".cgan-class-names");
  const caption = figure.querySelector("figcaption");
  fillNames(names, allClasses());
  const [width, height] = [CLASSES, Z_PER_CLASS].map((count) => count * (SIZE + GAP) - GAP);
  Object.assign(canvas, { width, height });
  let run = null;
  let loading = 0; // counts the runs shown, so that one that was replaced stops loading

  const refit = () => {
    fit(canvas, Infinity);
    names.style.width = canvas.style.width;
  };
  const show = newestOnly(async (moment) => {
    const bitmap = await momentPicture(moment.url);
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    for (let index = 0; index < CLASSES; index++) {
      for (let z = 0; z < Z_PER_CLASS; z++) {
        const [from, to] = [[z * SIZE, index * SIZE], [index * (SIZE + GAP), z * (SIZE + GAP)]];
        context.drawImage(bitmap, ...from, SIZE, SIZE, ...to, SIZE, SIZE);
      }
    }
    const step = moment.step.toLocaleString();
    const last = run.moments.at(-1).step.toLocaleString();
    caption.textContent = text("watch_moment", { name: run.checkpoint, step, last });
    canvas.setAttribute("aria-label", text("watch_pictures", { name: run.checkpoint, step }));
    Object.assign(canvas.dataset, { step: moment.step, checkpoint: run.checkpoint });
  });
  /** Have all pictures at hand, one after the other. */
  const loadAll = async () => {
    const mine = ++loading;
    for (const { url } of run.moments) {
      if (mine !== loading) return;
      await momentPicture(url).catch(() => {});
    }
  };
  keepFitted(canvas, refit);
  return {
    set(newRun) {
      run = newRun;
      loadAll();
    },
    /** Show the last moment not beyond x (training images seen). */
    move(x) {
      show(run.moments[Math.max(0, lastUpTo(run.moments.map((moment) => moment.x), x))]);
    },
    missing(name) {
      run = null;
      loading++;
      canvas.getContext("2d").clearRect(0, 0, width, height);
      caption.textContent = name ? text("watch_no_timeline", { name }) : text("watch_none");
      canvas.setAttribute("aria-label", caption.textContent);
    },
  };
}

const inPercent = (value) => `${Math.round(100 * value)} %`;
const inDigits = (value) => value.toFixed(Math.abs(value) < 10 ? 2 : 0);

/** The chart of a run's losses, whose scale is its own. */
function lossesOf(run) {
  const line = (name) => ({ name: text(`watch_${name}`), xs: run.losses.xs, ys: run.losses[name] });
  const series = run ? ["loss_g", "loss_d"].map(line) : [];
  return { title: text("watch_losses", { name: run?.checkpoint ?? "–" }), series, show: inDigits, missing: [] };
}

/** The charts in which runs can be compared. */
function qualitiesOf(runs) {
  const measured = runs.filter((run) => run.quality);
  const missing = runs
    .filter((run) => !run.quality)
    .map((run) => text("watch_no_quality", { name: run.checkpoint }));
  const chart = (name, show) => ({
    title: text(`watch_${name}`),
    series: measured.map((run) => ({ name: run.checkpoint, xs: run.quality.xs, ys: run.quality[name] })),
    show,
    missing,
  });
  return [chart("named_right", inPercent), chart("kid", inDigits)];
}

/** Two runs, the scrubber that both follow, and the charts. checkpoint: the page's at first. */
function mountWatch(element, checkpoint) {
  const part = (name) => element.querySelector(`[data-do=${name}]`);
  const [menu, chosenName, play, scrubber, speed] = ["other", "chosen", "play", "scrub", "speed"].map(part);
  const seen = element.querySelector("output");
  const figures = [...element.querySelectorAll("figure")].map(mountRun);
  const boxes = element.querySelectorAll(".cgan-chart");
  watchTab.checkpoint ??= checkpoint;
  fillTexts(element);
  scrubber.max = WATCH_STEPS;
  scrubber.ariaLabel = text("watch_position");
  menu.ariaLabel = text("watch_compare");
  speed.ariaLabel = text("speed");
  play.textContent = text("play");
  let runs = [];
  let charts = [];
  let range = [1, 2];

  const xAt = (place) => range[0] * (range[1] / range[0]) ** place;
  const show = () => {
    const { position } = watchTab;
    scrubber.value = position * WATCH_STEPS;
    const x = position === 1 ? range[1] : xAt(position);
    seen.textContent = text("watch_seen", { count: compact(x) });
    runs.forEach((run, index) => run && figures[index].move(x));
    for (const chart of charts) chart.move(x);
  };
  const move = (place) => {
    watchTab.position = Math.min(1, Math.max(0, place));
    show();
    see({ moment: onStep(watchTab.position) });
  };
  /** A position that the scrubber, and so a link, can say. */
  const onStep = (place) => Math.round(WATCH_STEPS * place) / WATCH_STEPS;
  const moveTo = (x) => {
    stop();
    move(onStep(Math.log(x / range[0]) / Math.log(range[1] / range[0])));
  };

  const makeCharts = () => {
    for (const chart of charts) chart.destroy();
    const contents = [...runs.map(lossesOf), ...qualitiesOf(runs.filter((run) => run))];
    charts = contents.map((content, index) => makeChart(boxes[index], { ...content, range, moved: moveTo }));
    loadCharts().then((can) => (element.querySelector(".cgan-no-charts").hidden = can));
  };

  /** Show the runs of the menu and of the page's checkpoint. */
  const load = newestOnly(async () => {
    const wanted = [watchTab.other, watchTab.checkpoint];
    [menu.value, chosenName.textContent] = wanted;
    runs = await Promise.all(wanted.map(loadRun));
    runs.forEach((run, index) => (run ? figures[index].set(run) : figures[index].missing(wanted[index])));
    const all = runs.flatMap((run) => run?.moments.map((moment) => moment.x) ?? []);
    if (all.length) range = [Math.min(...all), Math.max(...all)];
    makeCharts();
    show();
  });
  const fillMenu = async () => {
    const names = await (await fetch(`${filesAt}timelines.json`, { cache: "no-cache" })).json();
    menu.replaceChildren(...names.map((name) => new Option(name, name, false, name === watchTab.other)));
  };
  menu.addEventListener("focus", fillMenu); // a run may have begun meanwhile
  menu.addEventListener("input", () => {
    watchTab.other = menu.value;
    see({ other: watchTab.other });
    load();
  });

  let playing = null; // the animation frame asked for
  const stop = () => {
    cancelAnimationFrame(playing);
    playing = null;
    play.textContent = text("play");
  };
  play.addEventListener("click", () => {
    if (playing !== null) {
      stop();
      return move(onStep(watchTab.position));
    }
    if (watchTab.position === 1) move(0);
    let before = null;
    const step = (now) => {
      move(watchTab.position + (speed.value * (now - (before ?? now))) / (1000 * WATCH_SECONDS));
      before = now;
      if (watchTab.position === 1) return stop();
      playing = requestAnimationFrame(step);
    };
    playing = requestAnimationFrame(step);
    play.textContent = text("pause");
  });
  scrubber.addEventListener("input", () => {
    stop();
    move(scrubber.value / WATCH_STEPS);
  });
  watchTab.follow = whenSeen(element, load);
  fillMenu();
  watchTab.follow();
}

Object.assign(window.cgan, { mountWatch });
