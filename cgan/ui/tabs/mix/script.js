// The tab "Mix": pictures of several classes at once, and a square between four garments.

const MIXED_SEEDS = 9;
const MAP_SIDE = 7; // pictures, of the map of what lies between the four
const MAP_MS = 250; // between two drawings of the map while a seed follows a hand
const KEY_STEP = 0.02; // of the square's side

/** Corners, class and seed by turns as a link has them, as lists of classes and of seeds. */
const cornersFrom = (numbers) => ({
  classes: numbers.filter((_, index) => index % 2 === 0),
  seeds: numbers.filter((_, index) => index % 2 === 1),
});

const mixTab = {
  request: null, // [checkpoint, seed]
  weights: firstOf("mix", "weights"), // of the ten classes, each 0 to 1, before they are scaled to sum to 1
  corners: cornersFrom(firstOf("mix", "corners")),
  position: firstOf("mix", "place"),
  showWeights: null,
  showBlend: null,
  drawMixture: null,
  drawBlend: null,
};

linkPlain("mix", {
  weights(weights) {
    mixTab.weights = weights;
    mixTab.showWeights?.();
  },
  corners(numbers) {
    mixTab.corners = cornersFrom(numbers);
    mixTab.showBlend?.();
  },
  place(position) {
    mixTab.position = position;
    mixTab.showBlend?.();
  },
});

/** Draw what the controls ask for: [checkpoint, seed]. */
function mix(request) {
  mixTab.request = request;
  mixTab.drawMixture?.();
  mixTab.drawBlend?.();
}

drawFrom("mix", ["seed"], mix);

const percent = (share) => `${Math.round(100 * share)} %`;

/** "Dress 75 % · Coat 25 %": what has a share, the largest first. */
function shareList(names, shares) {
  const named = names.map((name, index) => [name, shares[index]]).filter(([, share]) => share >= 0.005);
  return named
    .sort((a, b) => b[1] - a[1])
    .map(([name, share]) => `${name} ${percent(share)}`)
    .join(" · ");
}

const allClasses = () => Array.from({ length: CLASSES }, (_, index) => className(index));

/** Names in a row or a column, a span each. */
function fillNames(box, names) {
  box.replaceChildren(...names.map((name) => Object.assign(document.createElement("span"), { textContent: name })));
}

function fillClasses(menu) {
  allClasses().forEach((name, index) => menu.add(new Option(name, index)));
}

/** A slider with its name before it and its value after it. */
function labelledSlider(name, { min, max, step }) {
  const row = Object.assign(document.createElement("div"), { className: "cgan-slider" });
  const limits = { min, max, step, value: 0 };
  const slider = Object.assign(document.createElement("input"), { type: "range", ariaLabel: name, ...limits });
  const value = document.createElement("output");
  row.append(Object.assign(document.createElement("span"), { textContent: name }), slider, value);
  return { row, slider, value };
}

/** A slider between two classes, and one for each of the ten. */
function mountWeights(element) {
  const [from, to, way] = ["from", "to", "way"].map((name) => element.querySelector(`[data-do=${name}]`));
  const note = element.querySelector("[role=status]");
  fillTexts(element);
  fillClasses(from);
  fillClasses(to);
  [from.value, to.value] = [0, 3]; // until it says the weights
  way.ariaLabel = text("mix_two");
  from.ariaLabel = text("from_class");
  to.ariaLabel = text("to_class");
  const rows = allClasses().map((name) => labelledSlider(name, { min: 0, max: 1, step: 0.01 }));
  element.querySelector(".cgan-sliders").append(...rows.map(({ row }) => row));

  const show = () => {
    const { weights } = mixTab;
    const shares = normalized(weights);
    rows.forEach(({ slider, value }, index) => {
      slider.value = weights[index];
      value.textContent = percent(shares[index]);
    });
    note.textContent = weights.some((weight) => weight > 0) ? "" : text("mix_none");
    mixTab.drawMixture?.();
  };
  const change = (weights) => {
    mixTab.weights = weights.map((weight) => Math.round(100 * weight) / 100); // what the sliders, and links, can say
    show();
    see({ weights: mixTab.weights });
  };
  /** Have the slider between two classes say the weights, where it can; else the ten sliders are opened. */
  const showTwo = () => {
    const used = allClasses().flatMap((_, index) => (mixTab.weights[index] > 0 ? [index] : []));
    const [first = 0, last = first] = used;
    const isBetween = used.length <= 2 && Math.round(100 * (mixTab.weights[first] + mixTab.weights[last])) === 100;
    if (isBetween) [from.value, to.value, way.value] = [first, last, mixTab.weights[last]];
    else element.querySelector("details").open = true;
  };
  const changeTwo = () => {
    const [weights, share] = [Array(CLASSES).fill(0), Number(way.value)];
    weights[from.value] += 1 - share;
    weights[to.value] += share;
    change(weights);
  };
  for (const control of [from, to, way]) control.addEventListener("input", changeTwo);
  for (const { slider } of rows) {
    slider.addEventListener("input", () => change(rows.map((row) => Number(row.slider.value))));
  }
  mixTab.showWeights = () => {
    showTwo();
    show();
  };
  mixTab.showWeights();
}

/** Nine seeds of the mixture. */
function mountMixture(element, first, server) {
  const canvas = element.querySelector("canvas");
  const caption = element.querySelector("figcaption");
  const mark = element.querySelector(".cgan-mark");
  mixTab.request ??= first;
  const refit = () => fit(canvas, onPhone() ? 0.36 * window.innerHeight : 420);

  const draw = async (checkpoint, weights, seed, renderer) => {
    if (renderer === "server") return decode((await drawOnServer(server, "mix", [checkpoint, weights, seed])).pixels);
    const seeds = Array.from({ length: MIXED_SEEDS }, (_, index) => seed + index);
    const classWeights = Float32Array.from(seeds.flatMap(() => normalized(weights)));
    return drawHere(checkpoint, MIXED_SEEDS, latents(seeds, page.opened.get(checkpoint).latent_dim), classWeights);
  };
  const redraw = newestOnly(async () => {
    const [checkpoint, seed] = mixTab.request;
    const weights = Array.from(mixTab.weights);
    const renderer = drawsHere(checkpoint) ? "page" : "server";
    await timed(mark, renderer, async () => {
      if (paint(canvas, await draw(checkpoint, weights, seed, renderer), Math.sqrt(MIXED_SEEDS))) refit();
      caption.textContent = shareList(allClasses(), normalized(weights));
      canvas.setAttribute("aria-label", text("picture", { what: caption.textContent }));
      canvas.dataset.seed = seed;
      refreshPython("mix");
    });
  });
  mixTab.drawMixture = whenSeen(element, redraw);
  keepFitted(canvas, refit);
  mixTab.drawMixture();
}

/** Pictures at positions in a square, four garments in its corners, drawn in the page. */
function blendHere(checkpoint, { classes, seeds }, positions, draw) {
  const dimensions = page.opened.get(checkpoint).latent_dim;
  const corners = seeds.map((seed) => latents([seed], dimensions));
  const z = new Float32Array(positions.length * dimensions);
  const classWeights = new Float32Array(positions.length * CLASSES);
  positions.map(bilinear).forEach((weights, row) => {
    z.set(blend(corners, weights), row * dimensions);
    weights.forEach((weight, corner) => (classWeights[row * CLASSES + classes[corner]] += weight));
  });
  return draw(checkpoint, positions.length, z, classWeights);
}

/** The square between four garments: a map of what lies in it, a handle on it, and the picture at the handle. */
function mountBlend(element, first, server) {
  const pad = element.querySelector(".cgan-pad");
  const [map, picture] = ["map", "picture"].map((name) => element.querySelector(`.cgan-blend-${name}`));
  const handle = element.querySelector(".cgan-handle");
  const caption = element.querySelector("figcaption");
  const mark = element.querySelector(".cgan-mark");
  mixTab.request ??= first;
  fillTexts(element);
  pad.ariaLabel = text("blend_pad");
  map.setAttribute("aria-label", text("blend_map"));

  const draw = async (positions, renderer, drawInPage = drawHere) => {
    const [checkpoint] = mixTab.request;
    const { corners } = mixTab;
    if (renderer === "page") return blendHere(checkpoint, corners, positions, drawInPage);
    const request = [checkpoint, corners.classes, corners.seeds, positions];
    return decode((await drawOnServer(server, "blend", request)).pixels);
  };
  const renderer = () => (drawsHere(mixTab.request[0]) ? "page" : "server");
  const refit = () => {
    pad.style.width = "100%"; // the room there is for the map
    fit(map, 420);
    Object.assign(pad.style, { width: map.style.width, height: map.style.height });
    fit(picture, onPhone() ? 170 : 280);
  };
  const drawPicture = newestOnly(async () => {
    const position = [...mixTab.position];
    await timed(mark, renderer(), async () => {
      if (paint(picture, await draw([position], renderer()), 1)) refit();
      caption.textContent = shareList(mixTab.corners.classes.map(className), bilinear(position));
      picture.setAttribute("aria-label", text("picture", { what: caption.textContent }));
      picture.dataset.position = position.join(" ");
    });
  });
  const drawMap = newestOnly(async () => {
    const places = Array.from({ length: MAP_SIDE }, (_, index) => index / (MAP_SIDE - 1));
    const pixels = await draw(places.flatMap((y) => places.map((x) => [x, y])), renderer(), drawBehind);
    if (paint(map, pixels, MAP_SIDE)) refit();
    await new Promise((resolve) => setTimeout(resolve, MAP_MS));
  });
  mixTab.drawBlend = whenSeen(element, () => {
    drawPicture();
    drawMap();
  });

  /** The handle's place is that of the nearest picture's middle where it lies on one. */
  const showHandle = () => {
    const middle = (place) => 100 * ((SIZE / 2 + place * (MAP_SIDE - 1) * (SIZE + GAP)) / mapSide());
    const [left, top] = mixTab.position.map(middle);
    Object.assign(handle.style, { left: `${left}%`, top: `${top}%` });
  };
  const moveTo = (x, y) => {
    mixTab.position = [x, y].map((place) => Math.round(1000 * Math.min(1, Math.max(0, place))) / 1000);
    showHandle();
    drawPicture();
    see({ place: mixTab.position });
  };
  const moveToPointer = (event) => {
    const box = pad.getBoundingClientRect();
    const place = (offset, length) => ((offset / length) * mapSide() - SIZE / 2) / ((MAP_SIDE - 1) * (SIZE + GAP));
    moveTo(place(event.clientX - box.left, box.width), place(event.clientY - box.top, box.height));
  };
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    moveToPointer(event);
  });
  pad.addEventListener("pointermove", (event) => {
    if (pad.hasPointerCapture(event.pointerId)) moveToPointer(event);
  });
  pad.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    moveTo(...mixTab.position.map((place, axis) => place + KEY_STEP * step[axis]));
  });

  const corners = [...element.querySelectorAll("[data-corner]")].map((box, corner) => {
    const [menu, seed, dice] = ["select", "input", "button"].map((tag) => box.querySelector(tag));
    fillClasses(menu);
    const show = () => {
      menu.value = mixTab.corners.classes[corner];
      seed.value = mixTab.corners.seeds[corner];
    };
    for (const control of [menu, seed, dice]) control.ariaLabel = text(control.dataset.name, { corner: corner + 1 });
    const change = () => {
      const typed = Math.round(Number(seed.value));
      if (seed.value === "" || !(typed >= 0 && typed <= Number(seed.max))) return; // being typed
      mixTab.corners.classes[corner] = Number(menu.value);
      mixTab.corners.seeds[corner] = typed;
      mixTab.drawBlend();
      const { classes, seeds } = mixTab.corners;
      see({ corners: classes.flatMap((index, k) => [index, seeds[k]]) });
    };
    menu.addEventListener("input", change);
    seed.addEventListener("input", change);
    seed.addEventListener("change", show);
    dice.addEventListener("click", () => {
      seed.value = Math.floor(Math.random() * (Number(seed.max) + 1));
      change();
    });
    return show;
  });
  keepFitted(map, refit);
  mixTab.showBlend = () => {
    for (const show of corners) show();
    showHandle();
    mixTab.drawBlend();
  };
  mixTab.showBlend();
}

const mapSide = () => MAP_SIDE * (SIZE + GAP) - GAP; // pixels
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

whenRendererChanges((checkpoint) => {
  if (checkpoint === mixTab.request?.[0]) mix(mixTab.request);
});

function mixPython() {
  const [checkpoint, seed] = mixTab.request;
  const { weights, corners, position } = mixTab;
  const list = (numbers) => `[${numbers.join(", ")}]`;
  return `import numpy as np

from cgan.checkpoints import resolve
from cgan.sampling import Sampler

sampler = Sampler(resolve(${JSON.stringify(checkpoint)}))
weights, seeds = np.array(${list(weights)}), np.arange(${seed}, ${seed + MIXED_SEEDS})
pictures = sampler.mix(weights, seeds)  # uint8 (${MIXED_SEEDS}, 28, 28)
classes, seeds = np.array(${list(corners.classes)}), np.array(${list(corners.seeds)})
picture = sampler.blend(classes, seeds, positions=[${list(position)}])[0]
`;
}

function saveMixed(selector, what) {
  savePng(document.querySelector(selector), slug(`${mixTab.request[0]}-${what}`), SAVED_SCALE);
}

offerToTake("mix", {
  formats: {
    mixture: () => saveMixed("#mixture canvas", `mixture-seed-${mixTab.request[1]}`),
    blend: () => saveMixed("#blend .cgan-blend-picture", "between-four"),
    blend_map: () => saveMixed("#blend .cgan-blend-map", "square-of-four"),
  },
  python: mixPython,
});

Object.assign(window.cgan, { mountWeights, mountMixture, mountBlend });
