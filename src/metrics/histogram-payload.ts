/** The payload of HdrHistogram's V2 encoding: the counts of the buckets from the lowest value up, runs of zeros in short. */

/** Before the payload. */
export const BUCKETS_HEAD_BYTES = 40;

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
