// Files of the app, each at its address beneath `cgan/`.

/** What the app gives to a page lies beneath this address. */
export const filesAt = new URL("cgan/", (window.gradio_config?.root ?? document.baseURI).replace(/\/?$/, "/")).href;

/** @param {string} checkpoint */
export const checkpointAt = (checkpoint) => `${filesAt}checkpoints/${encodeURIComponent(checkpoint)}/`;

/** A file cannot be had. */
export class DownloadError extends Error {}

/**
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
export async function request(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    if (error instanceof TypeError) throw new DownloadError(`${url}: ${error.message}`); // what fetch says of a network
    throw error;
  }
}

/**
 * @param {string} url
 * @returns {Promise<Blob>}
 */
export async function download(url) {
  const response = await request(url);
  if (!response.ok) throw new DownloadError(`${url}: ${response.status}`);
  return response.blob();
}

/**
 * A file that may change: its version, where the server tells one, and how to read it; null where there is none. The
 * app has the browser ask for a newer one each time (`Cache-Control: no-cache`).
 * @param {string} url
 * @returns {Promise<{version: string | null, read: () => Promise<ArrayBuffer>, config?: object} | null>}
 */
export async function versioned(url) {
  const response = await request(url);
  const version = response.headers.get("etag") ?? response.headers.get("last-modified");
  return response.status === 200 ? { version, read: () => response.arrayBuffer() } : null;
}

/**
 * The newest state of a JSON file; null where there is none.
 * @param {string} url
 * @returns {Promise<any>}
 */
export async function downloadJson(url) {
  const response = await request(url, { cache: "no-cache" });
  return response.status === 200 ? response.json() : null;
}
