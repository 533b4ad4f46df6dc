// The workers that run the generator, off the page's main thread. Two halve the time of a sheet of pictures.

const WORKERS = Math.min(2, navigator.hardwareConcurrency || 1);
const PATIENCE_MS = 10_000; // with a worker that draws

/** One worker; `died` is called when it can no longer be of use. */
class DrawingWorker {
  #waiting = new Map(); // message: what to do with its answer
  #messages = 0;

  constructor(url, died) {
    this.worker = new Worker(url);
    this.worker.onerror = died;
    this.worker.onmessage = ({ data: { id, result, error } }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      error === undefined ? resolve(result) : reject(new Error(error));
    };
  }

  /** The worker's answer; it keeps the buffers listed in `transfer`. */
  ask(kind, details, transfer = []) {
    return new Promise((resolve, reject) => {
      const id = this.#messages++;
      this.#waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, kind, ...details }, transfer);
    });
  }

  /** End it; what it was asked for fails. */
  stop() {
    this.worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Error("the page's generator has stopped"));
    this.#waiting.clear();
  }
}

async function download(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.blob();
}

/** What is in a .gz file; some servers have sent just that. */
async function decompressed(blob) {
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const isGzip = first === 0x1f && second === 0x8b;
  const content = isGzip ? blob.stream().pipeThrough(new DecompressionStream("gzip")) : blob;
  return new Response(content).arrayBuffer();
}

/** Cut `count` pictures into a share for each worker: [[first, end], ...], none empty. */
function shares(count, workers) {
  const size = Math.ceil(count / workers);
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => [i * size, Math.min(count, (i + 1) * size)]);
}
