/** Flags that stand for keys of a scenario. The schema of the keys reads them: what is sound there is sound here, and means the same. */
import * as z from 'zod';
import { text } from '../../input/fields.ts';
import { defaultMessage } from '../../input/zod-message.ts';

export interface KeyFlag {
  /** The way to the key from where the schema begins: `delay.connack`. */
  key: string;
  description: string;
  /** A text where nothing is said. */
  takes?: 'number';
  /** The value as a scenario writes it, of the flag's shorter form; undefined where it is of no such form. */
  write?(given: string): unknown;
  /** The shorter form, for the hint to whoever missed it. */
  forms?: string;
}

type KeyFlags = Readonly<Record<string, KeyFlag>>;

/** By the names of the flags in camel case; the value of each is what a scenario has at its key. */
export function keyFlags<Of extends KeyFlags>(keys: Of, group: string, schema: z.ZodType) {
  const fields = Object.entries(keys).map(([name, key]) => [
    name,
    fieldOf(key, schema).optional().meta({ group, description: key.description }),
  ]);
  return Object.fromEntries(fields) as Record<keyof Of, z.ZodOptional<z.ZodType<unknown>>>;
}

function fieldOf({ key, takes, write = (given) => given, forms }: KeyFlag, schema: z.ZodType) {
  const field: z.ZodType<string | number> = takes === 'number' ? z.number() : text();
  return field.transform((given, context): unknown => {
    const value = typeof given === 'string' ? write(given) : given;
    const { issues } = schema.safeParse(nested([[key, value]]), { error: defaultMessage }).error ?? {};
    if (forms === undefined) {
      for (const issue of issues ?? []) context.addIssue({ ...issue, path: [] });
    } else if (value === undefined || issues !== undefined) {
      context.addIssue({ code: 'custom', message: 'not of the form it takes', params: { hint: forms } });
    }
    return value;
  });
}

/** What was given of the flags as a scenario writes it; undefined where nothing was. */
export function asWritten<Of extends KeyFlags>(
  keys: Of,
  values: Readonly<Partial<Record<keyof Of & string, unknown>>>,
): object | undefined {
  const given = Object.entries(keys).map(([name, { key }]): [string, unknown] => [key, values[name]]);
  const some = given.filter(([, value]) => value !== undefined);
  return some.length === 0 ? undefined : nested(some);
}

/** `[['delay.connack', '20ms']]` as `{ delay: { connack: '20ms' } }`. */
function nested(entries: readonly (readonly [path: string, value: unknown])[]): object {
  const whole: Record<string, unknown> = {};
  for (const [path, value] of entries) {
    const names = path.split('.');
    const last = names.pop()!;
    let inside = whole;
    for (const name of names) inside = inside[name] = { ...(inside[name] as object) };
    inside[last] = value;
  }
  return whole;
}
