/** HdrHistogram's V2 encoding, read without the library: a head, then the counts of the buckets from the lowest value up, runs of zeros in short. */

/** Highest value that is told apart: one hour in µs, and as a count per second far beyond any rate: larger values are clamped and counted as such. */
export const HIGHEST_VALUE = 3_600_000_000;
/** Significant digits of a value. */
export const DIGITS = 3;

/** Bytes of the head, before the payload. */
const BUCKETS_HEAD_BYTES = 40;
const BUCKETS_COOKIE = 0x1c849313;
/** Buckets of the whole range: 2048 values one apart, then for each of 21 powers of two 1024 as wide as 0.1 %. */
export const MOST_COUNTS = 23 * 1024;
/** Bytes of all buckets at most: more than they take when each count is of the greatest size, nine bytes. */
export const MOST_BUCKET_BYTES = BUCKETS_HEAD_BYTES + MOST_COUNTS * 9;

/** Whether the head is that of a histogram of our range and precision. A foreign one could ask for any amount of memory. */
export function isOwnEncoding(bytes: Uint8Array): boolean {
  const buckets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (
    buckets.length > BUCKETS_HEAD_BYTES &&
    buckets.length <= MOST_BUCKET_BYTES &&
    buckets.readUInt32BE(0) === BUCKETS_COOKIE &&
    buckets.readUInt32BE(4) === buckets.length - BUCKETS_HEAD_BYTES &&
    buckets.readUInt32BE(12) === DIGITS &&
    buckets.readBigUInt64BE(16) === 1n &&
    buckets.readBigUInt64BE(24) === BigInt(HIGHEST_VALUE)
  );
}

/** Highest count of one bucket: more the library takes for a negative number, and writes outside its memory. */
const GREATEST_COUNT = 2 ** 31 - 1;

/** Index and count of a bucket that is not empty. */
type OnBucket = (index: number, count: number) => void;

/**
 * How many buckets the encoding fills in, empty ones among them (the library itself writes where it is told to, beyond its array too);
 * infinite where its last number is cut off or a count is too great. Each number is little-endian LEB128 of at most nine bytes, zigzag: an
 * even one is the count n / 2, an odd one (n + 1) / 2 zeros.
 */
export function forEachBucket(encoded: Uint8Array, onBucket: OnBucket): number {
  let index = 0;
  for (let at = BUCKETS_HEAD_BYTES; at < encoded.length; ) {
    let number = 0;
    for (let place = 0; ; place++) {
      const byte = encoded[at++];
      if (byte === undefined) return Number.POSITIVE_INFINITY;
      // The ninth byte has no bit that says that another follows.
      number += (place === 8 ? byte : byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80 || place === 8) break;
    }
    if (number % 2 === 1) index += (number + 1) / 2;
    else {
      const count = number / 2;
      if (count > GREATEST_COUNT) return Number.POSITIVE_INFINITY;
      if (count > 0) onBucket(index, count);
      index++;
    }
  }
  return index;
}
