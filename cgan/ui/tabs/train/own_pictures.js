// Pictures of a person's own, in a folder with one subfolder for each class: read in the page, by the rules of
// cgan/data/labelled_folders.py. Nothing is uploaded.

import { PIXELS, SIZE, config } from "../../web/page/config.js";
import { text } from "../../web/page/texts.js";

const { training, testing, minClasses, maxClasses, maxName, minPerClass, heldOut } = config.ownPictures;
const { minSide, border } = config.ownPictures;
const TOLD = 100; // pictures from one line about the progress to the next
const FINEST = 9; // pixels of the square, a side, that become one pixel

/**
 * path: from the folder that was given on; parts: what remains of it, from the folder of the class on.
 * @typedef {{ path: string, parts: string[], file: File }} Found
 */

/** @param {string} path @param {File} file @returns {Found} */
const found = (path, file) => ({ path, parts: path.split("/"), file });

/** The files of a chosen folder. @param {FileList} files */
export const filesChosen = (files) => [...files].map((file) => found(file.webkitRelativePath, file));

/** The files of what was dropped. @param {DataTransfer} dropped @returns {Promise<Found[]>} */
export async function filesDropped(dropped) {
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry()); // all at once, for they are soon gone
  return (await Promise.all(entries.filter((entry) => entry).map(filesOf))).flat();
}

/** @param {any} entry a file or a folder of the File and Directory Entries API @returns {Promise<Found[]>} */
async function filesOf(entry) {
  const file = () => new Promise((resolve, reject) => entry.file(resolve, reject));
  if (entry.isFile) return [found(entry.fullPath.slice(1), await file())];
  const reader = entry.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return (await Promise.all(all.map(filesOf))).flat();
    all.push(...some);
  }
}

/**
 * Read the pictures of a folder, or of several folders, one for each class.
 * @param {Found[]} files
 * @param {(done: number, all: number) => void} progress
 * @returns {Promise<import("./assets.js").Data>}
 * @throws {Error} in one line, where they cannot be learned from
 */
export async function readPictures(files, progress) {
  const { classes, hasTests } = sorted(files);
  const all = classes.reduce((sum, { files: ofClass }) => sum + ofClass.length, 0);
  const [pictures, labels, counts, skipped] = [[], [], [], new Map()];
  const context = new OffscreenCanvas(SIZE, SIZE).getContext("2d", { willReadFrequently: true });
  let done = 0;
  let kept = 0; // for tests
  for (const [label, { name, files: ofClass }] of classes.entries()) {
    let [read, learned] = [0, 0];
    for (const { path, file } of ofClass) {
      if (done++ % TOLD === 0) progress(done, all);
      const picture = await pictureOf(file, context);
      if (typeof picture === "string") {
        skipped.set(picture, [...(skipped.get(picture) ?? []), path]);
      } else if (!hasTests && ++read % heldOut === 0) {
        kept++;
      } else {
        pictures.push(picture);
        labels.push(label);
        learned++;
      }
    }
    if (learned < minPerClass - 1) throw new Error(text("train_own_few", { name, count: read, least: minPerClass }));
    counts.push(`${name} ${learned.toLocaleString()}`);
  }
  const values = { classes: classes.length, images: labels.length.toLocaleString(), counts: counts.join(", ") };
  const summary = [
    text("train_own_summary", values),
    ...(kept ? [text("train_own_kept", { count: kept.toLocaleString() })] : []),
    ...[...skipped].map(([why, paths]) =>
      text("train_own_skipped", { count: paths.length.toLocaleString(), path: paths[0], why }),
    ),
  ];
  return asData(classes.map(({ name }) => name), pictures, labels, summary.join(" "));
}

/** The classes in the order of their labels, each with its files for training. */
function sorted(files) {
  const isCommon = new Set(files.map(({ parts }) => parts[0])).size === 1; // the folder that has the others in it
  const inFolders = isCommon ? inner(files) : files;
  const tops = new Set(inFolders.filter(isWanted).map(({ parts }) => parts[0].toLowerCase()));
  const isSplit = [...tops].every((top) => [...training, ...testing].includes(top));
  const ofSplit = (names) => inner(inFolders.filter(({ parts }) => names.includes(parts[0].toLowerCase())));
  const wanted = (isSplit ? ofSplit(training) : inFolders).filter(isWanted);
  const byFolder = Object.groupBy(wanted, ({ parts }) => parts[0]);
  const known = new Map();
  const classes = Object.entries(byFolder).map(([folder, ofClass]) => {
    const name = folder.normalize("NFC");
    const folded = name.normalize("NFKC").toLowerCase().trim();
    if (known.has(folded)) throw new Error(text("train_own_same", { name, other: known.get(folded) }));
    known.set(folded, name);
    if (!isName(name)) throw new Error(text("train_own_name", { name: name.slice(0, maxName), most: maxName }));
    return { name, files: sortedBy(ofClass, ({ parts }) => parts.slice(1).join("/")) };
  });
  if (!classes.length) throw new Error(text("train_own_none"));
  if (classes.length < minClasses || classes.length > maxClasses)
    throw new Error(text("train_own_classes", { count: classes.length, least: minClasses, most: maxClasses }));
  return { classes: sortedBy(classes, ({ name }) => name), hasTests: isSplit && ofSplit(testing).some(isWanted) };
}

const inner = (files) => files.map((each) => ({ ...each, parts: each.parts.slice(1) }));

/** Whether a file lies in a folder, and neither of them is hidden. */
const isWanted = ({ parts }) => parts.length > 1 && !/^[._]/.test(parts[0]) && !/^[._]/.test(parts.at(-1));

/** As `Classes` of cgan/common/classes.py has it. */
const isName = (name) => /\S/.test(name) && [...name].length <= maxName && /^(?:[^\p{C}\p{Z}]| )*$/u.test(name);

/** In the order in which people sort names: "2" before "10". The same as `natural` of cgan/data/pictures.py. */
function sortedBy(items, nameOf) {
  const padded = (digits) => `\0${digits.replace(/^0+/, "").padStart(20, "0")}`;
  const keyed = items.map((item) => ({ item, key: nameOf(item).toLowerCase().replace(/\d+/g, padded) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key))).map(({ item }) => item);
}

/**
 * A picture as the networks learn it, its central square, grey and bright on black: PIXELS levels. Or why it is
 * skipped, a text.
 * @param {File} file
 * @param {OffscreenCanvasRenderingContext2D} context to draw on
 * @returns {Promise<Uint8Array | string>}
 */
async function pictureOf(file, context) {
  if (file.size > config.maxUpload) return text("upload_too_many_bytes");
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return text("train_own_unreadable");
  const side = Math.min(bitmap.width, bitmap.height);
  if (side < minSide) return text("upload_too_small");
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  const times = Math.min(FINEST, Math.ceil(side / SIZE));
  const wide = times * SIZE;
  Object.assign(context.canvas, { width: wide, height: wide });
  Object.assign(context, { fillStyle: "white", imageSmoothingQuality: "high" }); // white shows through a picture
  context.fillRect(0, 0, wide, wide);
  context.drawImage(bitmap, left, top, side, side, 0, 0, wide, wide);
  bitmap.close();
  const { data } = context.getImageData(0, 0, wide, wide);
  const levels = new Float32Array(PIXELS);
  for (let i = 0; i < wide * wide; i++) {
    const place = Math.floor(i / wide / times) * SIZE + Math.floor((i % wide) / times);
    levels[place] += (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]) / times ** 2;
  }
  const isInverted = mean(levels.filter((_, i) => isAtBorder(i))) > mean(levels);
  return Uint8Array.from(levels, (level) => Math.round(isInverted ? 255 - level : level));
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const isAtBorder = (pixel) =>
  [pixel % SIZE, Math.floor(pixel / SIZE)].some((at) => at < border || at >= SIZE - border);

/** What a run takes; config.json is to say the classes, how many images, and their digest. */
async function asData(names, pictures, labels, summary) {
  const bytes = new Uint8Array(labels.length * (PIXELS + 1)); // images, then labels
  pictures.forEach((picture, index) => bytes.set(picture, index * PIXELS));
  bytes.set(labels, labels.length * PIXELS);
  const hash = await crypto.subtle?.digest("SHA-256", bytes); // only pages of https and of this machine have it
  const data = hash ? [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("") : null;
  return {
    images: bytes.subarray(0, labels.length * PIXELS),
    labels: bytes.subarray(labels.length * PIXELS),
    names: { en: names, zh: names },
    own: { classes: { names, images: labels.length, data }, summary },
  };
}
