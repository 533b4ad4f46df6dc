// Bytes as text.

const CHUNK = 0x8000; // a function takes only so many arguments

/**
 * Bytes from base64.
 * @param {string} base64
 */
export const decode = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/**
 * Base64 of bytes.
 * @param {Uint8Array} bytes
 */
export function encode(bytes) {
  let binary = "";
  for (let start = 0; start < bytes.length; start += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return btoa(binary);
}
