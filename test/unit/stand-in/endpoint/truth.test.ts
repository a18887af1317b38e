import { expect, it } from 'vitest';
import { Truth } from '../../../../src/stand-in/endpoint/truth.ts';

it('keeps its statistics when it is closed, and takes nothing more', () => {
  const truth = new Truth();
  truth.record('puback', 20_000);
  truth.record('puback', 40_000);
  expect(truth.stats()).toMatchObject({
    connack: null,
    puback: { count: 2, min: 20_000, mean: 30_000, max: 40_000 },
    reply: null,
  });
  truth.close();
  truth.record('puback', 1);
  truth.close();
  expect(truth.stats().puback).toMatchObject({ count: 2, min: 20_000 });
});
