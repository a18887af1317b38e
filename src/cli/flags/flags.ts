/** The flags of a command, told once: what each takes is a zod field as that of a scenario key; help, types and problems follow from it. */
import type * as z from 'zod';
import type { Complain } from '../../input/fields.ts';

/** Fields by the names of their flags in camel case. What a field says of itself (`.meta`) stands outermost. */
export type Fields = Record<string, z.ZodType>;

declare module 'zod' {
  /** What a flag says of itself, beside its description. */
  interface GlobalMeta {
    /** The one letter that stands for the flag. */
    alias?: string;
    /** The heading in the help; `Options:` without one. */
    group?: string;
    /** What is taken where nothing is given, in words; without them the field's own default is shown. */
    shownDefault?: string;
    /** Whether the flag means something without a value too: it is '' then. */
    mayStandAlone?: true;
    /** What is said where a positional is missing. */
    missing?: string;
  }
}

/** The values of flags, in the units of the inside. */
export type Values<Shape extends Fields> = { [Name in keyof Shape]: z.output<Shape[Name]> };

/** Something that the named flags must be together. It is asked only where each of them is sound. */
export interface Rule {
  names: readonly string[];
  check(values: object, complain: Complain, env: NodeJS.ProcessEnv): void;
}

export class Flags<Shape extends Fields = Fields> {
  readonly fields: Shape;
  readonly rules: readonly Rule[];

  constructor(fields: Shape, rules: readonly Rule[]) {
    this.fields = fields;
    this.rules = rules;
  }

  /** The same with a rule more. A complaint's path lists the flags that it is about; without one it is a sentence of its own. */
  rule<Name extends keyof Shape & string>(
    names: readonly Name[],
    check: (values: Pick<Values<Shape>, Name>, complain: Complain, env: NodeJS.ProcessEnv) => void,
  ): Flags<Shape> {
    return new Flags(this.fields, [...this.rules, { names, check }]);
  }
}

export function flags<Shape extends Fields>(fields: Shape, rules: readonly Rule[] = []): Flags<Shape> {
  return new Flags(fields, rules);
}
