import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { LOOK_EVERY_MS, Silence, waitedForCoreUs } from '../../../src/machine/silence.ts';
import { ManualClock } from '../load/manual-clock.ts';

const LOOK_US = LOOK_EVERY_MS * 1e3;

function silenceOf(waitedUs: () => number | undefined) {
  const clock = new ManualClock();
  const silence = new Silence(clock.us, waitedUs);
  /** Looks as often as it should, for so long. */
  const look = (us: number, every = LOOK_US): number => {
    let silentUs = 0;
    for (let passedUs = 0; passedUs < us; passedUs += every) {
      clock.advance(every);
      silentUs = silence.look(clock.us);
    }
    return silentUs;
  };
  return { silence, look };
}

it('counts what has passed since the last sign', () => {
  const { silence, look } = silenceOf(() => 0);
  expect(look(10e6)).toBe(10e6);
  silence.heard();
  expect(look(3e6)).toBe(3e6);
});

it('does not count the time in which there was no core for it', () => {
  let waitedUs = 7e6;
  const { look } = silenceOf(() => waitedUs);
  waitedUs += 0.4e6;
  expect(look(LOOK_US)).toBeCloseTo(0.1e6);
  expect(look(LOOK_US)).toBeCloseTo(0.6e6);
  // As a thread's figures may be a little behind its clock.
  waitedUs += 5e6;
  expect(look(LOOK_US)).toBeCloseTo(0.6e6);
});

it('counts little where the one who looks was held up himself', () => {
  const { look } = silenceOf(() => undefined);
  expect(look(3600e6, 3600e6)).toBe(2 * LOOK_US);
});

it('learns of waiting only when it is known', () => {
  let waitedUs: number | undefined;
  const { look } = silenceOf(() => waitedUs);
  expect(look(1e6)).toBe(1e6);
  waitedUs = 0.2e6;
  expect(look(LOOK_US)).toBeCloseTo(1.3e6);
});

it.runIf(process.platform === 'linux')(
  'reads it of a process, and nothing of one that has ended',
  async () => {
    const child = spawn('sleep', ['30'], { stdio: 'ignore' });
    expect(waitedForCoreUs(child.pid!)).toBeGreaterThanOrEqual(0);
    expect(waitedForCoreUs(`self/task/${process.pid}`)).toBeGreaterThanOrEqual(0);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(waitedForCoreUs(child.pid!)).toBeUndefined();
  },
);
