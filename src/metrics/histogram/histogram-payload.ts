/** HdrHistogram's V2 encoding, read without the library: a head, then the counts of the buckets from the lowest value up, runs of zeros in short. */

/** Before the payload. */
export const BUCKETS_HEAD_BYTES = 40;
const BUCKETS_COOKIE = 0x1c849313;
/** Of the whole range: 2048 values one apart, then for each of 21 powers of two 1024 as wide as 0.1 %. */
export const MOST_COUNTS = 23 * 1024;
/** More than they take when each is of the greatest size, nine bytes. */
export const MOST_BUCKET_BYTES = BUCKETS_HEAD_BYTES + MOST_COUNTS * 9;

/** By its head. A foreign one could ask for any amount of memory. */
export function isEncodingOf(bytes: Uint8Array, highestValue: number, digits: number): boolean {
  const buckets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (
    buckets.length > BUCKETS_HEAD_BYTES &&
    buckets.length <= MOST_BUCKET_BYTES &&
    buckets.readUInt32BE(0) === BUCKETS_COOKIE &&
    buckets.readUInt32BE(4) === buckets.length - BUCKETS_HEAD_BYTES &&
    buckets.readUInt32BE(12) === digits &&
    buckets.readBigUInt64BE(16) === 1n &&
    buckets.readBigUInt64BE(24) === BigInt(highestValue)
  );
}

/** Either a run of so many zeros, or one count. */
export interface Word {
  zeros: number;
  count: number;
}

/** Each is a little-endian LEB128 number of at most nine bytes, zigzag: an even one is the count n / 2, an odd one (n + 1) / 2 zeros. */
export function* wordsIn(payload: Uint8Array): Generator<Word> {
  for (let at = 0; at < payload.length; ) {
    let word = 0;
    for (let place = 0; place < 9; place++) {
      const byte = payload[at++] ?? 0;
      word += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) break;
    }
    yield word % 2 === 0 ? { zeros: 0, count: word / 2 } : { zeros: (word + 1) / 2, count: 0 };
  }
}

/** How many counts the payload fills in (the library itself writes where it is told to, beyond its array too), and their sum. */
export function extentOf(payload: Uint8Array): { places: number; values: number } {
  let places = 0;
  let values = 0;
  for (const { zeros, count } of wordsIn(payload)) {
    places += zeros || 1;
    values += count;
  }
  return { places, values };
}
