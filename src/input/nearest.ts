/** The valid name a user most likely meant. */
import { distance } from 'fastest-levenshtein';

/**
 * undefined when none is near: more than `most` letters wrong, by default half of them, is no typing mistake. Case does not count as a
 * difference.
 */
export function nearest(
  wrong: string,
  valid: readonly string[],
  most = Math.max(1, Math.floor(wrong.length / 2)),
): string | undefined {
  const lower = wrong.toLowerCase();
  let best: string | undefined;
  let bestDistance = most + 1;
  // The distance of two texts is at least the difference of their lengths, which also bounds the work on long garbage.
  for (const name of valid) {
    if (Math.abs(name.length - wrong.length) >= bestDistance) continue;
    const found = distance(lower, name.toLowerCase());
    if (found < bestDistance) [best, bestDistance] = [name, found];
  }
  return best;
}

/** `did you mean x?`, or the whole list where nothing is near. */
export function suggestion(wrong: string, valid: readonly string[]): string {
  const name = nearest(wrong, valid);
  return name === undefined ? `valid: ${valid.join(', ')}` : `did you mean ${name}?`;
}
