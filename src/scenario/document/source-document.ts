/**
 * The scenario as a document: text → nodes that know their place. Overrides of the command line and values of the environment are put
 * in here, so that everything after it sees plain values and asks back for places only.
 */
import {
  type Alias,
  Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import { isPlausibleName } from '../../input/quoted.ts';
import type { Problem } from '../../model/errors.ts';
import { ENV_PLACEHOLDER } from '../../model/placeholders.ts';
import type { Place } from '../devices/device-list.ts';
import { Overrides } from './overrides.ts';
import { type Flaw, readYaml, WRITE_OUT } from './yaml-text.ts';
import { Aliases, plainValues } from './yaml-values.ts';

export type Path = readonly PropertyKey[];

/** The document in place of one that could not be read. */
const EMPTY = new Document(null);

export class SourceDocument {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  private readonly shownAs: string;
  private readonly doc: Document;
  private readonly lines = new LineCounter();
  private readonly overrides = new Overrides();
  /** What a scalar said before the environment's value went in. */
  private readonly written = new Map<Scalar, string>();
  private readonly unset = new Set<Node>();
  /** Aliases of the document as it is now; undefined when a value was put in since. */
  private known: Aliases | undefined;
  /** The keys of a map that has been asked for the place of one. */
  private readonly keysOf = new WeakMap<object, Map<unknown, Scalar>>();
  private readonly isWhole: boolean;
  private hasLooseAlias = false;

  constructor(shownAs: string, text: string) {
    this.shownAs = shownAs;
    const { doc, flaws, warnings, isWhole } = readYaml(text, this.lines);
    this.doc = doc;
    this.isWhole = isWhole;
    this.problems.push(...flaws.map((flaw) => this.problemOf(flaw)));
    this.warnings.push(...warnings.map((flaw) => this.problemOf(flaw)));
  }

  /** False when the text is no YAML at all: then there is nothing to look at. A key given twice still leaves a document. */
  get isReadable(): boolean {
    return this.isWhole && !this.hasLooseAlias;
  }

  get isEmpty(): boolean {
    return this.doc.contents === null || (isScalar(this.doc.contents) && this.doc.contents.value === null);
  }

  /** Puts `connect.timeout=5s` in, the value read as YAML. */
  override(assignment: string): void {
    const problem = this.overrides.put(this.doc, assignment);
    if (problem !== undefined) this.problems.push(problem);
    this.known = undefined;
  }

  /** Tells of aliases without an anchor. To be called after the last override: one may have taken away the anchor that an alias names. */
  checkAliases(): void {
    for (const alias of this.aliases.loose) {
      this.hasLooseAlias = true;
      const message = `there is no anchor${nameOfAlias(alias)} before this alias`;
      this.problems.push(this.atOffset(alias.range?.[0], message));
    }
  }

  /** The text to keep beside a result: comments stay, `${ENV:…}` is not resolved. Only to be called before `resolve`. */
  toText(): string {
    return this.doc.toString({ lineWidth: 0 });
  }

  /** Puts the environment's values in place of `${ENV:NAME}`, in values, not in keys. */
  resolve(env: NodeJS.ProcessEnv): void {
    visit(this.doc, {
      Scalar: (key, node) => {
        if (key === 'key' || typeof node.value !== 'string' || !node.value.includes('${ENV:')) return;
        const text = node.value;
        this.written.set(node, text);
        node.value = text.replace(ENV_PLACEHOLDER, (whole, name: string) => {
          const value = Object.hasOwn(env, name) ? env[name] : undefined;
          if (value !== undefined) return value;
          this.unset.add(node);
          this.problems.push(
            this.atOffset(node.range?.[0], `the environment variable ${shownVariable(name)}is not set`),
          );
          return whole;
        });
      },
    });
  }

  /** Plain values. A document that multiplies itself by aliases, or holds itself, is a problem, and undefined. */
  toValue(): unknown {
    if (!this.isWhole || this.aliases.loose.length > 0) return undefined;
    const read = plainValues(this.doc, this.aliases);
    if ('value' in read) return read.value;
    const { alias, why } = read.tangle;
    const message =
      why === 'circular'
        ? 'this alias is within what it stands for'
        : 'the aliases of this document multiply beyond reason';
    this.problems.push({ ...this.atOffset(alias.range?.[0], message), hint: WRITE_OUT });
    return undefined;
  }

  /** Whether the value there came from the environment, wholly or in part: then it must not be shown. */
  isFromEnvironment(path: Path): boolean {
    const node = this.nodeAt(path);
    return isScalar(node) && this.written.has(node);
  }

  isUnset(path: Path): boolean {
    const node = this.nodeAt(path);
    return node !== undefined && this.unset.has(node);
  }

  has(path: Path): boolean {
    return this.nodeAt(path) !== undefined;
  }

  /** A scalar as it was written; undefined for lists and maps. */
  writtenAt(path: Path): string | undefined {
    const node = this.nodeAt(path);
    if (!isScalar(node)) return undefined;
    return (
      this.written.get(node) ?? String(typeof node.value === 'string' ? node.value : (node.source ?? ''))
    );
  }

  /** Place of the value; of the nearest thing around it that exists where it does not. */
  placeOf(path: Path): Place {
    for (let length = path.length; length >= 0; length--) {
      const node = this.nodeAt(path.slice(0, length), false);
      if (node !== undefined) return this.placeAt(node.range?.[0], path.slice(0, length));
    }
    return { file: this.shownAs, line: 1, column: 1 };
  }

  /** Place of a key in the map at `path`. */
  placeOfKey(path: Path, key: string): Place {
    const map = this.nodeAt(path);
    const start = isMap(map) ? this.keys(map).get(key)?.range?.[0] : undefined;
    return this.placeAt(start, [...path, key]);
  }

  private get aliases(): Aliases {
    this.known ??= new Aliases(this.isWhole ? this.doc : EMPTY);
    return this.known;
  }

  /** Asked for thousands of unknown keys, a search for each would be quadratic. */
  private keys(map: YAMLMap): Map<unknown, Scalar> {
    const known = this.keysOf.get(map);
    if (known !== undefined) return known;
    const keys = new Map(map.items.flatMap(({ key }) => (isScalar(key) ? [[key.value, key] as const] : [])));
    this.keysOf.set(map, keys);
    return keys;
  }

  private nodeAt(path: Path, throughAlias = true): Node | undefined {
    let node = this.doc.contents ?? undefined;
    for (const [depth, part] of path.entries()) {
      const inside = this.unaliased(node);
      if (!isCollection(inside)) return undefined;
      const found = inside.get(isSeq(inside) ? Number(part) : part, true);
      if (found === undefined || found === null) return undefined;
      node = found as Node;
      if (depth === path.length - 1 && !throughAlias) return node;
    }
    return this.unaliased(node);
  }

  private unaliased(node: Node | undefined): Node | undefined {
    return this.aliases.resolved(node);
  }

  /** A node without a position was put there by the command line. */
  private placeAt(start: number | undefined, path: Path): Place {
    if (start !== undefined) return this.linePlace(start);
    const flag = this.overrides.flagAt(path);
    return flag === undefined ? { file: this.shownAs, line: 1, column: 1 } : { file: flag };
  }

  private linePlace(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.shownAs, line: Math.max(1, line), column: Math.max(1, col) };
  }

  private problemOf({ offset, message, hint }: Flaw): Problem {
    return { ...this.atOffset(offset, message), ...(hint === undefined ? {} : { hint }) };
  }

  private atOffset(offset: number | undefined, message: string): Problem {
    return { ...(offset === undefined ? { file: this.shownAs } : this.linePlace(offset)), message };
  }
}

function nameOfAlias({ source }: Alias): string {
  return isPlausibleName(source) ? ` &${source}` : '';
}

function shownVariable(name: string): string {
  return /^[A-Za-z_]\w{0,59}$/.test(name) ? `${name} ` : '';
}
