import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  HEADER_BYTES,
  readHeader,
  writeHeader,
} from '../../../../../../src/load/behaviour/telemetry/delivery/message-header.ts';
import { cases } from '../../../../../support/cases.ts';

const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const header = fc.record({
  run: u32,
  device: u32,
  plan: u32,
  seq: u32,
  before: fc.integer({ min: 0, max: 2 ** 23 - 1 }),
  isRegular: fc.boolean(),
  intendedUs: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
});

function payloadOf(written: Parameters<typeof writeHeader>[1], bytes = HEADER_BYTES): Buffer {
  const payload = Buffer.alloc(bytes, 'x');
  writeHeader(payload, written);
  return payload;
}

const ONE = { run: 7, device: 1, plan: 0, seq: 5, before: 4, isRegular: true, intendedUs: 1_234_567 };

it('is read as it was written', () => {
  fc.assert(
    fc.property(header, fc.nat({ max: 100 }), (written, filler) => {
      expect(readHeader(payloadOf(written, HEADER_BYTES + filler), written.run)).toEqual(written);
    }),
    cases(),
  );
});

it('another run, another format and foreign payloads are not this run’s messages', () => {
  const payload = payloadOf(ONE);
  expect(readHeader(payload, 8)).toBeUndefined();
  for (const at of [0, 3, 20]) {
    const spoilt = Buffer.from(payload);
    spoilt[at]! ^= 1;
    expect(readHeader(spoilt, 7), `byte ${at}`).toBeUndefined();
  }
  expect(readHeader(payload.subarray(0, HEADER_BYTES - 1), 7)).toBeUndefined();
  expect(readHeader(Buffer.alloc(0), 7)).toBeUndefined();
  expect(readHeader(Buffer.from(`{"id":"1"}${' '.repeat(40)}`), 7)).toBeUndefined();
});

it('what came before on the connection is counted as far as there is room for it', () => {
  expect(readHeader(payloadOf({ ...ONE, before: 2 ** 31, isRegular: false }), 7)).toEqual({
    ...ONE,
    before: 2 ** 23 - 1,
    isRegular: false,
  });
});
