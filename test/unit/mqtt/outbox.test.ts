import type { Duplex } from 'node:stream';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Outbox } from '../../../src/mqtt/outbox.ts';

/** A socket that takes what it is given at once, or holds it until it is told to take it. */
class Sink extends Writable {
  readonly writes: string[] = [];
  isSlow = false;
  private held: (() => void)[] = [];

  override _write(chunk: Buffer, _encoding: unknown, done: () => void): void {
    const take = (): void => {
      this.writes.push(chunk.toString());
      done();
    };
    if (this.isSlow) this.held.push(take);
    else take();
  }

  release(): void {
    this.isSlow = false;
    for (const take of this.held.splice(0)) take();
  }

  get duplex(): Duplex {
    return this as unknown as Duplex;
  }
}

function say(outbox: Outbox, sink: Sink, text: string): void {
  outbox.append(sink.duplex, Buffer.from(text));
}

describe('Outbox', () => {
  it('writes once what one connection says within a tick', async () => {
    const [outbox, sink] = [new Outbox(), new Sink()];
    for (const text of ['a', 'b', 'c']) say(outbox, sink, text);
    expect(sink.writes).toEqual([]);
    await turn();
    expect(sink.writes).toEqual(['abc']);
    say(outbox, sink, 'd');
    await turn();
    expect(sink.writes).toEqual(['abc', 'd']);
  });

  it('keeps connections apart, each in its order', async () => {
    const [outbox, one, other] = [new Outbox(), new Sink(), new Sink()];
    say(outbox, one, '1');
    say(outbox, other, 'x');
    say(outbox, one, '2');
    await turn();
    expect([one.writes, other.writes]).toEqual([['1', '2'], ['x']]);
  });

  it('does not write over what a socket still holds', async () => {
    const [outbox, slow, quick] = [new Outbox(), new Sink(), new Sink()];
    slow.isSlow = true;
    say(outbox, slow, 'held');
    await turn();
    // More than the buffer has room for.
    for (let n = 0; n < 100; n++) {
      say(outbox, quick, 'y'.repeat(1000));
      await turn();
    }
    slow.release();
    expect(slow.writes).toEqual(['held']);
    expect(quick.writes.every((text) => text === 'y'.repeat(1000))).toBe(true);
  });

  it('takes a packet larger than its buffer, with what was said before it', async () => {
    const [outbox, sink] = [new Outbox(), new Sink()];
    say(outbox, sink, 'small');
    say(outbox, sink, 'L'.repeat(300_000));
    say(outbox, sink, 'after');
    await turn();
    expect(sink.writes.join('')).toBe(`small${'L'.repeat(300_000)}after`);
  });

  it('says nothing on a connection that has ended', async () => {
    const [outbox, gone, there] = [new Outbox(), new Sink(), new Sink()];
    say(outbox, gone, 'lost');
    gone.destroy();
    say(outbox, there, 'said');
    await turn();
    expect([gone.writes, there.writes]).toEqual([[], ['said']]);
  });
});
