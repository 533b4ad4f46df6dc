// What the scripts beside it share: bytes as fetch would give them.

import { readFileSync } from "node:fs";

/** @param {string | URL | number} file a path, or 0 for the standard input @returns {ArrayBuffer} */
export function readBytes(file) {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

export const readInput = () => readBytes(0);
export const WASM = readBytes(new URL("../../cgan/engine/engine.wasm", import.meta.url));
