// The tab "Directions": one picture, and sliders that move its z along the directions of cgan/directions.py.

const MAX_SIGMA = 3;
const STRIP_SIGMAS = [-3, -2, -1, 0, 1, 2, 3];
const THUMB = 16; // CSS pixels, of a slider
const STRIPS_MS = 150; // between two drawings of the strips while a seed follows a hand

const directionsTab = {
  request: null, // [checkpoint, class, seed, scope], scope "class" or "all"
  known: new Map(), // checkpoint: its directions by scope, null where it has none
  sigmas: [],
  sigmasOf: new Map(), // what the sliders said last, by checkpoint and scope
  show: null, // the sliders for a request
  drawPicture: null,
};

linkPlain("directions", {
  sigmas(sigmas, { class: index, seed, scope }) {
    directionsTab.sigmasOf.set(ofWhich([chosenCheckpoint(), index, seed, scope]), sigmas);
  },
  cell(cell) {
    sheetTab.chosen = cell;
  },
});

/** Draw what the controls ask for: [checkpoint, class, seed, scope]. */
async function directions(request) {
  const before = directionsTab.request;
  directionsTab.request = request;
  // Chosen anew: its directions may have been made meanwhile, or its weights be other ones.
  if (before?.[0] !== request[0] || `${before}` === `${request}`) directionsTab.known.delete(request[0]);
  await directionsTab.show?.();
  sheetTab.draw?.();
}

drawFrom("directions", ["class", "seed", "scope"], directions);

/** Directions of a checkpoint, by scope, or null where there are none. */
async function directionsOf(checkpoint) {
  const { known } = directionsTab;
  if (!known.has(checkpoint)) {
    const response = await fetch(`${filesAt}checkpoints/${encodeURIComponent(checkpoint)}/directions.json`);
    known.set(checkpoint, response.status === 200 ? (await response.json()).scopes : null);
  }
  return known.get(checkpoint);
}

const scopeOf = ([, index, , scope]) => (scope === "all" ? "all" : `${index}`);
const ofWhich = (request) => `${request[0]} ${scopeOf(request)}`;
const directionName = ({ name }, index) =>
  name ? text(`direction_${name}`) : text("direction_unnamed", { number: index + 1 });
const signed = (sigma) => `${sigma < 0 ? "−" : sigma > 0 ? "+" : ""}${Math.abs(sigma).toFixed(1)} σ`;

/** One picture for each row of sigmas, moved from a z along the directions `found`, drawn in the page. */
function moveHere(checkpoint, index, start, found, rows, draw) {
  const vectors = found.map((direction) => direction.z);
  const z = new Float32Array(rows.length * start.length);
  rows.forEach((sigmas, row) => z.set(moved(start, vectors, sigmas), row * start.length));
  return draw(checkpoint, rows.length, z, oneHot(rows.map(() => index)));
}

const moveOnServer = async (server, [checkpoint, index, seed, scope], rows) => {
  const request = [checkpoint, index, seed, scopeOf([checkpoint, index, seed, scope]), rows];
  return decode((await drawOnServer(server, "move", request)).pixels);
};

function moveAnywhere(server, request, found, rows, draw = drawHere) {
  const [checkpoint, index, seed] = request;
  if (!drawsHere(checkpoint)) return moveOnServer(server, request, rows);
  return moveHere(checkpoint, index, latents([seed], page.opened.get(checkpoint).latent_dim), found, rows, draw);
}

const directionSlider = (direction, index) =>
  labelledSlider(directionName(direction, index), { min: -MAX_SIGMA, max: MAX_SIGMA, step: 0.1 });

/** What was moved, in words. */
function movesOf(found, sigmas) {
  const steps = found.map((direction, k) => [directionName(direction, k), sigmas[k]]).filter(([, sigma]) => sigma);
  return steps.map(([name, sigma]) => `${name} ${signed(sigma)}`).join(" · ") || text("direction_start");
}

/** A slider for each direction, with a strip that shows what it does to this picture alone. */
function mountDirections(element, first, server) {
  const list = element.querySelector(".cgan-direction-list");
  const evidence = element.querySelector("details");
  const reset = element.querySelector("[data-do=reset]");
  const problem = element.querySelector("[role=status]");
  directionsTab.request ??= first;
  fillTexts(element);
  let rows = [];
  let shownFor; // checkpoint and scope

  const change = () => {
    directionsTab.sigmas = rows.map(({ slider }) => Number(slider.value));
    rows.forEach(({ value }, index) => (value.textContent = signed(directionsTab.sigmas[index])));
    if (rows.length) {
      directionsTab.sigmasOf.set(shownFor, directionsTab.sigmas);
      see({ sigmas: directionsTab.sigmas });
    }
    directionsTab.drawPicture?.();
  };
  reset.addEventListener("click", () => {
    for (const { slider } of rows) slider.value = 0;
    change();
  });

  /** A strip as large as it can be, its slider beneath: a sigma on the slider lies under its picture. */
  const refit = () => {
    for (const { strip, slider } of rows) {
      fit(strip, Infinity);
      const between = ((STRIP_SIGMAS.length - 1) * (SIZE + GAP)) / strip.width; // of the outer pictures' middles
      slider.style.width = `calc(${between} * ${strip.style.width} + ${THUMB}px)`;
    }
  };
  const makeRows = (found) => {
    rows = found.map((direction, index) => {
      const { row, slider, value } = directionSlider(direction, index);
      const strip = Object.assign(document.createElement("canvas"), { className: "cgan-direction-strip" });
      const stage = Object.assign(document.createElement("div"), { className: "cgan-stage" });
      strip.setAttribute("role", "img");
      strip.setAttribute("aria-label", text("direction_strip", { name: directionName(direction, index) }));
      stage.append(strip);
      value.after(stage, slider);
      slider.value = directionsTab.sigmasOf.get(shownFor)?.[index] ?? 0;
      slider.addEventListener("input", change);
      return { row, slider, value, strip };
    });
    list.replaceChildren(...rows.map(({ row }) => row));
    evidence.querySelector("tbody").replaceChildren(...found.map(evidenceRow));
  };
  const drawStrips = newestOnly(async () => {
    const { request } = directionsTab;
    const found = (await directionsOf(request[0]))?.[scopeOf(request)];
    if (!found || found.length !== rows.length) return;
    const alone = (index, sigma) => found.map((_, k) => (k === index ? sigma : 0));
    const cells = found.flatMap((_, index) => STRIP_SIGMAS.map((sigma) => alone(index, sigma)));
    const pixels = await moveAnywhere(server, request, found, cells, drawBehind);
    const size = STRIP_SIGMAS.length * PIXELS;
    rows.forEach(({ strip }, index) => {
      paint(strip, pixels.subarray(index * size, (index + 1) * size), STRIP_SIGMAS.length);
    });
    refit();
    await new Promise((resolve) => setTimeout(resolve, STRIPS_MS));
  });

  directionsTab.show = whenSeen(element, async () => {
    const { request } = directionsTab;
    const [checkpoint] = request;
    const found = (await directionsOf(checkpoint))?.[scopeOf(request)];
    if (request !== directionsTab.request) return;
    element.querySelector(".cgan-directions").dataset.state = found ? "ready" : "none";
    problem.textContent = found ? "" : text("no_directions", { checkpoint });
    if (shownFor !== ofWhich(request)) {
      shownFor = ofWhich(request);
      makeRows(found ?? []);
    }
    change();
    drawStrips();
  });
  new ResizeObserver(refit).observe(element);
  directionsTab.show();
}

/** A line of the table that says what was measured, and where a name comes from. */
function evidenceRow(direction, index) {
  const line = document.createElement("tr");
  const cell = (content) => (line.insertCell().textContent = content);
  const [number, [correlation, change]] = strongest(direction);
  cell(directionName(direction, index));
  cell(`${(100 * direction.share).toFixed(1)} %`);
  cell(text(`direction_${number}`));
  cell(correlation.toFixed(2));
  cell(change.toFixed(1));
  return line;
}

/** What the direction is named after; else what it changes most. */
function strongest({ name, effects }) {
  if (name) return [name, effects[name]];
  return Object.entries(effects).sort(([, a], [, b]) => Math.abs(b[1]) - Math.abs(a[1]))[0];
}

/** The picture as its seed has it, and moved. */
function mountMoved(element, first, server) {
  const canvas = element.querySelector("canvas");
  const caption = element.querySelector("figcaption");
  const mark = element.querySelector(".cgan-mark");
  directionsTab.request ??= first;
  const refit = () => fit(canvas, onPhone() ? 180 : 300);

  const draw = newestOnly(async () => {
    const { request, sigmas } = directionsTab;
    const [checkpoint, index, seed] = request;
    const found = (await directionsOf(checkpoint))?.[scopeOf(request)];
    if (!found || sigmas.length !== found.length) return;
    const renderer = drawsHere(checkpoint) ? "page" : "server";
    await timed(mark, renderer, async () => {
      if (paint(canvas, await moveAnywhere(server, request, found, [sigmas.map(() => 0), sigmas]), 2)) refit();
      const what = text("what_one", { name: className(index), first: seed });
      caption.textContent = `${what} → ${movesOf(found, sigmas)}`;
      canvas.setAttribute("aria-label", text("picture", { what: caption.textContent }));
      Object.assign(canvas.dataset, { seed, class: index, sigmas: sigmas.join(" ") });
      refreshPython("directions");
    });
  });
  directionsTab.drawPicture = whenSeen(element, draw);
  keepFitted(canvas, refit);
  directionsTab.drawPicture();
}

whenRendererChanges((checkpoint) => {
  if (checkpoint === directionsTab.request?.[0]) directions(directionsTab.request);
});

function directionsPython() {
  const [checkpoint, index, seed] = directionsTab.request;
  const scope = scopeOf(directionsTab.request);
  const sigmas = directionsTab.sigmas.join(", ");
  const moving = `
vectors = load_directions(folder).vectors("${scope}")
z = latents.latents(np.array([${seed}]), sampler.latent_dim)[0]
weights = latents.one_hot(np.full(2, ${index}), 10)
pictures = sampler.draw(move(z, vectors, np.array([[0] * ${directionsTab.sigmas.length}, [${sigmas}]])), weights)`;
  return `import numpy as np

from cgan import latents
from cgan.checkpoints import resolve
from cgan.directions import load_directions, move
from cgan.sampling import Sampler

folder = resolve(${JSON.stringify(checkpoint)})
sampler = Sampler(folder)${sigmas && moving}
classes, seeds = np.arange(10).repeat(${SHEET_SEEDS}), np.tile(np.arange(${seed}, ${seed + SHEET_SEEDS}), 10)
sheet = sampler.sample(classes, seeds)  # uint8 (${CLASSES * SHEET_SEEDS}, 28, 28)
`;
}

function directionsFileName(what) {
  const [checkpoint, index, seed] = directionsTab.request;
  return slug(`${checkpoint}-${className(index)}-seed-${seed}-${what}`);
}

offerToTake("directions", {
  formats: {
    moved: () => savePng(document.querySelector("#moved canvas"), directionsFileName("moved"), SAVED_SCALE),
    sheet: () => savePng(document.querySelector(".cgan-sheet-canvas"), directionsFileName("sheet"), SAVED_SCALE),
  },
  python: directionsPython,
});

Object.assign(window.cgan, { mountDirections, mountMoved, mountSheet });
