// The tab "Generate": the sheet of pictures of one class, and one seed in all ten classes.

const ROW_MS = 100; // between two drawings of the ten classes while the sheet follows a hand

const generateTab = { request: null, server: null, sheet: null, row: null, shown: null };

/** Draw what the controls ask for: [checkpoint, class, seed, truncation, count]. The row follows, and holds nothing up. */
function generate(request) {
  generateTab.request = request;
  if (generateTab.sheet) drawBoth(request);
}

drawFrom("generate", ["class", "seed", "truncation", "count"], generate);

/** The sheet of pictures of one class. */
function mountPicture(element, first, server) {
  const canvas = element.querySelector("canvas");
  const caption = element.querySelector("figcaption");
  const mark = element.querySelector(".cgan-mark");
  const handle = document.getElementById("picture");
  fillTexts(element);

  // On a desk, what is above it and the row of ten classes below it are to fit into the window as well, unless the
  // pictures were not enlarged then.
  const maxHeight = () =>
    onPhone() ? 0.36 * window.innerHeight : Math.min(560, Math.max(window.innerHeight - 460, 2 * canvas.height));
  const refit = () => fit(canvas, maxHeight());
  const show = (request, pixels, { steps, latent_dim: dimensions }, renderer) => {
    const [, index, seed, , count] = request;
    generateTab.shown = { request, pixels, dimensions };
    const values = { name: className(index), first: seed, last: seed + count - 1 };
    const what = text(count === 1 ? "what_one" : "what_many", values);
    if (paint(canvas, pixels, Math.ceil(Math.sqrt(count)))) refit();
    canvas.setAttribute("aria-label", text("picture", { what }));
    const trained = steps ? ` · ${text("steps", { steps: Number(steps).toLocaleString() })}` : "";
    caption.textContent = what + trained;
    Object.assign(handle.dataset, { seed, class: index, renderer });
    refreshPython("generate");
  };
  keepFitted(canvas, refit);

  Object.assign(generateTab, { server, sheet: { show, mark } });
  if (first.pixels) {
    show(first.request, decode(first.pixels), first, "server");
    showMark(mark, "server");
  }
  document.getElementById("first-view")?.remove();
  if (generateTab.request) generate(generateTab.request); // of a link, or of a hand quicker than the page
  generateTab.request ??= first.request;
  const [checkpoint] = generateTab.request;
  afterFirstPaint(() => prepare(checkpoint));
}

/** One seed in all ten classes, in one row, their names beneath. */
function mountAllClasses(element, first) {
  const canvas = element.querySelector("canvas");
  const caption = element.querySelector("figcaption");
  const names = element.querySelector(".cgan-class-names");
  nameClasses(names);

  const refit = () => {
    fit(canvas, Infinity);
    names.style.width = canvas.style.width;
  };
  const show = ([, seed], pixels) => {
    const description = text("all_classes", { first: seed });
    if (paint(canvas, pixels, CLASSES)) refit();
    canvas.setAttribute("aria-label", description);
    caption.textContent = description;
  };
  keepFitted(canvas, refit);
  generateTab.row = { show };
  if (first.pixels) show(first.request, decode(first.pixels));
}

const drawBoth = newestOnly(async (request) => {
  const [checkpoint, , seed, truncation] = request;
  const { server, sheet } = generateTab;
  if (!server && !drawsHere(checkpoint)) await loaded(checkpoint, sheet.mark);
  const renderer = drawsHere(checkpoint) ? "page" : "server";
  await timed(sheet.mark, renderer, () => drawSheet(request, renderer));
  drawRow([checkpoint, seed, truncation]);
});

async function drawSheet(request, renderer) {
  const [checkpoint, index, seed, truncation, count] = request;
  const { server, sheet } = generateTab;
  if (renderer === "server") {
    const answer = await drawOnServer(server, "generate", request);
    return sheet.show(request, decode(answer.pixels), answer, renderer);
  }
  const card = page.opened.get(checkpoint);
  const pixels = await sampleHere(checkpoint, Array(count).fill(index), seedsFrom(seed, count), truncation);
  sheet.show(request, pixels, card, renderer);
}

const seedsFrom = (first, count) => Array.from({ length: count }, (_, i) => first + i);

/** The same seed in all ten classes: [checkpoint, seed, truncation]. */
const drawRow = newestOnly(async (request) => {
  const [checkpoint, seed, truncation] = request;
  const { server, row } = generateTab;
  if (drawsHere(checkpoint)) {
    const classes = Array.from({ length: CLASSES }, (_, index) => index);
    row.show(request, await sampleHere(checkpoint, classes, Array(CLASSES).fill(seed), truncation, drawBehind));
  } else {
    row.show(request, decode((await drawOnServer(server, "all_classes", request)).pixels));
  }
  await new Promise((resolve) => setTimeout(resolve, ROW_MS));
});

whenRendererChanges((checkpoint) => {
  if (checkpoint === generateTab.request?.[0]) generate(generateTab.request);
});

function generateFileName() {
  const [checkpoint, index, seed, , count] = generateTab.shown.request;
  return slug(`${checkpoint}-${className(index)}-seed-${seed}-count-${count}`);
}

const saveSheet = (scale) => savePng(document.querySelector("#picture canvas"), generateFileName(), scale);

/** The pictures as numbers, with what they were drawn from. */
function saveSheetArrays() {
  const { request, pixels, dimensions } = generateTab.shown;
  const [, index, first, truncation, count] = request;
  const seeds = seedsFrom(first, count);
  saveNpz(generateFileName(), {
    images: [pixels, count, SIZE, SIZE],
    labels: [new Uint8Array(count).fill(index), count],
    seeds: [Uint32Array.from(seeds), count],
    z: [latents(seeds, dimensions, truncation), count, dimensions],
  });
}

function generatePython() {
  const [checkpoint, index, seed, truncation, count] = generateTab.shown.request;
  return `import numpy as np

from cgan.checkpoints import resolve
from cgan.sampling import Sampler

sampler = Sampler(resolve(${JSON.stringify(checkpoint)}))
classes, seeds = np.full(${count}, ${index}), np.arange(${seed}, ${seed + count})
pictures = sampler.sample(classes, seeds, truncation=${truncation})  # uint8 (${count}, 28, 28)
`;
}

offerToTake("generate", {
  formats: { png: () => saveSheet(SAVED_SCALE), png_small: () => saveSheet(1), npz: saveSheetArrays },
  python: generatePython,
});
