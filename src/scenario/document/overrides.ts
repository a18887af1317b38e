/** What the command line puts into a scenario, value by value. */
import { type Document, visit } from 'yaml';
import type { Problem } from '../../model/errors.ts';
import { obstacle, parsePath, put, sharesWay } from './override-path.ts';
import { readYaml } from './yaml-text.ts';

const SHOWN_PATH = /^[\w$.[\]-]{1,60}$/;

interface Override {
  path: string[];
  /** What the user wrote, but for the value: the place of a problem. */
  flag: string;
}

export class Overrides {
  private readonly made: Override[] = [];

  /** Puts in `connect.timeout=5s` or `publish[0].qos=1`, the value read as YAML; returns what is wrong with it. */
  put(doc: Document, assignment: string): Problem | undefined {
    const [, target = '', text = ''] = /^([^=]*)=(.*)$/s.exec(assignment) ?? [];
    // What is no path may be a secret.
    const flag = SHOWN_PATH.test(target) ? `--set ${target}` : '--set';
    const path = parsePath(target);
    if (path === undefined) {
      return { file: flag, message: 'is not of the form path=value', hint: '--set connect.timeout=5s' };
    }
    const { doc: value, flaws } = readYaml(text);
    const [flaw] = flaws;
    if (flaw !== undefined) {
      const { offset: _, message, ...hint } = flaw;
      return { file: flag, message: `the value is not YAML: ${message}`, ...hint };
    }
    // Positions in the value of a flag are none in the file.
    visit(value, {
      Node: (_key, node) => {
        node.range = undefined;
      },
    });
    this.made.push({ path, flag });
    try {
      put(doc, path, value.contents);
      return undefined;
    } catch {
      const hint = obstacle(doc, path);
      const message = 'there is no such place in the scenario';
      return { file: flag, message, ...(hint === undefined ? {} : { hint }) };
    }
  }

  /** The flag that last put a value there, around it or within it. */
  flagAt(path: readonly PropertyKey[]): string | undefined {
    return this.made.findLast((override) => sharesWay(override.path, path))?.flag;
  }
}
