// Arrays as NumPy reads them: a .npz is a zip archive (PKWARE's APPNOTE.TXT) of .npy files (NEP 1), here as they are.

import { saveFile } from "../page/dom.js";

const NPY_TYPES = { Uint8Array: "|u1", Uint32Array: "<u4", Float32Array: "<f4" };

/**
 * The bytes of a .npy file of typed `values` in this shape.
 * @param {Uint8Array | Uint32Array | Float32Array} values
 * @param {number[]} shape
 * @returns {Uint8Array}
 */
function npy(values, shape) {
  const descr = NPY_TYPES[values.constructor.name];
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64 - 10; // the data begins at a multiple of 64
  const start = [0x93, ...latin("NUMPY"), 1, 0, length & 255, length >> 8];
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return joined([start, latin(`${header.padEnd(length - 1)}\n`), data]);
}

const latin = (text) => [...text].map((character) => character.charCodeAt(0));

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

/** CRC-32 as zip has it (ISO 3309, reflected). */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/**
 * A zip archive of files, [name, bytes] each, stored as they are.
 * @param {[string, Uint8Array][]} files
 */
function zip(files) {
  const word = (value) => [value & 255, (value >>> 8) & 255];
  const long = (value) => [...word(value & 0xffff), ...word(value >>> 16)];
  const [version, stored, midnight, firstOfJanuary1980] = [word(20), word(0), word(0), word(0x21)];
  const bodies = [];
  const directory = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    const sizes = [...long(crc32(bytes)), ...long(bytes.length), ...long(bytes.length), ...word(name.length)];
    const common = [...version, ...word(0), ...stored, ...midnight, ...firstOfJanuary1980, ...sizes, ...word(0)];
    const local = [...long(0x04034b50), ...common, ...latin(name)];
    const place = [...word(0), ...word(0), ...word(0), ...long(0), ...long(offset)]; // on disk 0, no attributes
    directory.push([...long(0x02014b50), ...version, ...common, ...place, ...latin(name)]);
    bodies.push(local, bytes);
    offset += local.length + bytes.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const counts = [...word(files.length), ...word(files.length)];
  const end = [...long(0x06054b50), ...word(0), ...word(0), ...counts, ...long(size), ...long(offset), ...word(0)];
  return joined([...bodies, ...directory, end]);
}

/**
 * The bytes of an .npz file of arrays by name, each [values, ...shape].
 * @param {Record<string, any[]>} arrays
 */
export const npz = (arrays) =>
  zip(Object.entries(arrays).map(([name, [values, ...shape]]) => [`${name}.npy`, npy(values, shape)]));

/**
 * Save arrays by name, each [values, ...shape], as one .npz file.
 * @param {string} name
 * @param {Record<string, any[]>} arrays
 */
export const saveNpz = (name, arrays) =>
  saveFile(new Blob([npz(arrays)], { type: "application/zip" }), `${name}.npz`);
