// How work is divided.

/**
 * Cut `count` pictures into a share for each worker: [[first, end], ...], none empty.
 * @param {number} count
 * @param {number} workers
 */
export function shares(count, workers) {
  const size = Math.ceil(count / workers);
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => [i * size, Math.min(count, (i + 1) * size)]);
}
