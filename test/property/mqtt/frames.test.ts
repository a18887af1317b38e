/** However a stream is cut, the packets in it are the same; mqtt-packet, which makes them, is the oracle. */
import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { expect, it } from 'vitest';
import {
  type FrameReader,
  MAX_PACKET_BYTES,
  type Rest,
  readFrames,
  varint,
  varintBytes,
} from '../../../src/mqtt/frames.ts';
import { cases } from '../../support/cases.ts';

/** Copies what it is shown, since the bytes are read over. */
class Collector implements FrameReader {
  readonly mostBytes: number = MAX_PACKET_BYTES;
  readonly frames: string[] = [];
  isMalformed = false;

  frame(first: number, bytes: Buffer, from: number, to: number): boolean {
    this.frames.push(`${first} ${bytes.toString('hex', from, to)}`);
    return true;
  }

  malformed(): void {
    this.isMalformed = true;
  }
}

/** As a socket does it: every chunk lies in the same buffer. */
function readInChunks(stream: Buffer, cuts: number[]): Collector {
  const collector = new Collector();
  const shared = Buffer.alloc(stream.length);
  let rest: Rest;
  const places = [...new Set([0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length])].sort(
    (a, b) => a - b,
  );
  for (let n = 1; n < places.length; n++) {
    shared.fill(0xff);
    const length = stream.copy(shared, 0, places[n - 1], places[n]);
    rest = readFrames(collector, rest, shared.subarray(0, length));
  }
  expect(rest).toBeUndefined();
  return collector;
}

const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({ cmd: fc.constant('puback' as const), messageId: fc.integer({ min: 1, max: 65_535 }) }),
  fc.record({ cmd: fc.constant('pingresp' as const) }),
  fc
    .record({
      topic: fc.stringMatching(/^[a-z/]{1,200}$/),
      payload: fc.uint8Array({ maxLength: 20_000 }),
      qos: fc.constantFrom(0 as const, 1 as const),
    })
    .map(({ payload, ...rest }) => ({
      cmd: 'publish' as const,
      dup: false,
      retain: false,
      messageId: 7,
      payload: Buffer.from(payload),
      ...rest,
    })),
);

it('cuts as the packets were made', () => {
  fc.assert(
    fc.property(
      fc.array(packet, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(), { maxLength: 30 }),
      (packets, cuts) => {
        const made = packets.map((each) => generate(each));
        const { frames, isMalformed } = readInChunks(Buffer.concat(made), cuts);
        expect(isMalformed).toBe(false);
        // Behind the first byte and the length, whose bytes but the last have their top bit set.
        const bodies = made.map((bytes) => {
          const from = bytes.findIndex((byte, at) => at > 0 && byte < 0x80) + 1;
          return `${bytes[0]} ${bytes.toString('hex', from)}`;
        });
        expect(frames).toEqual(bodies);
      },
    ),
    cases(),
  );
});

it('reads variable byte integers as they are written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 268_435_455 }), (value) => {
      const digits: number[] = [];
      for (let left = value; digits.length === 0 || left > 0; left = Math.floor(left / 128)) {
        digits.push((left % 128) + (left >= 128 ? 128 : 0));
      }
      const bytes = Buffer.from(digits);
      expect(varint(bytes, 0, bytes.length)).toBe(value);
      expect(varintBytes(value)).toBe(bytes.length);
      expect(varint(bytes, 0, bytes.length - 1)).toBe(-1);
    }),
    cases(),
  );
});

it.each([
  ['a reserved type', [0x00, 0]],
  ['flags that are not the type’s', [0x41, 2, 0, 1]],
  ['a length of five bytes', [0x30, 0x80, 0x80, 0x80, 0x80, 1]],
  ['a length with a byte too many', [0x30, 0x81, 0x00, 0]],
  ['a length of 256 MB', [0x30, 0xff, 0xff, 0xff, 0x7f]],
])('finds %s malformed, and what stands before it good', (_what, bytes) => {
  const collector = new Collector();
  const good = [0xd0, 0];
  expect(readFrames(collector, undefined, Buffer.from([...good, ...bytes]))).toBeUndefined();
  expect(collector.frames).toEqual(['208 ']);
  expect(collector.isMalformed).toBe(true);
});
