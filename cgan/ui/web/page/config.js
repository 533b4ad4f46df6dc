// What Python and JavaScript both have to know. Python defines it (`cgan/ui/web/config.py`), the page carries it once.

/** @type {import("../types").Config} */
export const config = globalThis.cgan.config;

/** A static site has none. */
export const hasServer = Boolean(globalThis.gradio_config);

/** The generator that was trained in this page and is nowhere else, where others have a checkpoint's name. */
export const TRAINED_HERE = config.trainedHere;

/** Pictures that a person gave to this page, where others have a choice of training images. */
export const OWN_PICTURES = "own";

export const SIZE = config.imageSize; // pixels, of a picture's side
export const PIXELS = SIZE * SIZE;
