// Grey levels on canvases: one pixel each, enlarged without smoothing.

const SIZE = 28; // pixels, of a picture's side
const PIXELS = SIZE * SIZE;
const CLASSES = 10;
const GAP = 1; // pixels between two pictures
const SAVED_SCALE = 8;

/** Where the style sheet keeps the picture in view above the controls. */
const onPhone = () => window.matchMedia("(max-width: 640px)").matches;

/** Bytes from base64. */
const decode = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/**
 * Paint the pictures in `pixels` (count * PIXELS) row by row at one pixel a grey level. Returns whether the canvas has
 * another size than before: then it has to be fitted anew, for which the browser has to lay out the page.
 */
function paint(canvas, pixels, columns, gap = GAP) {
  const count = pixels.length / PIXELS;
  const width = columns * (SIZE + gap) - gap;
  const height = Math.ceil(count / columns) * (SIZE + gap) - gap;
  const resized = canvas.width !== width || canvas.height !== height;
  if (resized) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height); // transparent where no picture is
  const rgba = new Uint32Array(image.data.buffer);
  let source = 0;
  for (let picture = 0; picture < count; picture++) {
    const left = (picture % columns) * (SIZE + gap);
    const top = Math.floor(picture / columns) * (SIZE + gap);
    for (let y = 0; y < SIZE; y++) {
      let target = (top + y) * width + left;
      for (let x = 0; x < SIZE; x++) rgba[target++] = 0xff000000 | (pixels[source++] * 0x010101);
    }
  }
  context.putImageData(image, 0, 0);
  return resized;
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

/** `draw`, for an element that may be out of sight, as in a tab that is closed: then it waits until it is seen. */
function whenSeen(element, draw) {
  let waiting = false;
  new ResizeObserver(() => {
    if (!waiting || !element.clientWidth) return;
    waiting = false;
    draw();
  }).observe(element);
  return () => {
    waiting = !element.clientWidth;
    if (!waiting) draw();
  };
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Save a canvas, each of its pixels `scale` times as large. */
function savePng(canvas, name, scale) {
  const enlarged = document.createElement("canvas");
  Object.assign(enlarged, { width: canvas.width * scale, height: canvas.height * scale });
  const context = enlarged.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, enlarged.width, enlarged.height);
  enlarged.toBlob((blob) => save(blob, `${name}.png`), "image/png");
}
