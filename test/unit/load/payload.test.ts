import { describe, expect, it } from 'vitest';
import { compilePayload } from '../../../src/load/payload.ts';
import { seededRandom } from '../../../src/load/random.ts';
import { compileTemplate } from '../../../src/load/template.ts';
import { TEMPLATE_PLACEHOLDERS } from '../../../src/scenario/placeholders.ts';

const CONTEXT = { productKey: 'pk', deviceName: 'd7', clientId: 'pk.d7', device: 7, seq: 3 };

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

describe('payload', () => {
  it('a template knows the device, the message, the time and the random stream', () => {
    const template = '${productKey} ${deviceName} ${clientId} ${device} ${seq} ${timestamp} ${random}';
    const render = compilePayload(
      { kind: 'template', template },
      () => 0.25,
      () => 1_700_000_000_000,
    );
    expect(render(CONTEXT)).toBe('pk d7 pk.d7 7 3 1700000000000 0.25');
  });

  it('every placeholder a scenario may use is known', () => {
    for (const name of TEMPLATE_PLACEHOLDERS) {
      const render = compilePayload({ kind: 'template', template: `\${${name}}` }, Math.random, Date.now);
      expect(String(render(CONTEXT))).not.toBe('');
    }
  });

  it('the same seed sends the same messages', () => {
    const spec = { kind: 'template', template: '${random}' } as const;
    const [a, b] = [
      compilePayload(spec, seededRandom(9), () => 0),
      compilePayload(spec, seededRandom(9), () => 0),
    ];
    for (let i = 0; i < 10; i++) expect(a(CONTEXT)).toBe(b(CONTEXT));
  });

  it.each([0, 1, 256])('a size of %d bytes is that many', (bytes) => {
    expect(compilePayload({ kind: 'size', bytes }, Math.random, Date.now)(CONTEXT)).toHaveLength(bytes);
  });
});
