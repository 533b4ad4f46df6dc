// The tab "Interpolate": a walk, the frame at the slider's position, and the strip of all frames.

const WALK_SECONDS = 2.5; // one way, at speed 1
const GIF_SECONDS = 5; // there and back
const STRIP_MS = 150; // between two drawings of the strip while the walk's ends follow a hand

// Gradio mounts a tab when it is first opened. shown: what the strip shows, and the route it answers.
const interpolateTab = { request: null, position: 0, server: null, draw: null, scrub: null, shown: null };

/** Draw what the controls ask for: [checkpoint, class, seed, class, seed, path, frames]. */
function interpolate(request) {
  interpolateTab.request = request;
  return interpolateTab.draw?.(request);
}

/** Move to a position, 0 to 1. */
function scrub(position) {
  interpolateTab.position = position;
  interpolateTab.scrub?.(position);
}

drawFrom("interpolate", ["class", "seed", "to-class", "to-seed", "path", "frames"], interpolate, { position: scrub });

/** A walk: the frame at the slider's position, the strip of all frames, and what plays and saves them. */
function mountWalk(element, first, server) {
  const frameCanvas = element.querySelector(".cgan-frame");
  const stripCanvas = element.querySelector(".cgan-strip");
  const caption = element.querySelector("figcaption");
  const mark = element.querySelector(".cgan-mark");
  let request = interpolateTab.request ?? first.request;
  let strip = new Uint8Array(); // all frames
  interpolateTab.server = server;
  let stripAt = 0;
  let position = interpolateTab.position; // 0 to 1
  Object.assign(frameCanvas, { width: SIZE, height: SIZE });
  fillTexts(element);

  const name = () => text("from_to", { from: className(request[1]), to: className(request[3]) });
  const frames = () => request[6];

  const showFrame = (pixels, description) => {
    paint(frameCanvas, pixels, 1);
    frameCanvas.setAttribute("aria-label", description);
    refreshPython("interpolate");
    Object.assign(frameCanvas.dataset, { position, frame: Math.round(position * (frames() - 1)) });
    caption.textContent = description;
  };
  /** The frame of the strip that is nearest to the position. */
  const showNearestFrame = () => {
    const last = strip.length / PIXELS - 1;
    const index = Math.round(position * last);
    const values = { name: name(), frame: index + 1, frames: last + 1 };
    showFrame(strip.subarray(index * PIXELS, (index + 1) * PIXELS), text("frame", values));
  };
  /** The exact frame at the position, where the page draws; else the nearest one there is. */
  const drawFrame = newestOnly(async () => {
    if (drawsHere(request[0])) {
      const values = { name: name(), percent: Math.round(100 * position) };
      const draw = async () => showFrame(await walkHere(routeOf(request), [position]), text("on_the_way", values));
      await timed(mark, "page", draw);
    } else if (strip.length) {
      showNearestFrame();
    }
  });

  const showStrip = (pixels, { latent_dim: dimensions }) => {
    strip = pixels;
    interpolateTab.shown = { request, strip, dimensions };
    paintStrip();
    refreshPython("interpolate");
  };
  const paintStrip = () => {
    const count = strip.length / PIXELS;
    const room = Math.floor(stripCanvas.parentElement.clientWidth / (SIZE + GAP));
    const rows = Math.ceil(count / Math.max(1, room));
    paint(stripCanvas, strip, Math.ceil(count / rows));
    stripCanvas.setAttribute("aria-label", text("strip", { frames: count }));
    fit(stripCanvas, 200);
  };
  const refit = () => {
    fit(frameCanvas, Math.min(420, window.innerHeight * 0.5));
    if (strip.length) paintStrip();
  };
  const drawStripHere = async () => {
    const card = page.opened.get(request[0]);
    showStrip(await walkHere(routeOf(request), positionsOf(frames()), drawBehind), card);
    stripAt = performance.now();
  };
  interpolateTab.draw = newestOnly(async (newest, isNewest) => {
    request = newest;
    if (!server && !drawsHere(request[0])) await loaded(request[0], mark);
    if (drawsHere(request[0])) {
      await drawFrame(position);
      if (isNewest() || performance.now() - stripAt > STRIP_MS) await drawStripHere();
      return;
    }
    await timed(mark, "server", async () => {
      const answer = await drawOnServer(server, "interpolate", request);
      showStrip(decode(answer.pixels), answer);
      await drawFrame(position);
    });
  });

  mountPlayer(element, {
    get: () => position,
    set: (newPosition) => {
      position = newPosition;
      drawFrame(position);
    },
  });

  keepFitted(frameCanvas, refit);
  if (interpolateTab.request) {
    interpolate(request);
  } else {
    interpolateTab.request = request;
    showStrip(decode(first.pixels), first);
    showMark(mark, "server");
    showNearestFrame();
    drawFrame(position);
  }
}

/** From where to where a request leads, and how. */
function routeOf([checkpoint, fromClass, fromSeed, toClass, toSeed, path]) {
  return { checkpoint, classes: [fromClass, toClass], seeds: [fromSeed, toSeed], path };
}

const positionsOf = (frames) => Array.from({ length: frames }, (_, index) => index / (frames - 1));

/** All frames, and those between the last and the first once more. */
function thereAndBack(strip) {
  const last = strip.length / PIXELS - 1;
  const order = Array.from({ length: 2 * last }, (_, index) => (index <= last ? index : 2 * last - index));
  const frames = new Uint8Array(order.length * PIXELS);
  order.forEach((from, to) => frames.set(strip.subarray(from * PIXELS, (from + 1) * PIXELS), to * PIXELS));
  return frames;
}

/** Play, pause, loop and speed; `position` has get() and set(), 0 to 1. The slider moves as by a hand. */
function mountPlayer(element, position) {
  const [play, loop, speed] = ["play", "loop", "speed"].map((name) => element.querySelector(`[data-do=${name}]`));
  let playing = null; // the animation frame asked for
  let moving = false; // the slider, by the player, who knows better than the slider where it is
  let shown = position.get(); // the slider's position, which is rounded to its step
  play.textContent = text("play");

  interpolateTab.scrub = (newPosition) => {
    if (moving) return;
    shown = newPosition;
    position.set(shown);
  };
  const moveSlider = (to) => {
    position.set(to);
    moving = true;
    shown = slide("position", to);
    moving = false;
  };
  const stop = () => {
    cancelAnimationFrame(playing);
    playing = null;
    play.textContent = text("play");
    position.set(shown); // what the slider says, and so what a link to this says
  };
  const start = () => {
    let direction = position.get() < 1 ? 1 : -1;
    let before = null; // an animation frame's time may lie before this moment
    if (!loop.checked && direction < 0) {
      position.set(0);
      direction = 1;
    }
    const step = (now) => {
      let at = position.get() + (direction * speed.value * (now - (before ?? now))) / (1000 * WALK_SECONDS);
      before = now;
      if (at >= 1 || (at <= 0 && direction < 0)) {
        at = Math.min(1, Math.max(0, at));
        if (!loop.checked) {
          moveSlider(at);
          return stop();
        }
        direction = at >= 1 ? -1 : 1;
      }
      moveSlider(at);
      playing = requestAnimationFrame(step);
    };
    playing = requestAnimationFrame(step);
    play.textContent = text("pause");
  };
  play.addEventListener("click", () => (playing === null ? start() : stop()));
}

whenRendererChanges((checkpoint) => {
  if (checkpoint === interpolateTab.request?.[0]) interpolate(interpolateTab.request);
});

function walkFileName() {
  const [checkpoint, fromClass, fromSeed, toClass, toSeed] = interpolateTab.shown.request;
  return slug(`${checkpoint}-${className(fromClass)}-${fromSeed}-${className(toClass)}-${toSeed}`);
}

function saveStrip(scale) {
  const { strip } = interpolateTab.shown;
  const whole = document.createElement("canvas");
  paint(whole, strip, strip.length / PIXELS, 0);
  savePng(whole, walkFileName(), scale);
}

/** The walk there and back as an animation, "gif" or "webp". */
async function saveAnimation(kind) {
  const { request, strip } = interpolateTab.shown;
  const isHere = kind === "gif" && drawsHere(request[0]);
  const bytes = isHere
    ? await gifHere(thereAndBack(strip), GIF_SECONDS)
    : decode(await drawOnServer(interpolateTab.server, `walk_${kind}`, request));
  save(new Blob([bytes], { type: `image/${kind}` }), `${walkFileName()}.${kind}`);
}

/** The frames as numbers, with what they were drawn from. */
function saveWalkArrays() {
  const { request, strip, dimensions } = interpolateTab.shown;
  const positions = positionsOf(request[6]);
  const { z, classWeights } = walkPoints(routeOf(request), positions, dimensions);
  saveNpz(walkFileName(), {
    images: [strip, positions.length, SIZE, SIZE],
    positions: [Float32Array.from(positions), positions.length],
    class_weights: [classWeights, positions.length, CLASSES],
    z: [z, positions.length, dimensions],
  });
}

function walkPython() {
  const [checkpoint, fromClass, fromSeed, toClass, toSeed, path, frames] = interpolateTab.shown.request;
  const ends = `classes=(${fromClass}, ${toClass}), seeds=(${fromSeed}, ${toSeed})`;
  const position = document.querySelector("#walk .cgan-frame").dataset.position;
  return `from cgan.checkpoints import resolve
from cgan.sampling import Sampler

sampler = Sampler(resolve(${JSON.stringify(checkpoint)}))
pictures = sampler.walk(${ends}, frames=${frames}, path="${path}")  # uint8 (${frames}, 28, 28)
picture = sampler.between(${ends}, positions=[${position}], path="${path}")[0]
`;
}

offerToTake("interpolate", {
  formats: {
    png: () => savePng(document.querySelector("#walk .cgan-frame"), walkFileName(), SAVED_SCALE),
    strip: () => saveStrip(SAVED_SCALE),
    strip_small: () => saveStrip(1),
    gif: () => saveAnimation("gif"),
    ...(hasServer && { webp: () => saveAnimation("webp") }),
    npz: saveWalkArrays,
  },
  python: walkPython,
});
