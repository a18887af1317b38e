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

/**
 * Draws one of several, each as often as its weight says, by the numbers of `random` in [0, 1). Shares such as 0.1 do not add up exactly:
 * what rounding leaves over is the last one's.
 */
export function weightedDraw<T>(
  parts: readonly { value: T; weight: number }[],
  random: () => number,
): () => T {
  const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
  const last = parts.at(-1)!;
  return () => {
    let left = random() * whole;
    for (const { value, weight } of parts) {
      left -= weight;
      if (left < 0) return value;
    }
    return last.value;
  };
}
