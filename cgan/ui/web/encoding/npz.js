// Arrays as NumPy reads them: a .npz is a zip archive (PKWARE's APPNOTE.TXT) of .npy files (NEP 1).

import { saveFile } from "../page/dom.js";
import { joined, latin, zip } from "./zip.js";

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
export const saveNpz = async (name, arrays) =>
  saveFile(new Blob([await npz(arrays)], { type: "application/zip" }), `${name}.npz`);
