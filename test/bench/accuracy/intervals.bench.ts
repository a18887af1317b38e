/** Do intervals hold the truth as often as they say? */
import { expect, it } from 'vitest';
import { falselyFound } from '../../property/compare/simulated-runs.ts';
import { shareHeld } from '../../property/statistics/disturbed-series.ts';
import { print } from './measure.ts';

it.each([
  { seconds: 10, valuesPerSec: 20, correlation: 0 },
  { seconds: 20, valuesPerSec: 20, correlation: 0.3 },
  { seconds: 40, valuesPerSec: 20, correlation: 0.3 },
])(
  'of two like runs, none of sixteen figures is found different but in 1 of 20 comparisons: %j',
  (simulation) => {
    const found = falselyFound(simulation, 200);
    print('comparisons of 200 that found a difference', { found });
    expect(found).toBeLessThanOrEqual(10);
  },
);

it('the midmeans of three disturbed series are in their intervals at once about as often as these say', () => {
  const share = shareHeld(200);
  print('experiments in which all three held', { share });
  expect(share).toBeGreaterThan(0.9);
  // An interval that always holds is too wide to say anything.
  expect(share).toBeLessThan(1);
});
