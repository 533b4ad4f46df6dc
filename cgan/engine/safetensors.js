// Reads and writes .safetensors files: the length of a table (8 bytes), the table as JSON, the numbers. Nothing in such
// a file is run.

/**
 * @typedef {{ shape: number[], values: Float32Array | Int16Array | BigInt64Array }} Entry
 */

const MAX_TABLE_BYTES = 2 ** 24;

const TYPES = {
  F32: { bytes: 4, array: Float32Array },
  I16: { bytes: 2, array: Int16Array },
  I64: { bytes: 8, array: BigInt64Array },
};

/**
 * The tensors of a file by name. 16-bit integers with a scale for each row, as cgan/engine/transfer.py writes them,
 * become float32.
 * @param {ArrayBuffer} file
 * @returns {Map<string, Entry>}
 * @throws {Error} in one line, where the file is damaged or holds another type
 */
export function readSafetensors(file) {
  const { table, start } = readTable(file);
  const tensors = new Map();
  let expected = 0;
  const entries = Object.entries(table).filter(([name]) => name !== "__metadata__");
  entries.sort(([, a], [, b]) => a?.data_offsets?.[0] - b?.data_offsets?.[0]);
  for (const [name, entry] of entries) {
    const { shape, begin, end, type } = checkEntry(name, entry);
    if (begin !== expected) damaged(`${name} does not start where the tensor before it ends`);
    if (start + end > file.byteLength) damaged(`it ends before ${name} does`);
    const values = new type.array(file.slice(start + begin, start + end));
    if (values instanceof Float32Array && !allFinite(values)) damaged(`${name} has values that are not finite`);
    tensors.set(name, { shape, values });
    expected = end;
  }
  if (start + expected !== file.byteLength) damaged("there are bytes behind the last tensor");
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

function allFinite(values) {
  let zeros = 0; // whatever is not finite makes it NaN
  for (let i = 0; i < values.length; i++) zeros += 0 * values[i];
  return zeros === 0;
}

function damaged(problem) {
  throw new Error(`not a whole safetensors file: ${problem}`);
}

function readTable(file) {
  if (file.byteLength < 8) damaged(`${file.byteLength} bytes`);
  const length = Number(new DataView(file).getBigUint64(0, true));
  if (length > Math.min(MAX_TABLE_BYTES, file.byteLength - 8)) damaged(`a table of ${length} bytes`);
  let table;
  try {
    table = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(file, 8, length)));
  } catch {
    damaged("its table is not JSON");
  }
  if (typeof table !== "object" || table === null || Array.isArray(table)) damaged("its table is no object");
  return { table, start: 8 + length };
}

const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isCounts = (value) => Array.isArray(value) && value.every(isCount);

function checkEntry(name, entry) {
  const { dtype, shape, data_offsets: offsets } = entry ?? {};
  if (!Object.hasOwn(TYPES, dtype)) throw new Error(`${name} is of type ${dtype}; allowed: ${Object.keys(TYPES)}`);
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) damaged(`the entry of ${name}`);
  const bytes = shape.reduce((product, size) => product * size, TYPES[dtype].bytes);
  if (offsets[1] - offsets[0] !== bytes) damaged(`${name} has ${offsets[1] - offsets[0]} bytes in place of ${bytes}`);
  return { shape, begin: offsets[0], end: offsets[1], type: TYPES[dtype] };
}

/** Put float32 in the place of integers: row i is integers[i] * scale[i]. */
function applyScale(tensors, name) {
  const [{ shape, values: integers }, scale] = [tensors.get(name), tensors.get(`${name}.scale`)];
  if (!(scale?.values instanceof Float32Array) || `${scale.shape}` !== `${shape[0]}`)
    damaged(`${name}.scale is no scale for ${name}`);
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
    const dtype = Object.keys(TYPES).find((type) => values instanceof TYPES[type].array);
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
