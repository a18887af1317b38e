/**
 * One line of JSON in which typed arrays are kept: each as an object of one key, its kind, with the bytes in base64. Little-endian, as
 * every machine is that Node runs on. Sets and infinity, for which JSON has no word, are kept likewise.
 */
const KINDS = { Uint8Array, Uint32Array, Float64Array };
type Kept = Uint8Array | Uint32Array | Float64Array | Set<unknown> | number;
type Kind = keyof typeof KINDS;

/** Ends with a newline. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value, (_, part: unknown) => keepable(part))}\n`;
}

/** Throws what JSON.parse does. What has the form of a typed array becomes one, whatever its bytes. */
export function parseJsonLine(line: string): unknown {
  return JSON.parse(line, (_, part: unknown) => fromText(part) ?? part);
}

function keepable(part: unknown): unknown {
  if (ArrayBuffer.isView(part)) return asText(part);
  if (part instanceof Set) return { Set: [...part] };
  return part === Number.POSITIVE_INFINITY ? { Infinity: true } : part;
}

function asText(view: ArrayBufferView): Record<string, string> {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return { [view.constructor.name]: bytes.toString('base64') };
}

function fromText(part: unknown): Kept | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  const [entry, ...more] = Object.entries(part);
  if (entry === undefined || more.length > 0) return undefined;
  if (entry[0] === 'Set' && Array.isArray(entry[1])) return new Set(entry[1]);
  if (entry[0] === 'Infinity' && entry[1] === true) return Number.POSITIVE_INFINITY;
  if (!Object.hasOwn(KINDS, entry[0])) return undefined;
  const [kind, base64] = entry as [Kind, unknown];
  if (typeof base64 !== 'string') return undefined;
  const array = KINDS[kind];
  // Node's own buffers lie anywhere in a pool; numbers of several bytes may not.
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  if (bytes.length % array.BYTES_PER_ELEMENT !== 0) return undefined;
  return new array(bytes.buffer);
}
