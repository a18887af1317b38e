import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ShadowRequests } from '../../../../src/stand-in/answers/shadow-requests.ts';

const DEVICE = '/pk/dn';
const NOW_MS = 1_700_000_000_999;
const NOW_SEC = 1_700_000_000;
const LATER_MS = NOW_MS + 60_000;

let shadows: ShadowRequests;
beforeEach(() => {
  shadows = new ShadowRequests();
});

function ask(request: unknown, epochMs = NOW_MS) {
  const payload = typeof request === 'string' ? request : JSON.stringify(request);
  return JSON.parse(shadows.answer(DEVICE, payload, epochMs));
}

function update(state: object, version?: number, epochMs = NOW_MS) {
  return ask({ method: 'update', state, version }, epochMs);
}

function errorOf(request: unknown): string | undefined {
  return ask(request).payload.content?.errorcode;
}

describe('a shadow', () => {
  it('is updated, and tells the version that it has then', () => {
    expect(update({ reported: { color: 'red' } }, 1)).toEqual({
      method: 'reply',
      payload: { status: 'success', version: 1 },
      timestamp: NOW_SEC,
    });
  });

  it('is told whole, with the time of each property', () => {
    update({ reported: { color: 'red', list: [1, 2] } }, 1);
    update({ reported: { list: [3] } }, 7, LATER_MS);
    expect(ask({ method: 'get' }, LATER_MS)).toEqual({
      method: 'reply',
      payload: {
        status: 'success',
        state: { reported: { color: 'red', list: [3] } },
        metadata: { reported: { color: { timestamp: NOW_SEC }, list: { timestamp: NOW_SEC + 60 } } },
      },
      version: 7,
      timestamp: NOW_SEC + 60,
    });
  });

  it('that was never written is empty', () => {
    expect(ask({ method: 'get' })).toMatchObject({ payload: { state: {}, metadata: {} }, version: 0 });
  });

  it('tells what is desired as an order, and forgets it on request', () => {
    update({ reported: { color: 'red' } }, 1);
    expect(update({ desired: { color: 'green' } }, 2)).toMatchObject({
      method: 'control',
      payload: { status: 'success', state: { reported: { color: 'red' }, desired: { color: 'green' } } },
      version: 2,
    });
    expect(update({ desired: 'null' }, 3).payload).toEqual({ status: 'success', version: 3 });
    expect(ask({ method: 'get' }).payload.state).toEqual({ reported: { color: 'red' } });
  });

  it('loses the properties that are named, or all', () => {
    update({ reported: { a: 1, b: 2, c: 3 } }, 1);
    ask({ method: 'delete', state: { reported: { a: 'null', b: null, none: 'null' } }, version: 2 });
    expect(ask({ method: 'get' }).payload.state).toEqual({ reported: { c: 3 } });
    expect(ask({ method: 'delete', state: { reported: 'null' }, version: 3 }).payload).toEqual({
      status: 'success',
      version: 3,
    });
    expect(ask({ method: 'get' }).payload.state).toEqual({});
  });

  it('counts on where no version is given, and begins anew with -1', () => {
    update({ reported: { a: 1 } }, 41);
    expect(update({ reported: { a: 2 } }).payload.version).toBe(42);
    expect(update({ reported: { a: 3 } }, -1).payload.version).toBe(0);
    expect(update({ reported: { a: 4 } }, 1).payload.version).toBe(1);
  });

  it('takes a property of any name', () => {
    update(JSON.parse('{"reported":{"__proto__":{"x":1},"constructor":2}}'), 1);
    const text = shadows.answer(DEVICE, '{"method":"get"}', NOW_MS);
    expect(text).toContain('"__proto__":{"x":1}');
    expect(text).toContain('"constructor":2');
    expect(({} as { x?: number }).x).toBe(undefined);
  });
});

describe('a request that is refused', () => {
  const many = Object.fromEntries(Array.from({ length: 129 }, (_, number) => [`p${number}`, number]));

  it.each([
    ['400', '{'],
    ['400', '[]'],
    ['400', '"x"'],
    ['401', '{}'],
    ['402', { method: 'update' }],
    ['402', { method: 'update', state: 'x' }],
    ['403', { method: 'update', state: { reported: { a: 1 } }, version: '2' }],
    ['404', { method: 'update', state: {}, version: 1 }],
    ['404', { method: 'delete', state: {}, version: 1 }],
    ['405', { method: 'update', state: { reported: {} }, version: 1 }],
    ['405', { method: 'update', state: { reported: 'x' }, version: 1 }],
    ['406', { method: 'put', state: { reported: { a: 1 } } }],
    ['407', ''],
    ['407', ' \n'],
    ['408', { method: 'update', state: { reported: many }, version: 1 }],
    ['409', { method: 'update', state: { reported: { a: 1 } }, version: 0 }],
    ['500', { method: 'update', state: { reported: { a: 'x'.repeat(16 * 1024) } }, version: 1 }],
  ])('gets %s: %j', (code, request) => {
    expect(errorOf(request)).toBe(code);
    expect(ask(request)).toMatchObject({ method: 'reply', payload: { status: 'error' }, timestamp: NOW_SEC });
    expect(ask({ method: 'get' })).toMatchObject({ payload: { state: {} }, version: 0 });
  });

  it.each([33, 8_000, 100_000])('gets 500 for what is nested %i levels deep', (levels) => {
    const nested = '['.repeat(levels) + ']'.repeat(levels);
    for (const state of ['reported', 'desired']) {
      expect(errorOf(`{"method":"update","state":{"${state}":{"a":${nested}}}}`)).toBe('500');
    }
    expect(ask({ method: 'get' })).toMatchObject({ payload: { state: {} }, version: 0 });
  });

  it('leaves the shadow as it was', () => {
    update({ reported: { a: 1 } }, 5);
    for (const version of [5, 4, 0, -2]) {
      expect(errorOf({ method: 'update', state: { reported: { a: 2 } }, version })).toBe('409');
    }
    const large = { method: 'update', state: { reported: { b: 'x'.repeat(16 * 1024) } } };
    expect(errorOf(large)).toBe('500');
    expect(ask({ method: 'get' })).toMatchObject({ payload: { state: { reported: { a: 1 } } }, version: 5 });
  });
});

it('what was reported is what is told, whatever comes in whatever order', () => {
  const name = fc.constantFrom('a', 'b', 'c', '__proto__');
  const change = fc.record({
    method: fc.constantFrom('update', 'delete'),
    names: fc.uniqueArray(name, { minLength: 1 }),
    version: fc.integer({ min: -1, max: 12 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      shadows = new ShadowRequests();
      const expected = new Map<string, unknown>();
      let current = 0;
      for (const { method, names, version } of changes) {
        const isTaken = version === -1 || version > current;
        const value = method === 'update' ? `v${version}` : 'null';
        const reported = Object.fromEntries(names.map((each) => [each, value]));
        expect(errorOf({ method, state: { reported }, version })).toBe(isTaken ? undefined : '409');
        if (!isTaken) continue;
        current = Math.max(version, 0);
        for (const each of names) {
          if (method === 'update') expected.set(each, value);
          else expected.delete(each);
        }
      }
      const told = ask({ method: 'get' });
      expect(new Map(Object.entries(told.payload.state.reported ?? {}))).toEqual(expected);
      expect(told.version).toBe(current);
    }),
  );
});
