// A worker that runs the generator, off the page's main thread.

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
