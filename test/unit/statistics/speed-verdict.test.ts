import { describe, expect, it } from 'vitest';
import { speedVerdictOf } from '../../../src/statistics/speed-verdict.ts';

function verdict(low: number, high: number, controlRatio?: number): string {
  return speedVerdictOf({ value: Math.sqrt(low * high), low, high }, controlRatio);
}

describe('a difference counts when its whole interval lies beyond 1 %', () => {
  it.each([
    [0.85, 0.88, 'faster'],
    [1.12, 1.2, 'slower'],
    [0.98, 1.03, 'no measurable difference'],
    // Sure, and of no consequence.
    [0.992, 0.996, 'no measurable difference'],
    [1.003, 1.009, 'no measurable difference'],
    // Perhaps large, and not sure.
    [0.7, 1.02, 'no measurable difference'],
    [0.97, 0.995, 'no measurable difference'],
    [0.97, 0.9895, 'faster'],
    [1.0105, 1.02, 'slower'],
    [0, Number.POSITIVE_INFINITY, 'no measurable difference'],
  ])('%d to %d: %s', (low, high, expected) => {
    expect(verdict(low, high)).toBe(expected);
  });
});

describe('and beyond what a thing differs from itself', () => {
  it.each([
    [0.95, 0.97, 1.04, 'no measurable difference'],
    [0.95, 0.97, 0.96, 'no measurable difference'],
    [0.95, 0.97, 1.02, 'faster'],
    [1.05, 1.07, 0.96, 'slower'],
    // A control closer than 1 % does not make the rule stricter or laxer.
    [0.97, 0.9895, 1.001, 'faster'],
    [0.992, 0.996, 1, 'no measurable difference'],
  ])('%d to %d with a control of %d: %s', (low, high, control, expected) => {
    expect(verdict(low, high, control)).toBe(expected);
  });
});

it('calls a and b the other way round when they are swapped', () => {
  const opposite = { faster: 'slower', slower: 'faster' } as Record<string, string>;
  for (const [low, high] of [
    [0.5, 0.7],
    [0.98, 0.99],
    [0.9, 1.1],
    [1.2, 1.3],
  ] as const) {
    const said = verdict(low, high, 1.02);
    expect(verdict(1 / high, 1 / low, 1.02)).toBe(opposite[said] ?? said);
  }
});
