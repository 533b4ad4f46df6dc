// What the page's figures do: paint pictures, play walks, save both as files. `cganTexts` stands before this script.
"use strict";

const cgan = (() => {
  const SIZE = 28; // pixels, of a picture's side
  const GAP = 1; // pixels between two pictures
  const CLASSES = 10;
  const SAVED_SCALE = 8;
  const WALK_SECONDS = 2.5; // one way

  /** The language that Gradio has chosen from the browser's. */
  const language = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");

  /** A text of the table, with {names} filled in. */
  function text(key, values = {}) {
    return cganTexts[language()][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  /** Where the style sheet keeps the picture in view above the controls. */
  const onPhone = () => window.matchMedia("(max-width: 640px)").matches;

  const className = (index) => text(`class_${index}`);

  function fillTexts(element) {
    for (const place of element.querySelectorAll("[data-text]")) place.textContent = text(place.dataset.text);
  }

  /** Grey levels (count * SIZE * SIZE) from base64. */
  function decode(base64) {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  }

  /** Paint pictures `first` to `first + count - 1` of `pixels` row by row at one pixel a grey level. */
  function paint(canvas, pixels, first, count, columns, gap = GAP) {
    const rows = Math.ceil(count / columns);
    const width = columns * (SIZE + gap) - gap;
    const height = rows * (SIZE + gap) - gap;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    const image = context.createImageData(width, height); // transparent where no picture is
    const rgba = new Uint32Array(image.data.buffer);
    for (let picture = 0; picture < count; picture++) {
      const left = (picture % columns) * (SIZE + gap);
      const top = Math.floor(picture / columns) * (SIZE + gap);
      let source = (first + picture) * SIZE * SIZE;
      for (let y = 0; y < SIZE; y++) {
        let target = (top + y) * width + left;
        for (let x = 0; x < SIZE; x++) rgba[target++] = 0xff000000 | (pixels[source++] * 0x010101);
      }
    }
    context.putImageData(image, 0, 0);
  }

  /** Show a canvas as large as its stage and `maxHeight` (CSS pixels) allow, by a whole number of screen pixels. */
  function fit(canvas, maxHeight) {
    const ratio = window.devicePixelRatio || 1;
    const room = Math.min(canvas.parentElement.clientWidth / canvas.width, maxHeight / canvas.height);
    const scale = Math.max(1, Math.floor(room * ratio)) / ratio;
    canvas.style.width = `${canvas.width * scale}px`;
    canvas.style.height = `${canvas.height * scale}px`;
  }

  /** Call `refit` now, and whenever the stage's width changes (also from none, when its tab is opened). */
  function keepFitted(canvas, refit) {
    new ResizeObserver(refit).observe(canvas.parentElement);
  }

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  function savePng(canvas, name) {
    const enlarged = document.createElement("canvas");
    Object.assign(enlarged, { width: canvas.width * SAVED_SCALE, height: canvas.height * SAVED_SCALE });
    const context = enlarged.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, 0, 0, enlarged.width, enlarged.height);
    enlarged.toBlob((blob) => save(blob, name), "image/png");
  }

  const slug = (name) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");

  /** The sheet of pictures of one class. */
  function mountPicture(element, props, watch) {
    const canvas = element.querySelector("canvas");
    const caption = element.querySelector("figcaption");
    const handle = document.getElementById("picture");
    fillTexts(element);

    // On a desk, what is above it and the row of ten classes below it are to fit into the window as well, unless the
    // pictures were not enlarged then.
    const maxHeight = () =>
      onPhone() ? 0.36 * window.innerHeight : Math.min(560, Math.max(window.innerHeight - 460, 2 * canvas.height));
    const refit = () => fit(canvas, maxHeight());
    const show = () => {
      const { pixels, count, seed, steps, class: index } = props.value;
      const values = { name: className(index), first: seed, last: seed + count - 1 };
      const what = text(count === 1 ? "what_one" : "what_many", values);
      paint(canvas, decode(pixels), 0, count, Math.ceil(Math.sqrt(count)));
      refit();
      canvas.setAttribute("aria-label", text("picture", { what }));
      const trained = steps ? ` · ${text("steps", { steps: Number(steps).toLocaleString() })}` : "";
      caption.textContent = what + trained;
      Object.assign(handle.dataset, { seed, class: index, renderer: "server" });
    };
    element.querySelector("[data-do=save-png]").addEventListener("click", () => {
      const { checkpoint, seed, count, class: index } = props.value;
      savePng(canvas, `${slug(`${checkpoint}-${className(index)}-seed-${seed}-count-${count}`)}.png`);
    });
    keepFitted(canvas, refit);
    watch("value", show);
    show();
  }

  /** One seed in all ten classes, in one row, their names beneath. */
  function mountAllClasses(element, props, watch) {
    const canvas = element.querySelector("canvas");
    const caption = element.querySelector("figcaption");
    const names = element.querySelector(".cgan-class-names");
    for (let index = 0; index < CLASSES; index++) {
      names.appendChild(document.createElement("span")).textContent = className(index);
    }

    const refit = () => {
      fit(canvas, Infinity);
      names.style.width = canvas.style.width;
    };
    const show = () => {
      const { pixels, seed } = props.value;
      const description = text("all_classes", { first: seed });
      paint(canvas, decode(pixels), 0, CLASSES, CLASSES);
      refit();
      canvas.setAttribute("aria-label", description);
      caption.textContent = description;
    };
    keepFitted(canvas, refit);
    watch("value", show);
    show();
  }

  const usable = {}; // the last values of a tab's controls that were in their ranges

  /** Values of a tab's controls, held in their ranges: while someone types, a field is empty or far beyond its end. */
  function held(tab, values, ranges) {
    usable[tab] = values.map((value, index) => {
      if (!ranges[index]) return value;
      const [low, high] = ranges[index];
      if (typeof value !== "number") return usable[tab]?.[index] ?? low;
      return Math.min(high, Math.max(low, value));
    });
    return usable[tab];
  }

  let scrub = () => {}; // until the walk is mounted

  /** A walk: the frame at the slider's position, the strip of all frames, and what plays and saves them. */
  function mountWalk(element, props, watch, server) {
    const frameCanvas = element.querySelector(".cgan-frame");
    const stripCanvas = element.querySelector(".cgan-strip");
    const caption = element.querySelector("figcaption");
    const play = element.querySelector("[data-do=play]");
    const loop = element.querySelector("[data-do=loop]");
    const saveGif = element.querySelector("[data-do=save-gif]");
    const saveStrip = element.querySelector("[data-do=save-strip]");
    let pixels;
    let position = 0; // 0 to 1
    let playing = null; // the animation frame asked for
    fillTexts(element);
    play.textContent = text("play");

    const name = () => {
      const [, fromClass, , toClass] = props.value.request;
      return text("from_to", { from: className(fromClass), to: className(toClass) });
    };

    const paintFrame = () => {
      const frames = props.value.count;
      const index = Math.round(position * (frames - 1));
      const description = text("frame", { name: name(), frame: index + 1, frames });
      paint(frameCanvas, pixels, index, 1, 1);
      frameCanvas.setAttribute("aria-label", description);
      frameCanvas.dataset.frame = index;
      caption.textContent = description;
    };
    const paintStrip = () => {
      const room = Math.floor(stripCanvas.parentElement.clientWidth / (SIZE + GAP));
      const rows = Math.ceil(props.value.count / Math.max(1, room));
      paint(stripCanvas, pixels, 0, props.value.count, Math.ceil(props.value.count / rows));
      stripCanvas.setAttribute("aria-label", text("strip", { frames: props.value.count }));
    };
    const refit = () => {
      fit(frameCanvas, Math.min(420, window.innerHeight * 0.5));
      paintStrip();
      fit(stripCanvas, 200);
    };
    const show = () => {
      pixels = decode(props.value.pixels);
      paintFrame();
      refit();
    };

    let shown = 0; // the slider's position, which is rounded to its step
    scrub = (newPosition) => {
      if (newPosition === shown) return; // the player moved it, and knows better where it is
      position = shown = Math.min(1, Math.max(0, newPosition ?? 0)); // whatever is being typed into its field
      paintFrame();
    };

    /** Move the slider as a hand would: its number field follows. */
    const moveSlider = () => {
      const slider = document.querySelector("#position input[type=range]");
      slider.value = position;
      shown = Number(slider.value);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      paintFrame();
    };
    const stop = () => {
      cancelAnimationFrame(playing);
      playing = null;
      play.textContent = text("play");
    };
    const start = () => {
      let direction = position < 1 ? 1 : -1;
      let before = null; // an animation frame's time may lie before this moment
      if (!loop.checked && position >= 1) [position, direction] = [0, 1];
      const step = (now) => {
        position += (direction * (now - (before ?? now))) / (1000 * WALK_SECONDS);
        before = now;
        if (position >= 1 || (position <= 0 && direction < 0)) {
          position = Math.min(1, Math.max(0, position));
          if (!loop.checked) {
            moveSlider();
            return stop();
          }
          direction = position >= 1 ? -1 : 1;
        }
        moveSlider();
        playing = requestAnimationFrame(step);
      };
      playing = requestAnimationFrame(step);
      play.textContent = text("pause");
    };

    const fileName = () => {
      const [checkpoint, fromClass, fromSeed, toClass, toSeed] = props.value.request;
      return slug(`${checkpoint}-${className(fromClass)}-${fromSeed}-${className(toClass)}-${toSeed}`);
    };
    play.addEventListener("click", () => (playing === null ? start() : stop()));
    saveGif.addEventListener("click", async () => {
      saveGif.disabled = true;
      try {
        const gif = decode(await server.walk_gif(props.value.request));
        save(new Blob([gif], { type: "image/gif" }), `${fileName()}.gif`);
      } catch (error) {
        caption.textContent = text("failed");
      } finally {
        saveGif.disabled = false;
      }
    });
    saveStrip.addEventListener("click", () => {
      const strip = document.createElement("canvas");
      paint(strip, pixels, 0, props.value.count, props.value.count, 0);
      savePng(strip, `${fileName()}.png`);
    });
    keepFitted(frameCanvas, refit);
    watch("value", show);
    show();
  }

  return { mountPicture, mountAllClasses, mountWalk, held, scrub: (position) => scrub(position) };
})();
