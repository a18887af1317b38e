import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ReconnectSchedule } from '../../../src/load/device/reconnect-schedule.ts';
import type { ReconnectPolicy } from '../../../src/model/scenario.ts';
import { seededRandom } from '../../../src/statistics/random.ts';
import { cases } from '../../support/cases.ts';

const policy: fc.Arbitrary<ReconnectPolicy> = fc
  .record({
    policy: fc.constantFrom('fixed' as const, 'exponential' as const),
    delayUs: fc.integer({ min: 1, max: 40_000_000 }),
    times: fc.integer({ min: 1, max: 200 }),
    perMinute: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ times, ...rest }) => ({ ...rest, maxDelayUs: rest.delayUs * times }));

/** One attempt: how long it takes, and how long the connection then holds; undefined where it fails. */
const attempt = fc.record({
  takesUs: fc.nat({ max: 3_000_000 }),
  holdsUs: fc.option(fc.nat({ max: 20_000_000 }), { nil: undefined }),
  /** How late the attempt starts after its time. */
  slipUs: fc.nat({ max: 5000 }),
});

interface Wait {
  tries: number;
  waitUs: number;
  /** Attempts so far. */
  attempts: number;
}

/** Plays the attempts one after the other; the first of them is the first connect. */
function play(
  policy: ReconnectPolicy,
  attempts: { takesUs: number; holdsUs?: number | undefined; slipUs: number }[],
) {
  const schedule = new ReconnectSchedule(policy, seededRandom(attempts.length));
  const startsUs: number[] = [];
  const waits: Wait[] = [];
  let nowUs = 5_000_000;
  for (const { takesUs, holdsUs, slipUs } of attempts) {
    nowUs += slipUs;
    startsUs.push(nowUs);
    schedule.started(nowUs);
    nowUs += takesUs;
    if (holdsUs !== undefined) {
      schedule.succeeded(policy);
      expect(schedule.tries).toBe(0);
      nowUs += holdsUs;
    }
    const { tries } = schedule;
    const nextUs = schedule.nextUs(nowUs);
    expect(schedule.tries).toBe(tries + 1);
    waits.push({ tries, waitUs: nextUs - nowUs, attempts: startsUs.length });
    nowUs = nextUs;
  }
  return { startsUs, waits };
}

it('no more than perMinute attempts in any 60 s, the first connect among them', () => {
  fc.assert(
    fc.property(policy, fc.array(attempt, { maxLength: 60 }), (policy, attempts) => {
      const { startsUs } = play(policy, attempts);
      for (const fromUs of startsUs) {
        const within = startsUs.filter((us) => us >= fromUs && us < fromUs + 60_000_000).length;
        if (within > policy.perMinute) expect.fail(`${within} attempts in the 60 s from ${fromUs}`);
      }
    }),
    cases(3),
  );
});

it('the same where the policy changes with the first connection: those before it count for the one after', () => {
  fc.assert(
    fc.property(policy, policy, fc.array(attempt, { maxLength: 60 }), (retry, reconnect, attempts) => {
      const schedule = new ReconnectSchedule(retry, seededRandom(attempts.length));
      const startsUs: { us: number; most: number }[] = [];
      let nowUs = 5_000_000;
      let current = retry;
      for (const { takesUs, holdsUs, slipUs } of attempts) {
        nowUs += slipUs;
        startsUs.push({ us: nowUs, most: current.perMinute });
        schedule.started(nowUs);
        nowUs += takesUs + (holdsUs ?? 0);
        if (holdsUs !== undefined) {
          schedule.succeeded(reconnect);
          current = reconnect;
        }
        nowUs = schedule.nextUs(nowUs);
      }
      for (const { us: lastUs, most } of startsUs.slice(1)) {
        const within = startsUs.filter(({ us }) => us > lastUs - 60_000_000 && us <= lastUs).length;
        if (within > most)
          expect.fail(`${within} attempts in the 60 s to ${lastUs}, where ${most} are allowed`);
      }
    }),
    cases(3),
  );
});

it('fixed: exactly the delay, or until the limit allows another attempt', () => {
  fc.assert(
    fc.property(policy, fc.array(attempt, { maxLength: 30 }), (drawn, attempts) => {
      const policy = { ...drawn, policy: 'fixed' as const, perMinute: 1000 };
      for (const { waitUs } of play(policy, attempts).waits) expect(waitUs).toBe(policy.delayUs);
      for (const { waitUs, attempts: so } of play({ ...policy, perMinute: 4 }, attempts).waits) {
        if (so < 4) expect(waitUs).toBe(policy.delayUs);
        else expect(waitUs).toBeGreaterThanOrEqual(policy.delayUs);
      }
    }),
    cases(),
  );
});

it('exponential: between 0 and min(delay · 2ⁿ, the most), and n begins anew once it is back', () => {
  fc.assert(
    fc.property(policy, fc.array(attempt, { maxLength: 60 }), (drawn, attempts) => {
      const policy = { ...drawn, policy: 'exponential' as const, perMinute: 1000 };
      for (const { tries, waitUs } of play(policy, attempts).waits) {
        expect(waitUs).toBeGreaterThanOrEqual(0);
        expect(waitUs).toBeLessThanOrEqual(Math.min(policy.delayUs * 2 ** tries, policy.maxDelayUs));
      }
    }),
    cases(2),
  );
});

it('exponential: the whole width is used, so that a fleet does not return together', () => {
  const random = seededRandom(4);
  const policy = { policy: 'exponential', delayUs: 1e6, maxDelayUs: 6e6, perMinute: 5 } as const;
  for (const [tries, most] of [1e6, 2e6, 4e6, 6e6, 6e6].entries()) {
    const waits = Array.from({ length: 1000 }, () => {
      const schedule = new ReconnectSchedule(policy, random);
      for (let n = 0; n < tries; n++) schedule.nextUs(0);
      return schedule.nextUs(0);
    });
    expect(Math.max(...waits)).toBeGreaterThan(0.98 * most);
    expect(Math.min(...waits)).toBeLessThan(0.02 * most);
  }
});

it('a device that is refused for hours waits no longer than the policy says', () => {
  const schedule = new ReconnectSchedule(
    { policy: 'exponential', delayUs: 1e6, maxDelayUs: 60e6, perMinute: 5 },
    () => 0.999,
  );
  for (let n = 0; n < 5000; n++) expect(schedule.nextUs(0)).toBeLessThanOrEqual(60e6);
});
