/** A seeded stream of numbers in [0, 1): mulberry32, so that a run with the same seed sends the same fleet's traffic. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One such number for a pair of coordinates: the same device gets the same value whichever shard it falls to. */
export function seededValue(seed: number, a: number, b: number): number {
  return seededRandom(
    Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(a + 1, 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35),
  )();
}
