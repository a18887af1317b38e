import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonLine, parseJsonLine } from '../../../../src/report/journal/json-line.ts';
import { cases } from '../../../support/cases.ts';

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array(),
  fc.uint32Array(),
  // A piece out of the middle of another: its bytes alone count.
  fc.uint8Array({ minLength: 3 }).map((bytes) => bytes.subarray(1, -1)),
);

it('gives back what was written, typed arrays with their kind', () => {
  const value = fc.dictionary(fc.string(), fc.oneof(leaf, fc.array(leaf), fc.dictionary(fc.string(), leaf)));
  fc.assert(
    fc.property(value, (written) => {
      const line = jsonLine(written);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(parseJsonLine(line)).toEqual({ ...written });
    }),
    cases(),
  );
});

it('leaves alone what only looks like a typed array', () => {
  for (const text of [
    '{"Uint32Array":"AAA="}',
    '{"Uint8Array":3}',
    '{"Uint8Array":"","more":1}',
    '{"toString":""}',
  ])
    expect(JSON.stringify(parseJsonLine(text))).toBe(text);
});
