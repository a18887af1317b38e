/** A histogram as it crosses threads, machines and files, and back from there; what comes from a file is foreign until it has been looked at. */
import { inflateSync } from 'node:zlib';
import { lowerEdge, widthOf } from './buckets.ts';
import { forEachBucket, isOwnEncoding, MOST_BUCKET_BYTES, MOST_COUNTS } from './histogram-payload.ts';

/** What crosses a thread or a machine: exact count, min, max and sum beside the buckets, since encoding widens max to its bucket. */
export interface EncodedHistogram {
  count: number;
  min: number;
  max: number;
  sum: number;
  clamped: number;
  /** HdrHistogram V2 encoding, uncompressed. */
  buckets: Uint8Array;
}

/** The base64 of a .hlog line with what it means, which is worked out when it is first asked for, and once. */
export class CompressedHistogram {
  readonly base64: string;
  #encoded: EncodedHistogram | undefined;

  constructor(base64: string) {
    this.base64 = base64;
  }

  /** Foreign text throws a RangeError. */
  get encoded(): EncodedHistogram {
    this.#encoded ??= encodedOfCompressed(this.base64);
    return this.#encoded;
  }
}

/** The cookie before the compressed part; its length follows. */
const COMPRESSED_COOKIE = 0x1c849314;

/**
 * A .hlog's base64 back into what can be merged; count is exact, the extremes and the sum are those of the buckets. Foreign text, and a
 * histogram of another range or precision (whose head could ask for any amount of memory), throws a RangeError.
 */
export function encodedOfCompressed(base64: string): EncodedHistogram {
  const buckets = inflated(Buffer.from(base64, 'base64'));
  const encoded = { count: 0, min: Number.POSITIVE_INFINITY, max: 0, sum: 0, clamped: 0, buckets };
  const places = forEachBucket(buckets, (index, count) => {
    const [from, width] = [lowerEdge(index), widthOf(index)];
    encoded.count += count;
    encoded.sum += count * (from + Math.floor(width / 2));
    encoded.min = Math.min(encoded.min, from);
    encoded.max = from + width - 1;
  });
  if (places === Number.POSITIVE_INFINITY) throw new RangeError('its counts are damaged');
  if (places > MOST_COUNTS) throw new RangeError('it has more counts than its range');
  if (!(encoded.count > 0 && encoded.count <= Number.MAX_SAFE_INTEGER))
    throw new RangeError(`it counts ${encoded.count} values`);
  return encoded;
}

function inflated(compressed: Buffer): Buffer {
  let buckets: Buffer;
  try {
    if (compressed.readUInt32BE(0) !== COMPRESSED_COOKIE)
      throw new RangeError('it is no compressed histogram');
    const end = 8 + compressed.readUInt32BE(4);
    buckets = inflateSync(compressed.subarray(8, end), { maxOutputLength: MOST_BUCKET_BYTES });
  } catch (cause) {
    throw new RangeError('it is no compressed histogram', { cause });
  }
  if (!isOwnEncoding(buckets)) throw new RangeError('it is a histogram of another range or precision');
  // What zlib gives is the beginning of 16 KB, all of which would be kept for as long as it is.
  return Buffer.from(buckets);
}

/** Whether foreign buckets, before they are merged, are of our range and hold as many values as is said of them. */
export function isSoundHistogram({ buckets, count }: Pick<EncodedHistogram, 'buckets' | 'count'>): boolean {
  if (!isOwnEncoding(buckets)) return false;
  let values = 0;
  const places = forEachBucket(buckets, (_, inBucket) => {
    values += inBucket;
  });
  return places <= MOST_COUNTS && values === count;
}
