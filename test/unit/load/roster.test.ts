import { expect, it } from 'vitest';
import { Roster } from '../../../src/load/roster.ts';

const REST_US = 12e6;
const whole = { index: 0, of: 1 };

it('takes devices in the order of the list, at the pace of the whole fleet', () => {
  const roster = new Roster({ index: 1, of: 3 }, 10, REST_US);
  expect(roster.nextTurn(2, 10, 0)).toEqual({ rows: [1, 4], afterUs: [100_000, 400_000], waitUs: 0 });
  expect(roster.nextTurn(99, 10, 0).rows).toEqual([1, 4, 7]);
  expect(roster.nextTurn(0, 10, 0)).toEqual({ rows: [], afterUs: [], waitUs: 0 });
  expect(roster.nextTurn(-5, 10, 0).rows).toEqual([]);
});

it('does not take who is connected, and takes last who has tried last', () => {
  const roster = new Roster(whole, 4, REST_US);
  for (const row of [0, 1, 2]) roster.started(row, row * 1e6);
  expect(roster.nextTurn(9, 1000, 3e6).rows).toEqual([3]);
  roster.ended(2);
  roster.ended(0);
  expect(roster.nextTurn(9, 1000, 3e6).rows).toEqual([3, 0, 2]);
});

it('waits until each device has rested by the time it is due', () => {
  const roster = new Roster(whole, 2, REST_US);
  roster.started(0, 0);
  roster.started(1, 5e6);
  roster.ended(0);
  roster.ended(1);
  // The second is due half a second after the first, and may start at 17 s.
  expect(roster.nextTurn(2, 2, 6e6).waitUs).toBe(17e6 - 0.5e6 - 6e6);
  expect(roster.nextTurn(1, 2, 6e6).waitUs).toBe(6e6);
  expect(roster.nextTurn(2, 2, 40e6).waitUs).toBe(0);
});
