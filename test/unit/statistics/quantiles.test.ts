import { expect, it } from 'vitest';
import { normalQuantile, studentQuantile } from '../../../src/statistics/quantiles.ts';

// R: qnorm and qt with lower.tail = FALSE.
it.each([
  [0.5, 0],
  [0.1, 1.281552],
  [0.025, 1.959964],
  [0.001, 3.090232],
  [1e-5, 4.264891],
])('the normal distribution exceeds with probability %d the value %d', (tail, value) => {
  expect(Math.abs(normalQuantile(tail) - value)).toBeLessThan(0.0005);
});

it.each([
  [0.025, 1, 12.7062, 1e-3],
  [0.025, 2, 4.30265, 1e-3],
  [0.025, 4, 2.776445, 1e-3],
  [0.025, 20, 2.085963, 1e-3],
  [0.025, 21, 2.079614, 1e-3],
  [0.025, 100, 1.983972, 1e-3],
  [0.001, 4, 7.173182, 0.05],
  [0.001, 10, 4.1437, 0.002],
  [0.0005, 30, 3.645959, 1e-3],
])(
  'Student’s exceeds with probability %d of %d degrees of freedom the value %d',
  (tail, freedom, value, share) => {
    expect(Math.abs(studentQuantile(tail, freedom) / value - 1)).toBeLessThan(share);
  },
);
