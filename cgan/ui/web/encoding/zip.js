// Zip archives (PKWARE's APPNOTE.TXT) of files as they are, without compression.

/** The bytes of a text of Latin-1. @param {string} text */
export const latin = (text) => [...text].map((character) => character.charCodeAt(0));

/** @param {ArrayLike<number>[]} parts bytes @returns {Uint8Array<ArrayBuffer>} */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

/** CRC-32 as zip has it (ISO 3309, reflected), of each byte. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ REMAINDERS[(crc ^ bytes[i]) & 255];
  return ~crc >>> 0;
}

/**
 * A zip archive of files, [name, bytes] each, stored as they are.
 * @param {[string, Uint8Array][]} files
 */
export function zip(files) {
  const word = (value) => [value & 255, (value >>> 8) & 255];
  const long = (value) => [...word(value & 0xffff), ...word(value >>> 16)];
  const [version, stored, midnight, firstOfJanuary1980] = [word(20), word(0), word(0), word(0x21)];
  const bodies = [];
  const directory = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    const sizes = [...long(crc32(bytes)), ...long(bytes.length), ...long(bytes.length), ...word(name.length)];
    const common = [...version, ...word(0), ...stored, ...midnight, ...firstOfJanuary1980, ...sizes, ...word(0)];
    const local = [...long(0x04034b50), ...common, ...latin(name)];
    const place = [...word(0), ...word(0), ...word(0), ...long(0), ...long(offset)]; // on disk 0, no attributes
    directory.push([...long(0x02014b50), ...version, ...common, ...place, ...latin(name)]);
    bodies.push(local, bytes);
    offset += local.length + bytes.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const counts = [...word(files.length), ...word(files.length)];
  const end = [...long(0x06054b50), ...word(0), ...word(0), ...counts, ...long(size), ...long(offset), ...word(0)];
  return joined([...bodies, ...directory, end]);
}
