import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textOf } from '../../../src/input/given-file.ts';
import { FleetError } from '../../../src/model/errors.ts';
import { parseScenario } from '../../../src/scenario/scenario-file.ts';
import { cases } from '../../support/cases.ts';

const SHIPPED = fileURLToPath(new URL('../../../scenarios/', import.meta.url));

/** 'read', or how many problems there are; anything thrown but a bad-input is passed on. */
async function outcomeOf(content: Buffer, overrides: string[] = []): Promise<'read' | number> {
  const read = textOf(content);
  if ('wrong' in read) return 1;
  try {
    await parseScenario(read.text, join(SHIPPED, 's.yaml'), { overrides, env: {} });
    return 'read';
  } catch (error) {
    if (!(error instanceof FleetError) || error.code !== 'bad-input') throw error;
    return error.problems.length;
  }
}

const shipped = readdirSync(SHIPPED).map((name) => readFileSync(join(SHIPPED, name)));
const piece = fc.oneof(
  fc
    .constantFrom(
      ...[
        '!!binary ',
        '!!set ',
        '!!timestamp ',
        '!!omap ',
        '!x ',
        '&a ',
        '*a',
        '<<: *a',
        '? ',
        '- ',
        ': ',
        '\n',
        '\n  ',
      ],
      ...[
        '"',
        "'",
        '[',
        '{',
        ']',
        '}',
        '|\n',
        '>\n',
        '#',
        '%YAML 1.1\n---\n',
        '---\n',
        '...\n',
        '\t',
        '\0',
        '\ufeff',
      ],
      ...[
        '.nan',
        '-.inf',
        '-0',
        '0x10',
        '1e400',
        '9007199254740993',
        '__proto__: ',
        'constructor: ',
        '${ENV:X}',
        '${',
        '~',
      ],
    )
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
);

/** Where as a share of the text, so that each mutation is one of any scenario. */
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.constantFrom(0, 0, 1, 5, 40),
  insert: piece,
});
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never;

function mutated(text: Buffer, mutations: Mutation[]): Buffer {
  return mutations.reduce((content, { at, cut, insert }) => {
    const from = Math.floor(at * content.length);
    return Buffer.concat([content.subarray(0, from), insert, content.subarray(from + cut)]);
  }, text);
}

it('a scenario that was sound is read or refused, whatever became of its bytes', async () => {
  const outcomes = { read: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...shipped),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      async (text, mutations) => {
        const outcome = await outcomeOf(mutated(text, mutations));
        outcomes[outcome === 'read' ? 'read' : 'refused']++;
        expect(outcome).not.toBe(0);
      },
    ),
    cases(4),
  );
  // Both ways are walked. About one in 34 is read: of 400 all but surely some.
  const all = outcomes.read + outcomes.refused;
  if (all >= 400) expect(outcomes.read).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThanOrEqual(Math.floor(0.2 * all));
});

it('and so is one with any YAML set on top', async () => {
  const sound = Buffer.from(
    'target: embedded\ndevices: { generate: { productKey: pk, count: 1 } }\nx: &a 1\n',
  );
  const path = fc.constantFrom(
    'name',
    'hold',
    'seed',
    'publish',
    'publish[0]',
    'connect.stages',
    'broker',
    '__proto__',
    'a.b.c',
  );
  const value = fc.array(piece, { maxLength: 4 }).map((pieces) => Buffer.concat(pieces).toString());
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(path, value), { minLength: 1, maxLength: 3 }), async (sets) => {
      expect(
        await outcomeOf(
          sound,
          sets.map(([where, what]) => `${where}=${what}`),
        ),
      ).not.toBe(0);
    }),
    // Anchors that the parser reads and cannot write.
    { ...cases(2), examples: ['&\0', '&\ufeff', '&a\u2028b'].map((value) => [[['name', value]]]) },
  );
});
