// Grey pictures as an endless GIF (GIF89a; its LZW is Welch 1984 with codes that grow from 9 to 12 bits).

const LEVELS = 256;
const CLEAR = 256;
const END = 257;
const MAX_CODES = 4096;

/**
 * Bytes of a GIF of `frames` (count * size * size grey levels), each enlarged `scale` times; a round takes `seconds`.
 * @param {Uint8Array} frames
 * @param {number} size
 * @param {number} scale
 * @param {number} seconds
 */
export function encodeGif(frames, size, scale, seconds) {
  const count = frames.length / size ** 2;
  const side = size * scale;
  const bytes = [];
  const word = (value) => [value & 255, value >> 8];
  bytes.push(...ascii("GIF89a"), ...word(side), ...word(side), 0xf7, 0, 0); // 0xf7: a palette of 256 colours follows
  for (let level = 0; level < LEVELS; level++) bytes.push(level, level, level);
  bytes.push(0x21, 0xff, 11, ...ascii("NETSCAPE2.0"), 3, 1, 0, 0, 0); // without end
  const ends = (index) => Math.round((index * 100 * seconds) / count); // hundredths of a second
  for (let frame = 0; frame < count; frame++) {
    bytes.push(0x21, 0xf9, 4, 4, ...word(ends(frame + 1) - ends(frame)), 0, 0); // 4: the frame stays until the next
    bytes.push(0x2c, 0, 0, 0, 0, ...word(side), ...word(side), 0, 8);
    for (const block of blocks(compress(enlarge(frames, frame, size, scale)))) {
      bytes.push(block.length);
      for (const byte of block) bytes.push(byte);
    }
    bytes.push(0);
  }
  bytes.push(0x3b);
  return Uint8Array.from(bytes);
}

const ascii = (text) => [...text].map((character) => character.charCodeAt(0));

function enlarge(frames, frame, size, scale) {
  const side = size * scale;
  const large = new Uint8Array(side ** 2);
  for (let y = 0; y < side; y++) {
    const row = frame * size ** 2 + Math.floor(y / scale) * size;
    for (let x = 0; x < side; x++) large[y * side + x] = frames[row + Math.floor(x / scale)];
  }
  return large;
}

/** A GIF keeps data in blocks of up to 255 bytes. */
function* blocks(bytes) {
  for (let first = 0; first < bytes.length; first += 255) yield bytes.slice(first, first + 255);
}

/** LZW: strings seen before become one code; `children` finds the code of a string and one more level. */
function compress(levels) {
  const bytes = [];
  let buffer = 0;
  let bits = 0;
  let codeBits = 9;
  let nextCode = END + 1;
  let children = new Map();
  const write = (code) => {
    buffer |= code << bits;
    for (bits += codeBits; bits >= 8; bits -= 8, buffer >>>= 8) bytes.push(buffer & 255);
  };
  write(CLEAR);
  let string = levels[0];
  for (let index = 1; index < levels.length; index++) {
    const key = string * LEVELS + levels[index];
    const known = children.get(key);
    if (known !== undefined) {
      string = known;
      continue;
    }
    write(string);
    string = levels[index];
    if (nextCode === MAX_CODES) {
      write(CLEAR);
      [codeBits, nextCode, children] = [9, END + 1, new Map()];
      continue;
    }
    children.set(key, nextCode);
    if (nextCode === 1 << codeBits) codeBits++; // the reader learns each code one step later than the writer
    nextCode++;
  }
  write(string);
  write(END);
  if (bits > 0) bytes.push(buffer & 255);
  return bytes;
}
