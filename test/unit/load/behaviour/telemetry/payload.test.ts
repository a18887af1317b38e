import { describe, expect, it } from 'vitest';
import {
  HEADER_BYTES,
  readHeader,
} from '../../../../../src/load/behaviour/telemetry/delivery/message-header.ts';
import {
  compilePayload,
  type MessageContext,
  type PayloadSources,
} from '../../../../../src/load/behaviour/telemetry/payload.ts';
import { compileTemplate } from '../../../../../src/load/behaviour/template.ts';
import { TEMPLATE_PLACEHOLDERS } from '../../../../../src/model/placeholders.ts';
import type { SizeDistribution } from '../../../../../src/model/scenario.ts';
import { seededRandom } from '../../../../../src/statistics/random.ts';

const CONTEXT: MessageContext = {
  identity: { productKey: 'pk', deviceName: 'd7', clientId: 'pk.d7' },
  device: 7,
  id: 3,
  seq: 2,
  before: 1,
  isRegular: true,
  intendedUs: 12_345_678,
};

function sourcesOf(part: Partial<PayloadSources> = {}): PayloadSources {
  return { random: seededRandom(1), epochMs: () => 1_700_000_000_000, run: 9, plan: 1, ...part };
}

function sizes(sizes: SizeDistribution, random = seededRandom(1)): () => Buffer {
  const render = compilePayload({ kind: 'size', sizes }, sourcesOf({ random }));
  return () => render(CONTEXT) as Buffer;
}

function countsOf(next: () => Buffer, draws: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < draws; i++) {
    const { length } = next();
    counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  return counts;
}

describe('template', () => {
  it('fills each placeholder wherever and as often as it stands', () => {
    const render = compileTemplate<{ a: string }>('${x}${x}/-${y}-', { x: ({ a }) => a, y: () => 'why' });
    expect(render({ a: '1' })).toBe('11/-why-');
    expect(render({ a: '2' })).toBe('22/-why-');
  });

  it('leaves alone what is no placeholder, and does not fill what it filled in', () => {
    expect(compileTemplate('plain $ {x} $x', {})({})).toBe('plain $ {x} $x');
    expect(compileTemplate('', {})({})).toBe('');
    expect(compileTemplate('${x}', { x: () => '${x} $& $1' })({})).toBe('${x} $& $1');
  });
});

describe('payload from a template', () => {
  it('knows the device, the message, the time and the random stream', () => {
    const template = '${productKey} ${deviceName} ${clientId} ${device} ${seq} ${timestamp} ${random}';
    const render = compilePayload({ kind: 'template', template }, sourcesOf({ random: () => 0.25 }));
    expect(render(CONTEXT)).toBe('pk d7 pk.d7 7 3 1700000000000 0.25');
  });

  it('may use every placeholder that a scenario may', () => {
    for (const name of TEMPLATE_PLACEHOLDERS) {
      const render = compilePayload({ kind: 'template', template: `\${${name}}` }, sourcesOf());
      expect(String(render(CONTEXT))).not.toBe('');
    }
  });

  it('is the same for the same seed', () => {
    const spec = { kind: 'template', template: '${random}' } as const;
    const [a, b] = [0, 1].map(() => compilePayload(spec, sourcesOf({ random: seededRandom(9) })));
    for (let i = 0; i < 10; i++) expect(a!(CONTEXT)).toBe(b!(CONTEXT));
  });
});

describe('payload of a size', () => {
  it.each([HEADER_BYTES, HEADER_BYTES + 1, 256, 256 * 1024])(
    '%d bytes are that many, header included',
    (bytes) => {
      const payload = sizes({ kind: 'fixed', bytes })();
      expect(payload).toHaveLength(bytes);
      expect(readHeader(payload, 9)).toEqual({
        run: 9,
        device: 7,
        plan: 1,
        seq: 2,
        before: 1,
        isRegular: true,
        intendedUs: 12_345_678,
      });
      expect(payload.subarray(HEADER_BYTES).toString()).toBe('x'.repeat(bytes - HEADER_BYTES));
    },
  );

  it('uniform: both bounds and all between, about equally often', () => {
    const counts = countsOf(sizes({ kind: 'uniform', minBytes: 40, maxBytes: 49 }), 10_000);
    expect([...counts.keys()].sort()).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('uniform: the ends of the random stream are the bounds', () => {
    const spec = { kind: 'uniform', minBytes: 40, maxBytes: 300 } as const;
    expect(sizes(spec, () => 0)()).toHaveLength(40);
    expect(sizes(spec, () => 1 - 2 ** -32)()).toHaveLength(300);
    expect(sizes({ ...spec, maxBytes: 40 }, () => 1 - 2 ** -32)()).toHaveLength(40);
  });

  it('weighted: each as often as its weight says, one of weight 0 never', () => {
    const parts = [
      { bytes: 64, weight: 6 },
      { bytes: 128, weight: 0 },
      { bytes: 1024, weight: 3 },
      { bytes: 4096, weight: 1 },
    ];
    const counts = countsOf(sizes({ kind: 'weighted', parts }), 10_000);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([64, 1024, 4096]);
    for (const { bytes, weight } of parts) {
      expect(Math.abs((counts.get(bytes) ?? 0) - weight * 1000)).toBeLessThan(200);
    }
    expect(sizes({ kind: 'weighted', parts }, () => 0)()).toHaveLength(64);
    expect(sizes({ kind: 'weighted', parts: parts.slice(1) }, () => 0)()).toHaveLength(1024);
    expect(sizes({ kind: 'weighted', parts }, () => 1 - 2 ** -32)()).toHaveLength(4096);
  });
});
