// Who draws. The page itself does as soon as a worker has the generator; until then, and where it cannot, the server.

const POLL_MS = 3000; // while the app is still fetching the runtime
const ATTEMPTS = 3; // at having the server draw
const BUSY_MS = 1000; // between them
const MARK_MS = 200; // between two of the times that are said under a picture
const MOST_OPENED = 3; // generators, each a few MB

/** What the app can give to a page that wants to draw by itself lies beneath this address. */
const filesAt = new URL("cgan/", (window.gradio_config?.root ?? document.baseURI).replace(/\/?$/, "/")).href;

const page = {
  offer: null, // generators.json: the runtime's folder, and a card for each checkpoint whose generator can be had
  opened: new Map(), // checkpoint: the card of the generator that the workers have opened
  workers: [],
  urgent: new Set(), // what is being drawn at once
};
const readers = new Set(); // called with a checkpoint that the page can draw from now on, or no longer

/** Whether the page draws this checkpoint's pictures. */
const drawsHere = (checkpoint) => page.opened.has(checkpoint);

/** Have `read(checkpoint)` called whenever another one draws that checkpoint than before. */
const whenRendererChanges = (read) => readers.add(read);

const askAll = (kind, details) => Promise.all(page.workers.map((worker) => worker.ask(kind, details)));

async function startWorkers() {
  const base = `${filesAt}${page.offer.runtime}/`;
  const wasm = await decompressed(await download(`${base}ort-wasm-simd-threaded.wasm.gz`));
  const start = () => new DrawingWorker(`${filesAt}worker.js`, leaveItToTheServer);
  page.workers = Array.from({ length: WORKERS }, start);
  await askAll("start", { base, wasm });
}

/** The page cannot draw after all: what was asked of it fails, and the server goes on. */
function leaveItToTheServer() {
  const lost = [...page.opened.keys()];
  page.opened.clear();
  page.offer = { runtime: null, generators: {} };
  for (const worker of page.workers.splice(0)) worker.stop();
  for (const checkpoint of lost) for (const read of readers) read(checkpoint);
}

let preparing = Promise.resolve();

/** Make the page able to draw a checkpoint, or with newer weights than before; where it cannot be, nothing changes. */
function prepare(checkpoint) {
  preparing = preparing.then(() => open(checkpoint)).catch(leaveItToTheServer);
  return preparing;
}

async function open(checkpoint) {
  if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function") return;
  if (page.offer && !page.offer.runtime && !page.offer.pending) return;
  page.offer = await (await fetch(`${filesAt}generators.json`, { cache: "no-cache" })).json();
  if (page.offer.pending) setTimeout(() => prepare(checkpoint), POLL_MS);
  if (!page.offer.runtime) return;

  const card = page.offer.generators[checkpoint];
  if (card?.weights === page.opened.get(checkpoint)?.weights) return;
  if (card) await openGenerator(checkpoint, card);
  else page.opened.delete(checkpoint);
  for (const read of readers) read(checkpoint);
}

async function openGenerator(checkpoint, card) {
  const url = `${filesAt}checkpoints/${encodeURIComponent(checkpoint)}/generator.onnx?${card.weights}`;
  const [blob] = await Promise.all([download(url), page.workers.length ? null : startWorkers()]);
  await askAll("open", { checkpoint, model: await blob.arrayBuffer() });
  const [z, classWeights] = [card.latent_dim, CLASSES].map((length) => new Float32Array(length));
  await askAll("draw", { checkpoint, count: 1, z, classWeights }); // the first one takes longer; nobody waits for this
  page.opened.delete(checkpoint);
  page.opened.set(checkpoint, card);
  for (const oldest of [...page.opened.keys()].slice(0, -MOST_OPENED)) {
    page.opened.delete(oldest);
    await askAll("release", { checkpoint: oldest });
  }
}

/** Grey levels (count * PIXELS) from z and class weights, drawn in the page, by each worker a share, at once. */
function drawHere(checkpoint, count, z, classWeights) {
  const drawing = shareOut(checkpoint, count, z, classWeights).finally(() => page.urgent.delete(drawing));
  page.urgent.add(drawing);
  return drawing;
}

/** The same behind what is drawn at once: a picture a worker, then another one, so that no hand waits for more. */
async function drawBehind(checkpoint, count, z, classWeights) {
  const pixels = new Uint8Array(count * PIXELS);
  const dimensions = z.length / count;
  const most = page.workers.length;
  for (let first = 0; first < count; first += most) {
    await Promise.allSettled(page.urgent);
    const end = Math.min(count, first + most);
    const inputs = [z.slice(first * dimensions, end * dimensions), classWeights.slice(first * CLASSES, end * CLASSES)];
    pixels.set(await shareOut(checkpoint, end - first, ...inputs), first * PIXELS);
  }
  return pixels;
}

async function shareOut(checkpoint, count, z, classWeights) {
  const dimensions = z.length / count;
  const pixels = new Uint8Array(count * PIXELS);
  const drawShare = async ([first, end], index) => {
    const share = {
      z: z.slice(first * dimensions, end * dimensions),
      classWeights: classWeights.slice(first * CLASSES, end * CLASSES),
    };
    const details = { checkpoint, count: end - first, ...share };
    pixels.set(await page.workers[index].ask("draw", details), first * PIXELS);
  };
  const patience = setTimeout(leaveItToTheServer, PATIENCE_MS);
  try {
    await Promise.all(shares(count, page.workers.length).map(drawShare));
    return pixels;
  } catch (error) {
    if (drawsHere(checkpoint)) leaveItToTheServer();
    throw error;
  } finally {
    clearTimeout(patience);
  }
}

/** Frames (count * PIXELS) as the bytes of an endless GIF whose round takes so many seconds. */
const gifHere = (frames, seconds) => page.workers[0].ask("gif", { frames, size: SIZE, scale: SAVED_SCALE, seconds });

/** Have the server draw: `functions` are those of a component, `request` is the list of what `name` takes. */
async function drawOnServer(functions, name, request) {
  if (!functions) throw new Error(text("no_webassembly"));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const response = await functions[name](request);
    if (response?.error) throw new Error(response.error);
    if (response) return response.answer;
    await new Promise((resolve) => setTimeout(resolve, BUSY_MS)); // it has too much to do, or cannot be reached
  }
  throw new Error(text("server_busy"));
}

/** One picture for each class and seed, drawn in the page, at once or behind (`drawHere`, `drawBehind`). */
function sampleHere(checkpoint, classes, seeds, truncation, draw = drawHere) {
  const z = latents(seeds, page.opened.get(checkpoint).latent_dim, truncation);
  return draw(checkpoint, seeds.length, z, oneHot(classes));
}

/** The inputs of the generator at `positions` (0 to 1) on the way between two classes and seeds. */
function walkPoints({ classes, seeds, path }, positions, dimensions) {
  const between = (ends, size, way) => {
    const [start, end] = [ends.subarray(0, size), ends.subarray(size)];
    const points = new Float32Array(positions.length * size);
    positions.forEach((position, row) => points.set(way(start, end, position), row * size));
    return points;
  };
  const z = between(latents(seeds, dimensions), dimensions, PATHS[path]);
  return { z, classWeights: between(oneHot(classes), CLASSES, lerp) };
}

/** Pictures at `positions` of a walk, drawn in the page. */
function walkHere(route, positions, draw = drawHere) {
  const { z, classWeights } = walkPoints(route, positions, page.opened.get(route.checkpoint).latent_dim);
  return draw(route.checkpoint, positions.length, z, classWeights);
}

/**
 * A function that runs `draw(request, isNewest)` for each request, one at a time, and of those that came meanwhile only
 * for the newest. So a drag never falls behind, and always ends on its last value.
 */
function newestOnly(draw) {
  let next = null;
  let busy = false;
  return async (request) => {
    next = request;
    if (busy) return;
    busy = true;
    while (next !== null) {
      const current = next;
      next = null;
      await draw(current, () => next === null).catch(() => {}); // the page's generator has stopped; the server follows
    }
    busy = false;
  };
}

/** In a page without a server a checkpoint has to be loaded before its first picture. */
async function loaded(checkpoint, mark) {
  writeMark(mark, text("loading"));
  await prepare(checkpoint);
}

/** Do something that need not be done before the page shows its first pictures. */
const afterFirstPaint = (work) => requestAnimationFrame(() => setTimeout(work));

/** Run `draw` and say on the mark who drew and how long it took; what fails is said there too. */
async function timed(mark, renderer, draw) {
  const start = performance.now();
  try {
    await draw();
    showMark(mark, renderer, performance.now() - start);
  } catch (error) {
    writeMark(mark, `${text("failed")}: ${error.message}`);
  }
}

/** The small print under a picture: who drew it, and in how many milliseconds. */
function showMark(mark, renderer, milliseconds) {
  mark.dataset.renderer = renderer;
  const time = milliseconds === undefined ? "" : ` · ${text("milliseconds", { count: Math.round(milliseconds) })}`;
  writeMark(mark, text(`drawn_${renderer}`) + time);
}

const written = new WeakMap(); // of each mark: when it was written, and what is to be written next

/** Write on a mark, no more often than it can be read; what comes last stays. */
function writeMark(mark, words) {
  const state = written.get(mark) ?? { at: -Infinity, waiting: false };
  written.set(mark, Object.assign(state, { words }));
  const write = () => {
    mark.textContent = state.words;
    Object.assign(state, { at: performance.now(), waiting: false });
  };
  if (state.waiting) return;
  const wait = state.at + MARK_MS - performance.now();
  if (wait <= 0) return write();
  state.waiting = true;
  setTimeout(write, wait);
}
