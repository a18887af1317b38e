/** A key that is known, but not where it was written. */
import { DESCRIPTIONS } from './key-descriptions.ts';

const MAX_PLACES = 3;
const PLACES = new Map<string, string[]>();
for (const path of Object.keys(DESCRIPTIONS)) {
  const parts = path.split('.');
  const name = parts.pop()!.toLowerCase();
  PLACES.set(name, [...(PLACES.get(name) ?? []), parts.join('.')]);
}

/** Where it belongs, for a hint; undefined where no place knows it, or too many do. */
export function placesOfKey(name: string): string | undefined {
  const places = PLACES.get(name.toLowerCase()) ?? [];
  // Of places within one another the outermost is meant: `count` is one of the devices, not of those that are generated.
  const outer = places.filter((place) => !places.some((other) => place.startsWith(`${other}.`)));
  if (outer.length === 0 || outer.length > MAX_PLACES) return undefined;
  return outer[0] === '' ? 'it belongs at the top' : `it belongs under ${outer.join(' or ')}`;
}
