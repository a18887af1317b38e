/**
 * The scenario as a document: text → nodes that know their place. Overrides of the command line and values of the environment are put
 * in here, so that everything after it sees plain values and asks back for places only.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
  type YAMLParseError,
} from 'yaml';
import type { Problem } from '../errors.ts';
import type { Place } from './device-list.ts';
import { parsePath, put, sharesWay } from './override-path.ts';
import { ENV_PLACEHOLDER } from './placeholders.ts';
import { isPlausibleName } from './quoted.ts';

export type Path = readonly PropertyKey[];

/** How V8 begins what the parser passes on. */
const STACK_OVERFLOW = 'Maximum call stack';
const MAX_SYNTAX_PROBLEMS = 20;
const SHOWN_PATH = /^[\w$.[\]-]{1,60}$/;

interface Override {
  path: string[];
  /** As the user gave it, for the place of a problem. */
  flag: string;
}

export class SourceDocument {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  private readonly shownAs: string;
  private readonly doc: Document;
  private readonly lines = new LineCounter();
  private readonly overrides: Override[] = [];
  /** What a scalar said before the environment's value went in. */
  private readonly written = new Map<Scalar, string>();
  private readonly unset = new Set<Node>();
  private hasLooseAlias = false;

  constructor(shownAs: string, text: string) {
    this.shownAs = shownAs;
    // The default schema is YAML 1.2's core: `no` is a text, and so is 4s. Keys that are no strings could not be named in a problem.
    this.doc = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, stringKeys: true });
    for (const error of this.syntaxErrors()) {
      this.problems.push(this.atOffset(error.pos[0], messageOf(error)));
    }
    for (const warning of this.doc.warnings) {
      this.warnings.push(this.atOffset(warning.pos[0], messageOf(warning)));
    }
  }

  /** False when the text is no YAML at all: then there is nothing to look at. A key given twice still leaves a document. */
  get isReadable(): boolean {
    return !this.hasLooseAlias && this.doc.errors.every((error) => error.code === 'DUPLICATE_KEY');
  }

  get isEmpty(): boolean {
    return this.doc.contents === null || (isScalar(this.doc.contents) && this.doc.contents.value === null);
  }

  /** `connect.timeout=5s`, `publish[0].qos=1`; the value is read as YAML. */
  override(assignment: string): void {
    const [, target = '', value = ''] = /^([^=]*)=(.*)$/s.exec(assignment) ?? [];
    // What is no path may be a secret.
    const flag = SHOWN_PATH.test(target) ? `--set ${target}` : '--set';
    const path = parsePath(target);
    if (path === undefined) {
      this.problems.push({
        file: flag,
        message: 'is not of the form path=value',
        hint: '--set connect.timeout=5s',
      });
      return;
    }
    const parsed = parseDocument(value, { prettyErrors: false, stringKeys: true });
    if (parsed.errors.length > 0) {
      this.problems.push({
        file: flag,
        message: `the value is not YAML: ${messageOf(parsed.errors[0]!)}`,
      });
      return;
    }
    // Positions in the value of a flag are none in the file.
    visit(parsed, {
      Node: (_key, node) => {
        node.range = undefined;
      },
    });
    this.overrides.push({ path, flag });
    try {
      put(this.doc, path, parsed.contents);
    } catch {
      this.problems.push({ file: flag, message: 'there is no such place in the scenario' });
    }
  }

  /** To be asked after the last override: one may have taken away the anchor that an alias names. */
  checkAliases(): void {
    visit(this.doc, {
      Alias: (_key, node) => {
        if (node.resolve(this.doc) !== undefined) return;
        this.hasLooseAlias = true;
        this.problems.push(
          this.atOffset(node.range?.[0], `there is no anchor${nameOfAlias(node)} before this alias`),
        );
      },
    });
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

  /** Plain values. A document that multiplies itself by aliases is a problem, and undefined. */
  toValue(): unknown {
    try {
      return this.doc.toJS({ maxAliasCount: 100 });
    } catch {
      let first: number | undefined;
      visit(this.doc, {
        Alias: (_key, node) => {
          first ??= node.range?.[0];
        },
      });
      this.problems.push(this.atOffset(first, 'the aliases of this document multiply beyond reason'));
      return undefined;
    }
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

  /** Of the value; of the nearest thing around it that exists where it does not. */
  placeOf(path: Path): Place {
    for (let length = path.length; length >= 0; length--) {
      const node = this.nodeAt(path.slice(0, length), false);
      if (node !== undefined) return this.placeAt(node.range?.[0], path.slice(0, length));
    }
    return { file: this.shownAs, line: 1, column: 1 };
  }

  /** Of a key in the map at `path`. */
  placeOfKey(path: Path, key: string): Place {
    const map = this.nodeAt(path);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    const start = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    return this.placeAt(start, [...path, key]);
  }

  /** One broken bracket may bring hundreds in its train; and a parser that ran out of stack has only that to say. */
  private syntaxErrors(): YAMLParseError[] {
    const tooDeep = this.doc.errors.find((error) => error.message.startsWith(STACK_OVERFLOW));
    return tooDeep === undefined ? this.doc.errors.slice(0, MAX_SYNTAX_PROBLEMS) : [tooDeep];
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
    return isAlias(node) ? node.resolve(this.doc) : node;
  }

  /** A node without a position was put there by the command line. */
  private placeAt(start: number | undefined, path: Path): Place {
    if (start !== undefined) return this.linePlace(start);
    const flag = this.overrides.findLast((override) => sharesWay(override.path, path))?.flag;
    return flag === undefined ? { file: this.shownAs, line: 1, column: 1 } : { file: flag };
  }

  private linePlace(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.shownAs, line: Math.max(1, line), column: Math.max(1, col) };
  }

  private atOffset(offset: number | undefined, message: string): Problem {
    return { ...(offset === undefined ? { file: this.shownAs } : this.linePlace(offset)), message };
  }
}

/** The parser's own words, without what they quote: a tag, a token or a header is any text that is where it should not be. */
function messageOf({ code, message }: YAMLError): string {
  if (message.startsWith(STACK_OVERFLOW)) return 'the scenario is nested too deeply';
  if (code === 'DUPLICATE_KEY') return 'this key is given twice';
  if (code === 'TAG_RESOLVE_FAILED') return 'this tag is not known; put a text that begins with ! in quotes';
  if (code === 'BAD_DIRECTIVE') return 'this directive is not known';
  if (code === 'BAD_DQ_ESCAPE') return 'Invalid escape sequence';
  return message.replace(/(?<=\w): .*$/s, '').split('\n', 1)[0]!;
}

function nameOfAlias({ source }: Alias): string {
  return isPlausibleName(source) ? ` &${source}` : '';
}

function shownVariable(name: string): string {
  return /^[A-Za-z_]\w{0,59}$/.test(name) ? `${name} ` : '';
}
