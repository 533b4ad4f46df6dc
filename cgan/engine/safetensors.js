// Reads and writes .safetensors files: the length of a table (8 bytes), the table as JSON, the numbers. Nothing in such
// a file is run.

import { elements } from "./engine.js";

/**
 * @typedef {{ shape: number[], values: Float32Array | Int16Array | BigInt64Array }} Entry
 */

const TYPES = { F32: Float32Array, I16: Int16Array, I64: BigInt64Array };

/**
 * The tensors of a file by name. 16-bit integers with a scale for each row, as cgan/engine/transfer.py writes them,
 * become float32.
 * @param {ArrayBuffer} file
 * @returns {Map<string, Entry>}
 * @throws {Error} in one line, where the file is not whole or holds another type
 */
export function readSafetensors(file) {
  const { table, start } = readTable(file);
  const tensors = new Map();
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(table)) {
    if (name === "__metadata__") continue;
    if (!Object.hasOwn(TYPES, dtype)) throw new Error(`${name} is of type ${dtype}; allowed: ${Object.keys(TYPES)}`);
    const [begin, end] = offsets.map((offset) => start + offset);
    if (end > file.byteLength) damaged(`it ends before ${name} does`);
    const values = new TYPES[dtype](file.slice(begin, end));
    const wanted = elements(shape);
    if (values.length !== wanted) damaged(`${name} has ${values.length} numbers in place of ${wanted}`);
    tensors.set(name, { shape, values });
  }
  for (const [name, { values }] of tensors) if (values instanceof Int16Array) applyScale(tensors, name);
  return tensors;
}

/**
 * The texts that a file carries beside its tensors, by name.
 * @param {ArrayBuffer} file
 * @returns {Record<string, string>}
 * @throws {Error} in one line, where the file is damaged
 */
export const readMetadata = (file) => readTable(file).table.__metadata__ ?? {};

/** @returns {never} */
function damaged(problem) {
  throw new Error(`not a whole safetensors file: ${problem}`);
}

function readTable(file) {
  if (file.byteLength < 8) damaged(`${file.byteLength} bytes`);
  const length = Number(new DataView(file).getBigUint64(0, true));
  if (length > file.byteLength - 8) damaged(`a table of ${length} bytes`);
  try {
    return { table: JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, length))), start: 8 + length };
  } catch {
    return damaged("its table is not JSON");
  }
}

/** Put float32 in the place of integers: row i is integers[i] * scale[i]. */
function applyScale(tensors, name) {
  const [{ shape, values: integers }, scale] = [tensors.get(name), tensors.get(`${name}.scale`)];
  const columns = integers.length / shape[0];
  const values = Float32Array.from(integers, (integer, i) => integer * scale.values[Math.floor(i / columns)]);
  tensors.set(name, { shape, values });
  tensors.delete(`${name}.scale`);
}

/**
 * A file of tensors. @param {Map<string, { shape: number[], values: Float32Array | BigInt64Array }>} tensors
 * @param {Record<string, string>} metadata @returns {Uint8Array}
 */
export function writeSafetensors(tensors, metadata) {
  const table = { __metadata__: metadata };
  const aligned = [...tensors].sort(([, a], [, b]) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT);
  let end = 0;
  for (const [name, { shape, values }] of aligned) {
    const dtype = Object.keys(TYPES).find((type) => values instanceof TYPES[type]);
    table[name] = { dtype, shape, data_offsets: [end, (end += values.byteLength)] };
  }
  const text = new TextEncoder().encode(JSON.stringify(table));
  const start = Math.ceil((8 + text.length) / 8) * 8; // numbers begin at a multiple of 8 bytes, after spaces
  const file = new Uint8Array(start + end).fill(" ".charCodeAt(0), 8, start);
  new DataView(file.buffer).setBigUint64(0, BigInt(start - 8), true);
  file.set(text, 8);
  for (const [name, { values }] of tensors)
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), start + table[name].data_offsets[0]);
  return file;
}
