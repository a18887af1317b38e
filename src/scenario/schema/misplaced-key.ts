/** A key that is known, but not where it was written. */
import { scenarioKeys } from './scenario-keys.ts';

const MAX_PLACES = 3;

/** The maps that have a key, by its name in small letters. Made when it is first asked for: few scenarios have a mistake. */
const PLACES = new Map<string, Set<string>>();

function fillPlaces(): void {
  for (const { path } of scenarioKeys()) {
    const parts = path.split('.');
    const name = parts.pop()!.toLowerCase();
    // What is in there are metrics: a name of one elsewhere need not mean a threshold.
    if (parts[0] !== 'thresholds') PLACES.set(name, (PLACES.get(name) ?? new Set()).add(parts.join('.')));
  }
}

/**
 * Where the key belongs that stands in the map at `path`, which takes those of `valid`, for a hint; undefined where no place knows it, or
 * too many do. Another form of that very map may have it, as `auth` has `signmethod` on another platform.
 */
export function placesOfKey(
  name: string,
  path: readonly PropertyKey[],
  valid: readonly string[],
): string | undefined {
  if (PLACES.size === 0) fillPlaces();
  const places = [...(PLACES.get(name.toLowerCase()) ?? [])];
  const here = path.filter((part) => typeof part === 'string').join('.');
  const isValid = valid.some((each) => each.toLowerCase() === name.toLowerCase());
  if (places.includes(here) && !isValid) return `valid here: ${valid.join(', ')}`;
  // Of places within one another the outermost is meant: `count` is one of the devices, not of those that are generated.
  const all = places.filter((place) => !places.some((other) => place.startsWith(`${other}.`)));
  // Where there are too many, whoever writes of devices means none of the stand-in's.
  const outer = all.length > MAX_PLACES ? all.filter((place) => !place.startsWith('broker')) : all;
  if (outer.length === 0 || outer.length > MAX_PLACES) return undefined;
  const maps = outer.filter((place) => place !== '');
  const where = [
    ...(maps.length < outer.length ? ['at the top'] : []),
    ...(maps.length > 0 ? [`under ${maps.join(' or ')}`] : []),
  ];
  return `it belongs ${where.join(' or ')}`;
}
