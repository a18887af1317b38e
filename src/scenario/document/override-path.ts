/** Where in a document the command line puts a value. */
import { type Document, isMap, isScalar, isSeq, Scalar, YAMLSeq } from 'yaml';

/** What is put in descends by recursion. */
const MAX_PARTS = 64;

/** `connect.stages[0].rate` → its parts; undefined where one is empty. */
export function parsePath(text: string): string[] | undefined {
  const parts = text.replace(/\[(\d+)\]/g, '.$1').split('.');
  return parts.includes('') || parts.length > MAX_PARTS ? undefined : parts;
}

/** Puts a value in, like Document.setIn, which would leave holes in a list. Throws where a part of the way is neither map nor list. */
export function put(doc: Document, path: string[], value: unknown): void {
  const parent = path.slice(0, -1);
  if (path.length === 1 && doc.contents === null) doc.contents = doc.createNode({}) as never;
  if (parent.length > 0 && path.at(-1) === '0' && doc.getIn(parent) == null) doc.setIn(parent, new YAMLSeq());
  for (let length = 1; length <= path.length; length++) {
    const around = doc.getIn(path.slice(0, length - 1), true);
    const part = path[length - 1]!;
    const isElement = /^\d+$/.test(part) && isSeq(around) && Number(part) <= around.items.length;
    if (isSeq(around) && !isElement) throw new RangeError('no such element');
  }
  const node = value ?? new Scalar(null);
  if (parent.length > 0 && isScalar(doc.getIn(parent, true))) {
    // `connect:` with nothing behind it is a null, in which a key can be put all the same.
    if (doc.getIn(parent) !== null) throw new RangeError('no such map');
    doc.deleteIn(parent);
  }
  doc.setIn(path, node);
}

/** Whether one path is the beginning of the other. */
export function sharesWay(a: readonly string[], b: readonly PropertyKey[]): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== String(b[i])) return false;
  return true;
}

/** Why a value cannot be put there, and what to write instead; names keys only, no value. */
export function obstacle(doc: Document, path: readonly string[]): string | undefined {
  for (let length = 1; length < path.length; length++) {
    const around = doc.getIn(path.slice(0, length), true);
    const name = path.slice(0, length).join('.');
    if (isSeq(around) && !/^\d+$/.test(path[length]!))
      return `${name} is a list; name its element: ${name}[0]`;
    if (isSeq(around) && Number(path[length]) > around.items.length) {
      const { length: count } = around.items;
      return count === 0
        ? `${name} is empty; the first is ${name}[0]`
        : `the last of ${name} is ${name}[${count - 1}]`;
    }
    if (isScalar(around) && !isMap(around) && around.value !== null)
      return `${name} is no map; replace it whole: --set '${name}={ ${path[length]}: … }'`;
  }
  return undefined;
}
