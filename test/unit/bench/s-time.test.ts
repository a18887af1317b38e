import { expect, it } from 'vitest';
import { connectionsIn } from '../../bench/cost/tools/s-time.ts';

const END =
  '\n\n1104 connections in 0.32s; 3450.00 connections/user sec, bytes read 20976\n1104 connections in 2 real seconds';

it('reads how many connections s_time made, and that they were of the kind asked for', () => {
  expect(connectionsIn(`starting\nrrrrrr${END}`, 'resumed')).toBe(1104);
  expect(connectionsIn(`Collecting connection statistics for 1 seconds\n******${END}`, 'full')).toBe(1104);
});

it('takes no full handshake for a resumed one, as s_time does without a word, nor one of TLS 1.2 for one of 1.3', () => {
  expect(connectionsIn(`starting\n******${END}`, 'resumed')).toBeUndefined();
  expect(connectionsIn(`starting\nrrr*rr${END}`, 'resumed')).toBeUndefined();
  expect(connectionsIn(`tttttt${END}`, 'full')).toBeUndefined();
  expect(connectionsIn('connect:errno=111\n', 'full')).toBeUndefined();
});
