import { describe, expect, it } from 'vitest';
import { casesOf } from '../../support/cases.ts';

describe('the cases of a property', () => {
  it('are its weight of what the environment says, and at least one', () => {
    expect([casesOf(1, '1000'), casesOf(0.3, '1000'), casesOf(3, '1000')]).toEqual([1000, 300, 3000]);
    expect(casesOf(0.1, '1')).toBe(1);
    expect(casesOf(1, undefined)).toBe(100);
  });

  it.each(['', '0', '-1', '1.5', 'many'])('are not guessed from "%s"', (given) => {
    expect(() => casesOf(1, given)).toThrow('FC_RUNS is a whole number from 1');
  });
});
