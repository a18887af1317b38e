/** The flags of `mqtt-fleet broker` that are settings of the stand-in: each knows what it takes, and what it means. */
import type { Options } from 'yargs';
import type * as z from 'zod';
import { defaultMessage } from '../../input/zod-message.ts';
import type { Problem } from '../../model/errors.ts';
import type { Flag, Setting } from '../../stand-in/setting.ts';

export function optionsOf(group: string, settings: readonly Setting<unknown>[]): Record<string, Options> {
  const flags = settings.flatMap((setting) => setting.flags);
  return Object.fromEntries(flags.map(({ name, type, describe }) => [name, { type, group, describe }]));
}

/** What was given, by the settings' keys and in their inside form; of use only without problems. */
export function settingsOf(
  settings: readonly Setting<unknown>[],
  given: object,
): { values: Record<string, unknown>; problems: Problem[] } {
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const { key, schema, flags, contradiction } of settings) {
    const ownProblems = problems.length;
    for (const flag of flags) {
      const typed = (given as Record<string, unknown>)[camelCase(flag.name)];
      if (typed === undefined) continue;
      const read = (flag.schema ?? schema).safeParse(typed, { error: defaultMessage });
      if (!read.success) problems.push(problemOf(flag, read.error.issues[0]!));
      else if (flag.part === undefined) values[key] = read.data;
      else values[key] = { ...(values[key] as object | undefined), [flag.part]: read.data };
    }
    const wrong = values[key] === undefined ? undefined : contradiction?.(values[key]);
    if (wrong !== undefined && problems.length === ownProblems) {
      problems.push({ file: flags.map(({ name }) => `--${name}`).join(', '), message: wrong });
    }
  }
  return { values, problems };
}

function problemOf({ name }: Flag, issue: z.core.$ZodIssue): Problem {
  const { message } = issue;
  const hint = issue.code === 'custom' ? (issue.params?.hint as string | undefined) : choicesOf(issue);
  return { file: `--${name}`, message, ...(hint === undefined ? {} : { hint }) };
}

function choicesOf(issue: z.core.$ZodIssue): string | undefined {
  return issue.code === 'invalid_value' ? `one of: ${issue.values.join(', ')}` : undefined;
}

/** As yargs names it. */
function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
