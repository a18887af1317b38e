import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keepalive, needsShortTicks } from '../../../src/client/keepalive.ts';
import { cases } from '../../support/cases.ts';

const SECOND = 1e6;

/** What it asks for second by second; `at` may speak for either side before the tick. */
function steps(seconds: number, at: (second: number, keepalive: Keepalive) => void): string[] {
  const keepalive = new Keepalive(30);
  return Array.from({ length: seconds + 1 }, (_, second) => {
    at(second, keepalive);
    const step = keepalive.tick((100 + second) * SECOND);
    return step === 'none' ? '' : `${step}@${second}`;
  }).filter((step) => step !== '');
}

describe('Keepalive', () => {
  it('pings within the keepalive, and gives up at one and a half', () => {
    expect(steps(46, () => {})).toEqual(['ping@27', 'dead@45', 'dead@46']);
  });

  it('goes on pinging as long as something comes back', () => {
    const answered = steps(80, (second, keepalive) => {
      if (second === 28 || second === 56) keepalive.heard();
    });
    expect(answered).toEqual(['ping@27', 'ping@55']);
  });

  it('pings for a far side that says nothing to all that is sent', () => {
    expect(steps(45, (_, keepalive) => keepalive.said())).toEqual(['ping@27', 'dead@45']);
  });

  it('pings for a silent side of ours while messages keep coming [MQTT-3.1.2-23]', () => {
    expect(steps(54, (_, keepalive) => keepalive.heard())[0]).toBe('ping@27');
  });

  it('is silent while both sides speak', () => {
    const busy = steps(100, (_, keepalive) => {
      keepalive.said();
      keepalive.heard();
    });
    expect(busy).toEqual([]);
  });

  it('is off at 0', () => {
    const keepalive = new Keepalive(0);
    expect([1, 1e6, 1e12].map((nowUs) => keepalive.tick(nowUs))).toEqual(['none', 'none', 'none']);
  });

  /** Of our packets, in µs; ticks come up to a twentieth late. */
  it.each([1, 2, 3, 5, 9, 10, 15, 30, 60, 300])('of %i s: some packet of ours in any such time', (sec) => {
    const tickUs = needsShortTicks(sec) ? 100_000 : SECOND;
    fc.assert(
      fc.property(
        fc.nat({ max: SECOND }),
        fc.array(fc.nat({ max: sec * SECOND }), { maxLength: 10 }),
        fc.infiniteStream(fc.nat({ max: tickUs / 20 })),
        (phaseUs, pauses, lateness) => {
          const keepalive = new Keepalive(sec);
          const startUs = 1000 * SECOND + phaseUs;
          const saysUs = pauses.map(
            (_, n) => startUs + pauses.slice(0, n + 1).reduce((sum, us) => sum + us, 0),
          );
          let lastUs = startUs;
          let longestUs = 0;
          for (let dueUs = 1000 * SECOND; dueUs < startUs + 5 * sec * SECOND; dueUs += tickUs) {
            const nowUs = dueUs + lateness.next().value!;
            for (; saysUs.length > 0 && saysUs[0]! <= nowUs; saysUs.shift()) {
              longestUs = Math.max(longestUs, saysUs[0]! - lastUs);
              lastUs = saysUs[0]!;
              keepalive.said();
            }
            // Answered at once, so that it is no matter of the far side.
            keepalive.heard();
            if (keepalive.tick(nowUs) !== 'ping') continue;
            longestUs = Math.max(longestUs, nowUs - lastUs);
            lastUs = nowUs;
          }
          expect(longestUs).toBeLessThanOrEqual(sec * SECOND);
        },
      ),
      cases(0.5),
    );
  });
});
