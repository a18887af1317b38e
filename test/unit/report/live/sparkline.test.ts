import { expect, it } from 'vitest';
import { sparkline } from '../../../../src/report/live/sparkline.ts';

it('draws 0 as the lowest bar and the highest as a full one', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 7)).toBe('▁▂▃▄▅▆▇█');
});

it('leaves a gap where there is no value', () => {
  expect(sparkline([7, undefined, 7], 7)).toBe('█ █');
});

it('stays within its bars whatever it is given', () => {
  expect(sparkline([100, -3], 7)).toBe('█▁');
  expect(sparkline([0, 0], 0)).toBe('▁▁');
  expect(sparkline([], 7)).toBe('');
});
