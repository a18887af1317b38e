/**
 * One line of JSON in which typed arrays are kept: each as an object of one key, its kind, with the bytes in base64. Little-endian, as
 * every machine is that Node runs on.
 */
const KINDS = { Uint8Array, Uint32Array };
type Kind = keyof typeof KINDS;

/** Ends with a newline. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value, (_, part: unknown) => (ArrayBuffer.isView(part) ? asText(part) : part))}\n`;
}

/** Throws what JSON.parse does. What has the form of a typed array becomes one, whatever its bytes. */
export function parseJsonLine(line: string): unknown {
  return JSON.parse(line, (_, part: unknown) => fromText(part) ?? part);
}

function asText(view: ArrayBufferView): Record<string, string> {
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return { [view.constructor.name]: bytes.toString('base64') };
}

function fromText(part: unknown): Uint8Array | Uint32Array | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  const [entry, ...more] = Object.entries(part);
  if (entry === undefined || more.length > 0 || !Object.hasOwn(KINDS, entry[0])) return undefined;
  const [kind, base64] = entry as [Kind, unknown];
  if (typeof base64 !== 'string') return undefined;
  const array = KINDS[kind];
  // Node's own buffers lie anywhere in a pool; numbers of four bytes may not.
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  if (bytes.length % array.BYTES_PER_ELEMENT !== 0) return undefined;
  return new array(bytes.buffer);
}
