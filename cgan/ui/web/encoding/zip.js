// Zip archives (PKWARE's APPNOTE.TXT).

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

/** A file compressed as in a zip archive, and its CRC-32: what gzip (RFC 1952) has between its head and the length. */
async function deflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  const gzip = new Uint8Array(await new Response(stream).arrayBuffer());
  return { deflate: gzip.subarray(10, -8), crc: gzip.subarray(-8, -4) };
}

/**
 * A zip archive of files, [name, bytes] each.
 * @param {[string, Uint8Array][]} files
 */
export async function zip(files) {
  const word = (value) => [value & 255, (value >>> 8) & 255];
  const long = (value) => [...word(value & 0xffff), ...word(value >>> 16)];
  const [version, method, midnight, firstOfJanuary1980] = [word(20), word(8), word(0), word(0x21)];
  const bodies = [];
  const directory = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    const { deflate, crc } = await deflated(bytes);
    const sizes = [...crc, ...long(deflate.length), ...long(bytes.length), ...word(name.length)];
    const common = [...version, ...word(0), ...method, ...midnight, ...firstOfJanuary1980, ...sizes, ...word(0)];
    const local = [...long(0x04034b50), ...common, ...latin(name)];
    const place = [...word(0), ...word(0), ...word(0), ...long(0), ...long(offset)]; // on disk 0, no attributes
    directory.push([...long(0x02014b50), ...version, ...common, ...place, ...latin(name)]);
    bodies.push(local, deflate);
    offset += local.length + deflate.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const counts = [...word(files.length), ...word(files.length)];
  const end = [...long(0x06054b50), ...word(0), ...word(0), ...counts, ...long(size), ...long(offset), ...word(0)];
  return joined([...bodies, ...directory, end]);
}
