/** What is known of each flag of a command from its field: for the parser, the help and the documentation. */
import type { Options } from 'yargs';
import * as z from 'zod';
import type { Fields } from './flags.ts';

export interface FlagFacts {
  /** The name in camel case, as in the values. */
  key: string;
  /** The name as it is typed, without its dashes: `allow-invalid`. */
  name: string;
  /** The one letter that stands for it. */
  alias?: string;
  /** A choice is one of `choices`, an array is given once for each of its values. */
  kind: 'string' | 'number' | 'boolean' | 'array' | 'choice';
  choices: readonly string[];
  /** What is taken where nothing is given, as the help shows it; undefined where that is nothing, or stands in the description. */
  default?: string;
  isRequired: boolean;
  isPositional: boolean;
  group?: string;
  description: string;
  mayStandAlone: boolean;
  /** What is said where it is a positional and missing. */
  missing?: string;
}

/** The facts of all flags in the order of the help. Positionals are those that the command's usage names: `run <scenario>`. */
export function factsOf(fields: Fields, usage = ''): FlagFacts[] {
  const { properties = {}, required = [] } = z.toJSONSchema(z.object(fields), { io: 'input' });
  const positionals = [...usage.matchAll(/[<[](\w+)/g)].map(([, name]) => name);
  return Object.entries(properties).map(([key, schema]): FlagFacts => {
    if (typeof schema === 'boolean') throw new Error(`the field of --${dashed(key)} takes anything`);
    const { description = '', shownDefault, ...meta } = fields[key]!.meta() ?? {};
    const shown = shownDefault ?? (schema.default === undefined ? undefined : JSON.stringify(schema.default));
    return {
      key,
      name: dashed(key),
      kind: kindOf(schema),
      choices: schema.enum?.map(String) ?? [],
      ...(shown === undefined ? {} : { default: shown }),
      isRequired: required.includes(key),
      isPositional: positionals.includes(key),
      description,
      mayStandAlone: false,
      ...meta,
    };
  });
}

function kindOf({ type, enum: values }: z.core.JSONSchema.JSONSchema): FlagFacts['kind'] {
  if (values !== undefined) return 'choice';
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'boolean' || type === 'array' ? type : 'string';
}

/** The flag as yargs takes it, which draws the help too. */
export function optionOf({ kind, choices, ...facts }: FlagFacts): Options {
  return {
    ...(kind === 'choice' ? { choices } : { type: kind === 'array' ? 'string' : kind }),
    ...(kind === 'array' ? { array: true } : {}),
    ...(facts.alias === undefined ? {} : { alias: facts.alias }),
    ...(facts.group === undefined ? {} : { group: facts.group }),
    ...(facts.default === undefined ? {} : { defaultDescription: facts.default }),
    demandOption: facts.isRequired,
    describe: facts.description,
  };
}

export function dashed(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
