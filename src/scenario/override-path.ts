/** Where in a document the command line puts a value. */
import { type Document, isScalar, isSeq, Scalar, YAMLSeq } from 'yaml';

/** What is put in descends by recursion. */
const MAX_PARTS = 64;

/** `connect.stages[0].rate` → its parts; undefined where one is empty. */
export function parsePath(text: string): string[] | undefined {
  const parts = text.replace(/\[(\d+)\]/g, '.$1').split('.');
  return parts.includes('') || parts.length > MAX_PARTS ? undefined : parts;
}

/** Like Document.setIn, which would leave holes in a list. Throws where a part of the way is neither map nor list. */
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

/** One is the beginning of the other. */
export function sharesWay(a: readonly string[], b: readonly PropertyKey[]): boolean {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== String(b[i])) return false;
  return true;
}
