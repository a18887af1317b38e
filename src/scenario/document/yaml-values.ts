/** What the nodes of a document mean: plain values, with each alias in its place. In linear time, unlike the library's own. */
import { type Alias, type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, visit } from 'yaml';

/** Most values of a document: as many as a whole scenario could hold without aliases. */
const MAX_VALUES = 250_000;

export class Aliases {
  private readonly targets = new Map<Alias, Node>();
  /** Aliases with no anchor before them. */
  readonly loose: Alias[] = [];

  /** Takes the document as it is now. */
  constructor(doc: Document) {
    const anchors = new Map<string, Node>();
    visit(doc, {
      Node: (_key, node) => {
        if (!isAlias(node)) {
          // The last of a name before an alias is the one that is meant.
          if (typeof node.anchor === 'string') anchors.set(node.anchor, node);
          return;
        }
        const target = anchors.get(node.source);
        if (target === undefined) this.loose.push(node);
        else this.targets.set(node, target);
      },
    });
  }

  /** The node itself where it is no alias; undefined for a loose one. */
  resolved(node: unknown): Node | undefined {
    if (isAlias(node)) return this.targets.get(node);
    return node as Node | undefined;
  }
}

/** Why there are no plain values, and the alias at which that shows. */
export interface Tangle {
  alias: Alias;
  why: 'circular' | 'too many';
}

/** A node that several aliases name becomes one value that stands in several places. */
export function plainValues(doc: Document, aliases: Aliases): { value: unknown } | { tangle: Tangle } {
  const values = new PlainValues(aliases);
  const { value, count } = values.of(doc.contents);
  if (values.tangle !== undefined) return { tangle: values.tangle };
  // What is validated is a tree again: a few aliases of aliases make it of any size.
  if (count > MAX_VALUES && values.first !== undefined)
    return { tangle: { alias: values.first, why: 'too many' } };
  return { value };
}

/** `count` is of the tree that it would be without aliases. */
interface CountedNodes {
  value: unknown;
  count: number;
}

class PlainValues {
  tangle: Tangle | undefined;
  first: Alias | undefined;
  private readonly aliases: Aliases;
  private readonly done = new Map<unknown, CountedNodes>();
  private readonly begun = new Set<unknown>();

  constructor(aliases: Aliases) {
    this.aliases = aliases;
  }

  of(node: unknown): CountedNodes {
    if (isAlias(node)) return this.ofAlias(node);
    const known = this.done.get(node);
    if (known !== undefined) return known;
    this.begun.add(node);
    const counted = isMap(node) ? this.ofMap(node.items) : isSeq(node) ? this.ofList(node.items) : leaf(node);
    this.begun.delete(node);
    if (typeof node === 'object' && node !== null) this.done.set(node, counted);
    return counted;
  }

  private ofAlias(alias: Alias): CountedNodes {
    const target = this.aliases.resolved(alias);
    if (this.begun.has(target)) {
      this.tangle ??= { alias, why: 'circular' };
      return leaf(null);
    }
    this.first ??= alias;
    return this.of(target);
  }

  private ofList(items: readonly unknown[]): CountedNodes {
    const parts = items.map((item) => this.of(item));
    return { value: parts.map(({ value }) => value), count: total(parts) };
  }

  private ofMap(items: readonly unknown[]): CountedNodes {
    const map: Record<string, unknown> = {};
    const parts: CountedNodes[] = [];
    for (const item of items) {
      if (!isPair(item)) continue;
      const key = String(isScalar(item.key) ? item.key.value : item.key);
      const part = this.of(item.value);
      parts.push(part);
      // An assignment to __proto__ would not make a key.
      Object.defineProperty(map, key, {
        value: part.value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return { value: map, count: total(parts) };
  }
}

function leaf(node: unknown): CountedNodes {
  return { value: isScalar(node) ? node.value : (node ?? null), count: 1 };
}

function total(parts: readonly CountedNodes[]): number {
  return parts.reduce((sum, { count }) => sum + count, 1);
}
