import { expect, it } from 'vitest';
import { nextPacketId } from '../../../src/mqtt/packet-id.ts';

/** MQTT 3.1.1, 2.3.1: two bytes, and 0 is none. */
it('gives every id from 1 to 65535 once, and then 1 again', () => {
  const ids: number[] = [];
  for (let id = nextPacketId(0); ids.length < 65_535; id = nextPacketId(id)) ids.push(id);
  expect(ids).toEqual(Array.from({ length: 65_535 }, (_, at) => at + 1));
  expect(nextPacketId(ids.at(-1)!)).toBe(1);
});
