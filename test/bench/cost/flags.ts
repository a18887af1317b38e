/** The flags of `npm run bench --`. */
import { parseArgs } from 'node:util';

export const PARTS = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
export type Part = (typeof PARTS)[number];

export interface Flags {
  parts: Part[];
  /** Parts of names; empty means all. */
  rows: string[];
  /** At most. */
  rounds: number;
  help: boolean;
}

export const USAGE = `npm run bench -- [--only a,b,c,d,e,f] [--rows floor,wire,…] [--rounds 3] [--quick]

  --only    a: connect and hold, b: paced messages, c: as fast as it can, d: one thread against two, e: connect over TLS,
            f: log in over HTTPS
  --rows    those whose name contains one of these; the floor is always there
  --rounds  at most: after the first, what still fits into six minutes is measured again, costs first; medians are quoted [3]
  --quick   one round
  --help    this
`;

/** Throws a TypeError on what it does not know. */
export function readFlags(args: string[]): Flags {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: PARTS.join() },
      rows: { type: 'string', default: '' },
      rounds: { type: 'string', default: '3' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const parts = list(values.only);
  const unknown = parts.find((part) => !PARTS.includes(part as Part));
  if (unknown !== undefined) throw new TypeError(`there is no part ${unknown}`);
  const rounds = values.quick ? 1 : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError('--rounds takes a whole number from 1');
  return { parts: parts as Part[], rows: list(values.rows), rounds, help: values.help };
}

function list(text: string): string[] {
  return text.split(',').filter((item) => item !== '');
}
