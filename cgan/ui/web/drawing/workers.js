// Workers that run the generator, off the page's main thread.

import { DownloadError, download, filesAt } from "./files.js";
import { text } from "../page/texts.js";

/**
 * What workers need: the address of their script, and the engine, compiled once for all of them.
 * @param {string} script
 * @param {string} engine
 */
export async function loadWorker(script, engine) {
  const [code, file] = await Promise.all([script, engine].map((name) => download(filesAt + name)));
  const wasm = await file.arrayBuffer();
  const isWasm = `${new Uint8Array(wasm.slice(0, 4))}` === "0,97,115,109"; // "\0asm"
  if (!isWasm) throw new DownloadError(`${filesAt}${engine}: ${text("no_wasm_file")}`);
  if (!WebAssembly.validate(wasm)) throw new Error(text("no_simd"));
  return { url: URL.createObjectURL(code), module: await WebAssembly.compile(wasm) };
}

/** The page can no longer draw by itself: the server goes on. */
export class RendererStopped extends Error {}

/** One worker; `died` is called with the reason when it can no longer be of use. */
export class DrawingWorker {
  #waiting = new Map(); // message: what to do with its answer
  #messages = 0;

  /**
   * @param {string} url of its script
   * @param {(reason: string) => void} died
   */
  constructor(url, died) {
    this.worker = new Worker(url);
    this.worker.onerror = ({ message }) => died(message);
    this.worker.onmessage = ({ data: { id, result, error } }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      error === undefined ? resolve(result) : reject(new RendererStopped(error));
    };
  }

  /**
   * The worker's answer.
   * @param {string} kind
   * @param {object} details
   * @returns {Promise<any>}
   */
  ask(kind, details) {
    return new Promise((resolve, reject) => {
      const id = this.#messages++;
      this.#waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, kind, ...details });
    });
  }

  /** End it; pending work is rejected. */
  stop() {
    this.worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new RendererStopped("the page's generator has stopped"));
    this.#waiting.clear();
  }
}

/**
 * Cut `count` pictures into a share for each worker: [[first, end], ...], none empty.
 * @param {number} count
 * @param {number} workers
 */
export function shares(count, workers) {
  const size = Math.ceil(count / workers);
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => [i * size, Math.min(count, (i + 1) * size)]);
}
