import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Freeze } from '../../../../src/stand-in/faults/freeze.ts';
import { readAll } from '../../../support/read-all.ts';

describe('Freeze', () => {
  it('holds what is written, on streams older and newer than itself, and writes it in order', () => {
    const freeze = new Freeze([], { at: () => {} });
    const [older, newer] = [new PassThrough(), new PassThrough()];
    freeze.opened(older);
    freeze.begin();
    freeze.opened(newer);
    for (const stream of [older, newer]) stream.write('a');
    older.write('b');
    expect([readAll(older), readAll(newer)]).toEqual(['', '']);
    freeze.end();
    expect([readAll(older), readAll(newer)]).toEqual(['ab', 'a']);
    older.write('c');
    expect(readAll(older)).toBe('c');
  });

  it('lasts until the last of several that overlap has ended', () => {
    const freeze = new Freeze([], { at: () => {} });
    const stream = new PassThrough();
    const told: string[] = [];
    freeze.opened(stream);
    freeze.begin();
    freeze.begin();
    stream.write('a');
    freeze.whenLeft(() => told.push(readAll(stream)));
    freeze.end();
    expect(told).toEqual([]);
    expect(freeze.isHolding).toBe(true);
    freeze.end();
    // The write comes before what waited for the thaw.
    expect(told).toEqual(['a']);
    freeze.whenLeft(() => told.push('at once'));
    expect(told).toEqual(['a', 'at once']);
  });

  it('holds what is decided later or goes over HTTP, and leaves what is only written to its streams', () => {
    const freeze = new Freeze([], { at: () => {} });
    const said: string[] = [];
    freeze.begin();
    for (const kind of ['connack', 'puback', 'reply', 'auth', 'register'] as const)
      freeze.hold(kind, 0, () => said.push(kind));
    expect(said).toEqual(['puback', 'reply']);
    freeze.end();
    expect(said).toEqual(['puback', 'reply', 'connack', 'auth', 'register']);
  });

  it('takes a stream that was destroyed meanwhile', () => {
    const freeze = new Freeze([], { at: () => {} });
    const [gone, forgotten] = [new PassThrough(), new PassThrough()];
    for (const stream of [gone, forgotten]) freeze.opened(stream);
    freeze.begin();
    for (const stream of [gone, forgotten]) {
      stream.write('a');
      stream.destroy();
    }
    freeze.closed(forgotten);
    expect(() => freeze.end()).not.toThrow();
  });
});
