// The tab "Your picture": what a person shows, and where one can go from the z that redraws it.

const EXAMPLES = 10; // a row of the sheet of test images, and of its rows
const STRIP_FRAMES = 16;

const pickerTab = { example: firstOf("picture", "image"), show: null };

linkPlain("picture", {
  image(example) {
    pickerTab.example = example;
    pickerTab.show?.();
  },
  "onward-sigmas": (sigmas) => {
    alteredTab.sigmas = sigmas;
  },
});

/** Choose one of the test images, draw, or send a file. The component's value is what was chosen last. */
function mountPicker(element, props, trigger, server) {
  const part = (name) => element.querySelector(`[data-part=${name}]`);
  const modes = [...element.querySelectorAll("[data-mode]")];
  fillTexts(element);
  const choose = (value) => {
    props.value = value;
    trigger("submit");
  };
  const open = (mode) => {
    for (const button of modes) {
      button.setAttribute("aria-pressed", button.dataset.mode === mode);
      part(button.dataset.mode).hidden = button.dataset.mode !== mode;
    }
  };
  for (const button of modes) button.addEventListener("click", () => open(button.dataset.mode));
  open("example");
  const showExample = mountExamples(part("example").querySelector(".cgan-examples"), (example) => {
    see({ image: example });
    choose({ example });
  });
  pickerTab.show = () => {
    showExample(pickerTab.example);
    props.value = { example: pickerTab.example };
  };
  pickerTab.show();
  mountPad(part("drawn"), (drawn) => choose({ drawn }));
  const uploaded = { set value({ picture }) { choose({ upload: picture }); } };
  cganInside.mountUpload(part("upload"), uploaded, () => {}, server);
}

/** The sheet of test images: a click or the arrow keys choose. Returns what frames one of them. */
function mountExamples(sheet, choose) {
  const frame = sheet.querySelector("span");
  let chosen;
  const show = (index) => {
    chosen = index;
    const [column, row] = [index % EXAMPLES, Math.floor(index / EXAMPLES)];
    Object.assign(frame.style, { left: `${column * EXAMPLES}%`, top: `${row * EXAMPLES}%` });
    sheet.dataset.chosen = index;
    sheet.setAttribute("aria-label", text("example_of", { name: className(row), number: column + 1 }));
  };
  sheet.addEventListener("click", (event) => {
    const box = sheet.getBoundingClientRect();
    const place = (at, size) => Math.min(EXAMPLES - 1, Math.max(0, Math.floor((EXAMPLES * at) / size)));
    show(place(event.clientY - box.top, box.height) * EXAMPLES + place(event.clientX - box.left, box.width));
    choose(chosen);
  });
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -EXAMPLES, ArrowDown: EXAMPLES };
  sheet.addEventListener("keydown", (event) => {
    const next = chosen + (steps[event.key] ?? NaN);
    if (!(next >= 0 && next < EXAMPLES * EXAMPLES)) return;
    event.preventDefault();
    show(next);
    choose(chosen);
  });
  return show;
}

/** A black square of the networks' own pixels to draw on; after each stroke its grey levels are handed on. */
function mountPad(element, choose) {
  const canvas = element.querySelector("canvas");
  const [grey, brush] = [element.querySelector("input"), element.querySelector("select")];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  canvas.setAttribute("aria-label", text("pick_drawn"));
  const clear = () => {
    context.fillStyle = "black";
    context.fillRect(0, 0, SIZE, SIZE);
  };
  let last = null; // where the stroke has come to
  const draw = (event) => {
    const box = canvas.getBoundingClientRect();
    const place = [((event.clientX - box.left) * SIZE) / box.width, ((event.clientY - box.top) * SIZE) / box.height];
    Object.assign(context, { strokeStyle: `rgb(${grey.value} ${grey.value} ${grey.value})`, lineCap: "round" });
    context.lineWidth = 2 * brush.value;
    context.beginPath();
    context.moveTo(...(last ?? place));
    context.lineTo(...place);
    context.stroke();
    last = place;
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    draw(event);
  });
  canvas.addEventListener("pointermove", (event) => last && draw(event));
  const end = () => {
    if (!last) return;
    last = null;
    const levels = context.getImageData(0, 0, SIZE, SIZE).data.filter((_, byte) => byte % 4 === 0);
    choose(btoa(String.fromCharCode(...levels)));
  };
  for (const event of ["pointerup", "pointercancel"]) canvas.addEventListener(event, end);
  element.querySelector("[data-do=clear]").addEventListener("click", clear);
  clear();
}

const onwardTab = { request: null, draw: null };

/** Draw what the controls ask for: [checkpoint, class, seed, position]. */
function onward(request) {
  onwardTab.request = request;
  return onwardTab.draw?.(request);
}

drawFrom("picture", ["onward-class", "onward-seed", "onward-position"], onward);

/** The found garment as each of the ten classes, and a walk from it to a seed's. */
function mountOnward(element, props, watch, server, first) {
  const figure = element.querySelector("figure");
  const [ten, frame, strip] = [".cgan-ten", ".cgan-frame", ".cgan-strip"].map((name) => element.querySelector(name));
  const caption = element.querySelector("[data-what=walk]");
  const mark = figure.querySelector(".cgan-mark");
  const alter = mountAltered(element.querySelector(".cgan-altered"), server);
  let found = null; // {checkpoint, z, class_index, pixels, run}
  onwardTab.request ??= [null, ...first];
  fillTexts(element);
  const names = element.querySelector(".cgan-class-names");
  nameClasses(names);

  const walk = (toClass, toSeed, positions, draw = drawHere) => {
    const start = Float32Array.from(found.z);
    const end = latents([toSeed], start.length);
    const [from, to] = [found.class_index, toClass].map((index) => oneHot([index]));
    const z = new Float32Array(positions.length * start.length);
    const weights = new Float32Array(positions.length * CLASSES);
    positions.forEach((position, row) => {
      z.set(slerp(start, end, position), row * start.length);
      weights.set(lerp(from, to, position), row * CLASSES);
    });
    return draw(found.checkpoint, positions.length, z, weights);
  };
  const evenly = Array.from({ length: STRIP_FRAMES }, (_, index) => index / (STRIP_FRAMES - 1));
  const drawFrames = async (toClass, toSeed) => {
    if (drawsHere(found.checkpoint)) return walk(toClass, toSeed, evenly, drawBehind);
    const request = [found.checkpoint, found.z, found.class_index, toClass, toSeed];
    return decode((await drawOnServer(server, "walk_from", request)).pixels);
  };
  let ends = []; // between which the strip's walk leads
  let frames = null; // of the strip
  const drawStrip = async (toClass, toSeed) => {
    const wanted = [found, toClass, toSeed];
    if (wanted.every((end, index) => end === ends[index])) return;
    frames = await drawFrames(toClass, toSeed);
    ends = wanted;
    const room = Math.floor(strip.parentElement.clientWidth / (SIZE + GAP));
    paint(strip, frames, room >= STRIP_FRAMES ? STRIP_FRAMES : STRIP_FRAMES / 2);
  };
  onwardTab.draw = newestOnly(async ([, toClass, toSeed, position], isNewest) => {
    if (!found) return;
    if (drawsHere(found.checkpoint)) {
      await timed(mark, "page", async () => paint(frame, await walk(toClass, toSeed, [position]), 1));
      if (isNewest()) await drawStrip(toClass, toSeed);
    } else {
      await timed(mark, "server", async () => {
        await drawStrip(toClass, toSeed);
        const nearest = Math.round(position * (STRIP_FRAMES - 1)) * PIXELS;
        paint(frame, frames.subarray(nearest, nearest + PIXELS), 1);
      });
    }
    const values = { name: className(toClass), seed: toSeed, percent: Math.round(100 * position) };
    caption.textContent = text("walk_to", values);
    frame.setAttribute("aria-label", caption.textContent);
    strip.setAttribute("aria-label", text("strip", { frames: STRIP_FRAMES }));
    Object.assign(figure.dataset, { position, seed: toSeed, class: toClass });
    refit();
  });
  const refit = () => {
    const phone = onPhone();
    fit(ten, 120);
    names.style.width = ten.style.width;
    fit(frame, phone ? 180 : 240);
    fit(strip, 120);
  };
  const show = () => {
    if (!props.value || props.value.run < found?.run) return;
    found = props.value;
    figure.hidden = false;
    paint(ten, decode(found.pixels), CLASSES);
    ten.setAttribute("aria-label", text("as_every_class"));
    refit();
    alter(found);
    onward(onwardTab.request);
  };
  watch("value", show);
  keepFitted(ten, () => found && refit());
  show();
}

whenRendererChanges(() => {
  onwardTab.draw?.(onwardTab.request);
  alteredTab.draw?.();
});

Object.assign(window.cgan, { mountPicker, mountOnward });
