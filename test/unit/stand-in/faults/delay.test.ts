import { describe, expect, it } from 'vitest';
import { type Delay, delaySampler, parseDelay } from '../../../../src/stand-in/faults/delay.ts';
import { seededRandom } from '../../../../src/statistics/random.ts';

const COUNT = 100_000;

function draw(delay: Delay): number[] {
  const sample = delaySampler(delay, seededRandom(7));
  return Array.from({ length: COUNT }, sample);
}

const shareOf = (delays: number[], holds: (us: number) => boolean): number =>
  delays.filter(holds).length / COUNT;

describe('parseDelay', () => {
  it.each([
    ['20ms', { kind: 'fixed', us: 20_000 }],
    ['exponential:1.5s', { kind: 'exponential', meanUs: 1_500_000 }],
    [
      '90%:5ms,10%:200ms',
      {
        kind: 'mixture',
        parts: [
          { share: 0.9, us: 5_000 },
          { share: 0.1, us: 200_000 },
        ],
      },
    ],
    ['', undefined],
    ['20', undefined],
    ['exponential:', undefined],
    ['gaussian:3ms', undefined],
    ['90%:5ms', undefined],
    ['90%:5ms,20%:200ms', undefined],
    ['90%:5ms,10%', undefined],
    ['100%:5ms:6ms', undefined],
  ])('%j', (text, delay) => expect(parseDelay(text)).toEqual(delay));
});

describe('delaySampler', () => {
  it('draws a fixed delay always', () => {
    expect(new Set(draw({ kind: 'fixed', us: 20_000 }))).toEqual(new Set([20_000]));
  });

  it('draws an exponential delay with its mean, median and tail, in whole µs', () => {
    const delays = draw({ kind: 'exponential', meanUs: 30_000 });
    const mean = delays.reduce((sum, us) => sum + us, 0) / COUNT;
    // The mean of 100 000 has a standard error of 0.3 %.
    expect(Math.abs(mean / 30_000 - 1)).toBeLessThan(0.015);
    expect(shareOf(delays, (us) => us < 30_000 * Math.LN2)).toBeCloseTo(0.5, 2);
    expect(shareOf(delays, (us) => us > 30_000 * Math.log(100))).toBeCloseTo(0.01, 2);
    expect(delays.every((us) => Number.isInteger(us) && us >= 0)).toBe(true);
  });

  it('draws the parts of a mixture by their shares', () => {
    const delays = draw({
      kind: 'mixture',
      parts: [
        { share: 0.9, us: 5_000 },
        { share: 0.07, us: 50_000 },
        { share: 0.03, us: 200_000 },
      ],
    });
    expect(shareOf(delays, (us) => us === 5_000)).toBeCloseTo(0.9, 2);
    expect(shareOf(delays, (us) => us === 50_000)).toBeCloseTo(0.07, 2);
    expect(shareOf(delays, (us) => us === 200_000)).toBeCloseTo(0.03, 2);
  });

  it('never draws nothing, whatever rounding leaves of the shares', () => {
    const parts = Array.from({ length: 10 }, () => ({ share: 0.1, us: 1 }));
    expect(delaySampler({ kind: 'mixture', parts }, () => 1 - 2 ** -53)()).toBe(1);
  });

  it('is the same for the same seed', () => {
    const delay: Delay = { kind: 'exponential', meanUs: 1_000 };
    expect(draw(delay)).toEqual(draw(delay));
  });
});
