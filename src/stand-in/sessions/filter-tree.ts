/** Topic filters as a tree of their levels (MQTT 3.1.1, 4.7): of many filters only those are looked at that a topic has led to. */

interface Branch<Value> {
  readonly levels: Map<string, Branch<Value>>;
  /** Those of the filter that ends here. */
  readonly values: Set<Value>;
}

export class FilterTree<Value> {
  private readonly root = newBranch<Value>();

  get isEmpty(): boolean {
    return this.root.levels.size === 0;
  }

  add(filter: string, value: Value): void {
    let branch = this.root;
    for (const level of filter.split('/')) {
      const next = branch.levels.get(level) ?? newBranch<Value>();
      branch.levels.set(level, next);
      branch = next;
    }
    branch.values.add(value);
  }

  remove(filter: string, value: Value): void {
    const levels = filter.split('/');
    const path = [this.root];
    for (const level of levels) {
      const next = path.at(-1)!.levels.get(level);
      if (next === undefined) return;
      path.push(next);
    }
    path.at(-1)!.values.delete(value);
    // Branches that lead nowhere any more.
    for (let at = levels.length; at > 0 && isBare(path[at]!); at--)
      path[at - 1]!.levels.delete(levels[at - 1]!);
  }

  /** The values of all filters that match the topic, each once, into `found`. */
  find(topic: string, found: Set<Value>): void {
    let branches = [this.root];
    // A wildcard in the first place matches no topic that begins with `$` (4.7.2).
    let takesWildcards = !topic.startsWith('$');
    for (const level of topic.split('/')) {
      const next: Branch<Value>[] = [];
      for (const { levels } of branches) {
        const named = levels.get(level);
        if (named !== undefined) next.push(named);
        if (!takesWildcards) continue;
        const any = levels.get('+');
        if (any !== undefined) next.push(any);
        gather(levels.get('#'), found);
      }
      if (next.length === 0) return;
      branches = next;
      takesWildcards = true;
    }
    for (const branch of branches) {
      gather(branch, found);
      // `#` is the level above it as well.
      gather(branch.levels.get('#'), found);
    }
  }
}

function newBranch<Value>(): Branch<Value> {
  return { levels: new Map(), values: new Set() };
}

function isBare({ levels, values }: Branch<unknown>): boolean {
  return levels.size === 0 && values.size === 0;
}

function gather<Value>(branch: Branch<Value> | undefined, found: Set<Value>): void {
  if (branch !== undefined) for (const value of branch.values) found.add(value);
}
