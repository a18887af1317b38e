/**
 * zod's issues → problems with a place. zod says what does not fit the schema; this says which branch of a union was meant, which valid
 * name is nearest, and where in the file it is. A value is shown only where a scalar of a closed form is expected (a duration, a name, a
 * topic …), never one that came from the environment: a misplaced text may be a secret.
 */
import type * as z from 'zod';
import { nearest, suggestion } from '../../input/nearest.ts';
import { isPlausibleName, quoted } from '../../input/quoted.ts';
import type { Problem } from '../../model/errors.ts';
import { PLATFORMS } from '../../platform/platforms.ts';
import { placesOfKey } from '../schema/misplaced-key.ts';
import type { Path, SourceDocument } from './source-document.ts';

type Issue = z.core.$ZodIssue;

/** `missing` and `unknown` are about the key `name` of the map at `path`, `value` is about the value at `path`, which goes by its
 * name where `isNamed`. */
type Complaint =
  | { kind: 'missing'; path: Path; name: string; hint: string | undefined }
  | { kind: 'unknown'; path: Path; name: string; valid: string[] }
  | { kind: 'value'; path: Path; message: string; hint: string | undefined; isNamed?: true };

/** `value` is what was validated, `base` the path in the document at which it is. */
export function problemsOf(
  issues: readonly Issue[],
  value: unknown,
  source: SourceDocument,
  base: Path = [],
): Problem[] {
  const problems: Problem[] = [];
  for (const complaint of complaintsOf(issues, value, source, base)) {
    // That its environment variable is not set has been said; what its text would then be is of no interest.
    if (complaint.kind === 'value' && source.isUnset(complaint.path)) continue;
    problems.push(problemOf(complaint, source));
  }
  return problems;
}

/** A problem about the value at `path`: `message` is a predicate; `hint` is left out where it could show a value of the environment. */
export function valueProblem(source: SourceDocument, path: Path, message: string, hint?: string): Problem {
  return problemAbout(subjectOf(source, path), source, path, message, hint);
}

function problemAbout(
  subject: string,
  source: SourceDocument,
  path: Path,
  message: string,
  hint?: string,
): Problem {
  const secret = source.isFromEnvironment(path);
  const place = source.has(path) ? source.placeOf(path) : source.placeOf(path.slice(0, -1));
  const problem = { ...place, message: `${subject} ${message}` };
  return hint === undefined || secret ? problem : { ...problem, hint };
}

function problemOf(complaint: Complaint, source: SourceDocument): Problem {
  switch (complaint.kind) {
    case 'missing': {
      const where = complaint.path.length > 0 ? ` in ${nameOf(complaint.path)}` : '';
      const message = `the key ${complaint.name} is missing${where}`;
      const { hint } = complaint;
      return { ...source.placeOf(complaint.path), message, ...(hint === undefined ? {} : { hint }) };
    }
    case 'unknown': {
      const place = source.placeOfKey(complaint.path, complaint.name);
      const isShown =
        complaint.name === '<<' ||
        isPlausibleName(complaint.name) ||
        nearest(complaint.name, complaint.valid) !== undefined;
      const message = isShown ? `unknown key ${quoted(complaint.name)}` : 'unknown key';
      const hint =
        placesOfKey(complaint.name, complaint.path, complaint.valid) ??
        suggestion(complaint.name, complaint.valid);
      if (complaint.name === '<<') return { ...place, message, hint: NO_MERGE };
      // In { a:1 } the key is `a:1`.
      const isGlued = complaint.valid.includes(complaint.name.split(':', 1)[0]!);
      return { ...place, message, hint: isGlued ? 'put a space after the colon' : hint };
    }
    case 'value': {
      const { path, message, hint, isNamed } = complaint;
      return problemAbout(isNamed ? nameOf(path) : subjectOf(source, path), source, path, message, hint);
    }
  }
}

const NO_MERGE = 'YAML 1.2 has no merge keys; an alias (key: *name) takes a whole value';

/** The value as it was written; a list or map, or what may hold a password or key, goes by its name. */
function subjectOf(source: SourceDocument, path: Path): string {
  const written = source.writtenAt(path);
  if (written === undefined || written === '' || mayHoldSecret(path, written)) return nameOf(path);
  return quoted(written);
}

/** What a scenario may give in place of a column of a list. */
const LOGIN_COLUMNS: ReadonlySet<PropertyKey | undefined> = new Set(
  PLATFORMS.flatMap(({ methods }) => methods.flatMap(({ columns }) => columns.map(({ name }) => name))),
);

/** A user name or a token in an address, a key pasted where its file should be named, anything at all in a payload. */
function mayHoldSecret(path: Path, written: string): boolean {
  if (path[0] === 'target' || (path[0] === 'auth' && path[1] === 'url')) return /[@?]/.test(written);
  if (path[0] === 'auth') return path.length === 1 || path[1] === 'params' || LOGIN_COLUMNS.has(path[1]);
  // Also where the name of its file belongs.
  if (path[0] === 'publish' && path.at(-1) === 'file') return /(?<!\$)\{|["\r\n]/.test(written);
  return path.at(-1) === 'template' || /[\r\n]|-----BEGIN/.test(written);
}

/** `publish[0].topic` */
function nameOf(path: Path): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return name.replace(/^\./, '') || 'the scenario';
}

function complaintsOf(
  issues: readonly Issue[],
  value: unknown,
  source: SourceDocument,
  base: Path,
): Complaint[] {
  const complaints = issues.flatMap((issue) => complaintsOfIssue(issue, value, source, base));
  if (!complaints.some(({ kind }) => kind === 'missing')) return complaints;
  // A misspelt key is one mistake: the key it should have been is not said to be missing as well.
  const meant = new Set<string>();
  for (const complaint of complaints) {
    if (complaint.kind !== 'unknown') continue;
    const name = nearest(complaint.name, complaint.valid);
    if (name !== undefined) meant.add(nameOf([...complaint.path, name]));
  }
  return complaints.filter(
    (complaint) => complaint.kind !== 'missing' || !meant.has(nameOf([...complaint.path, complaint.name])),
  );
}

function complaintsOfIssue(issue: Issue, value: unknown, source: SourceDocument, base: Path): Complaint[] {
  const path = [...base, ...issue.path];
  const name = issue.path.at(-1);
  const actual = at(value, issue.path);
  const rivals =
    issue.code === 'unrecognized_keys' || issue.code === 'invalid_union' ? rivalsIn(actual) : undefined;
  if (rivals !== undefined) {
    return [{ kind: 'value', path, message: `has ${rivals}`, hint: `give one of ${rivals}`, isNamed: true }];
  }
  if (issue.code === 'unrecognized_keys') {
    const valid = issue.message.split(' ');
    return issue.keys.map((key) => ({ kind: 'unknown', path, name: key, valid }));
  }
  if (actual === undefined && name !== undefined && issue.code !== 'custom') {
    // What is said of a wrong value tells what to write for one that is absent.
    const hint = /; (write .*)$/s.exec(issue.message)?.[1];
    return [{ kind: 'missing', path: path.slice(0, -1), name: String(name), hint }];
  }
  if (issue.code === 'invalid_union') {
    const branch = meantBranch(issue.errors, actual, source, path);
    if (branch !== undefined) return branch;
    const isNamed = issue.errors.every((issues) =>
      issues.some((each) => each.path.length === 0 && wantsCollection(each)),
    );
    return [
      { kind: 'value', path, message: issue.message, hint: undefined, ...(isNamed ? { isNamed } : {}) },
    ];
  }
  if (wantsCollection(issue)) {
    const but = actual === null ? '' : ` but ${kindOf(actual)}`;
    return [{ kind: 'value', path, message: issue.message + but, hint: undefined, isNamed: true }];
  }
  return [{ kind: 'value', path, message: issue.message, hint: hintOf(issue, actual) }];
}

/**
 * The branch that a value means: of those of its own type that which knows most of its keys, then that with the fewest complaints; undefined
 * when none is of its type or several are as near.
 */
function meantBranch(
  branches: readonly (readonly Issue[])[],
  value: unknown,
  source: SourceDocument,
  path: Path,
): Complaint[] | undefined {
  const [first, second] = branches
    .filter((issues) => !issues.some((issue) => isOtherType(issue, value)))
    .map((issues) => complaintsOf(issues, value, source, path))
    .map((complaints) => ({ complaints, strangers: strangersAmong(complaints, path) }))
    .sort((a, b) => a.strangers - b.strangers || a.complaints.length - b.complaints.length);
  const isTie =
    first?.strangers === second?.strangers && first?.complaints.length === second?.complaints.length;
  return isTie ? undefined : first?.complaints;
}

function strangersAmong(complaints: readonly Complaint[], path: Path): number {
  return complaints.filter(({ kind, path: at }) => kind === 'unknown' && at.length === path.length).length;
}

/** Keys of which one says what the other says: they are of different branches, so that either alone is sound. */
const RIVALS = [
  ['file', 'generate'],
  ['region', 'instance'],
  ['template', 'size'],
  ['template', 'file'],
  ['file', 'size'],
] as const;

function rivalsIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return RIVALS.find((keys) => keys.every((key) => Object.hasOwn(value, key)))?.join(' and ');
}

/** Whether a map or list is wanted: then a scalar may be anything. */
function wantsCollection(issue: Issue): boolean {
  return issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'array');
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'boolean' ? 'true or false' : 'a number';
}

function isOtherType(issue: Issue, value: unknown): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_value') return !issue.values.some((valid) => typeof valid === typeof value);
  return issue.code === 'invalid_type';
}

function hintOf(issue: Issue, actual: unknown): string | undefined {
  if (issue.code === 'custom') return issue.params?.hint as string | undefined;
  if (issue.code === 'invalid_value' && issue.message === 'is not possible here') {
    const valid = [...new Set(issue.values.map(String))];
    return suggestion(String(actual), valid);
  }
  const isBare = typeof actual === 'number' || typeof actual === 'boolean';
  if (issue.code === 'invalid_type' && issue.message === 'is not a text' && isBare) return 'put it in quotes';
  return undefined;
}

function at(value: unknown, path: Path): unknown {
  let inside = value;
  for (const part of path) {
    if (typeof inside !== 'object' || inside === null || !Object.hasOwn(inside, part)) return undefined;
    inside = (inside as Record<PropertyKey, unknown>)[part];
  }
  return inside;
}
