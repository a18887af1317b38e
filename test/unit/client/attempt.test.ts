import { describe, expect, it } from 'vitest';
import { Attempt } from '../../../src/client/attempt.ts';

function manualClock(nowUs = 1_000): { nowUs(): number; advance(us: number): void } {
  return {
    nowUs: () => nowUs,
    advance: (us) => {
      nowUs += us;
    },
  };
}

describe('Attempt', () => {
  it('gives every microsecond to one phase', () => {
    const clock = manualClock();
    const attempt = new Attempt(clock);
    clock.advance(7);
    attempt.enter('dns');
    clock.advance(20);
    attempt.enter('tcp');
    clock.advance(300);
    attempt.enter('tls');
    clock.advance(4_000);
    attempt.enter('connack');
    clock.advance(50_000);
    expect(attempt.finish()).toBe(54_327);
    expect(attempt.startUs).toBe(1_000);
    expect(attempt.durationUs).toEqual({ sign: 7, dns: 20, tcp: 300, tls: 4_000, connack: 50_000 });
  });

  it('has no duration for a phase it did not go through', () => {
    const clock = manualClock();
    const attempt = new Attempt(clock);
    attempt.enter('tcp');
    clock.advance(5);
    attempt.enter('connack');
    clock.advance(6);
    expect(attempt.finish()).toBe(11);
    expect(attempt.durationUs).toEqual({ sign: 0, tcp: 5, connack: 6 });
  });

  it('knows the phase it is in, signing first', () => {
    const attempt = new Attempt(manualClock());
    expect(attempt.phase).toBe('sign');
    attempt.enter('tcp');
    expect(attempt.phase).toBe('tcp');
  });

  it('settles once', () => {
    const attempt = new Attempt(manualClock());
    expect([attempt.settle(), attempt.settle(), attempt.settle()]).toEqual([true, false, false]);
  });
});
