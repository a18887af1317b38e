/** The shadow of one device: what it reported last and what is desired of it, each property with its time, under one version [shadow]. */
import { isMap } from './outcome.ts';

export const MOST_PROPERTIES = 128;
/** Of the JSON of both states; the platform's limit on a shadow [limits]. */
export const MOST_SHADOW_BYTES = 16 * 1024;

/** Levels of arrays and maps in a property. No page names a number; what is nested without end cannot be written as JSON. */
export const MOST_LEVELS = 32;

/** A state or a property that is to go is the text, as the platform writes it; null is taken as well. */
export function isNull(value: unknown): boolean {
  return value === null || value === 'null';
}

interface Property {
  value: unknown;
  timestamp: number;
}

type State = ReadonlyMap<string, Property>;

const NONE: State = new Map();

/** What a request makes of the shadow; a state that is absent stays. */
export interface ShadowChange {
  version: number;
  reported?: State;
  desired?: State;
}

export class Shadow {
  version = 0;
  private reported = NONE;
  private desired = NONE;

  /** The properties of a state with those given in place of, or beside, what was there. Arrays and maps are replaced whole. */
  merged(state: 'reported' | 'desired', properties: Record<string, unknown>, nowSec: number): State {
    const given = Object.entries(properties).map(([name, value]): [string, Property] => [
      name,
      { value, timestamp: nowSec },
    ]);
    return new Map([...this[state], ...given]);
  }

  /** The properties of a state without those named. */
  without(state: 'reported' | 'desired', names: unknown): State {
    if (!isMap(names)) return NONE;
    return new Map([...this[state]].filter(([name]) => !Object.hasOwn(names, name) || !isNull(names[name])));
  }

  /** False, and nothing has changed, where the shadow would be too large or nested too deep. */
  change({ version, reported = this.reported, desired = this.desired }: ShadowChange): boolean {
    if (bytesOf(reported) + bytesOf(desired) > MOST_SHADOW_BYTES) return false;
    Object.assign(this, { version, reported, desired });
    return true;
  }

  /** As a device that asks for it gets it. A state without properties is left out. */
  document(): { state: object; metadata: object } {
    const states = (['reported', 'desired'] as const).filter((state) => this[state].size > 0);
    const each = (part: (property: Property) => unknown): object =>
      Object.fromEntries(
        states.map((state) => [
          state,
          Object.fromEntries([...this[state]].map(([name, property]) => [name, part(property)])),
        ]),
      );
    return { state: each(({ value }) => value), metadata: each(({ timestamp }) => ({ timestamp })) };
  }
}

function bytesOf(state: State): number {
  let bytes = 0;
  for (const [name, { value }] of state) {
    if (isDeeper(value, MOST_LEVELS)) return Number.POSITIVE_INFINITY;
    bytes += Buffer.byteLength(JSON.stringify(name)) + Buffer.byteLength(JSON.stringify(value)) + 2;
  }
  return bytes;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
