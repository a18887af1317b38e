/** Numbers and truth values that come from the environment, which has texts only. */
import type * as z from 'zod';
import type { SourceDocument } from './source-document.ts';

/** Reads texts as numbers or truth values, in place, where an issue says that one is wanted. True if any was read. */
export function useEnvironmentNumbers(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  source: SourceDocument,
): boolean {
  let used = false;
  for (const issue of issues) {
    if (issue.code === 'invalid_union') {
      for (const branch of issue.errors) {
        const inside = branch.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
        used = useEnvironmentNumbers(inside, value, source) || used;
      }
    }
    if (!source.isFromEnvironment(issue.path)) continue;
    const parent = issue.path.slice(0, -1).reduce<unknown>((inside, part) => (inside as never)[part], value);
    const key = issue.path.at(-1) as never;
    const read = readAs(issue, String((parent as never)[key]));
    if (read === undefined) continue;
    (parent as Record<PropertyKey, unknown>)[key] = read;
    used = true;
  }
  return used;
}

function readAs(issue: z.core.$ZodIssue, text: string): number | boolean | undefined {
  const isNumber = /^-?\d+(?:\.\d+)?$/.test(text);
  if (issue.code === 'invalid_value')
    return isNumber && issue.values.includes(Number(text)) ? Number(text) : undefined;
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.expected === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return (issue.expected === 'number' || issue.expected === 'int') && isNumber ? Number(text) : undefined;
}
