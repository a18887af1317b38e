import { describe, expect, it } from 'vitest';
import { Keepalive } from '../../../src/client/keepalive.ts';

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
});
