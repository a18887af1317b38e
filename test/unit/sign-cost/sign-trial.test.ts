import { describe, expect, it } from 'vitest';
import { generateDevices } from '../../../src/model/devices/generated-devices.ts';
import { SIGNMETHODS, type Target } from '../../../src/model/scenario.ts';
import { armsOf, CONTROL_ID } from '../../../src/sign-cost/sign-arms.ts';
import { BATCH, runSignTrial, type SignTrialTask } from '../../../src/sign-cost/sign-trial.ts';
import { ManualClock } from '../load/manual-clock.ts';

/** Long enough for a dozen blocks, each of which signs in earnest. */
const TRIAL_US = 200_000;
const devices = generateDevices('pk', 30, 'd');
const target: Target = { kind: 'region', region: 'cn-shanghai', tls: true };

/** Every reading of the fine clock is `stepNs` later, every collection moves the coarse one: a block takes as long as it has arms. */
class ThreadInHand {
  readonly clock = new ManualClock();
  collections = 0;
  readings = 0;
  private ns = 0;
  private readonly stepNs: number;

  constructor(stepNs: number) {
    this.stepNs = stepNs;
  }

  readonly nowNs = (): number => {
    this.readings++;
    this.ns += this.stepNs;
    return this.ns;
  };

  readonly collect = (): void => {
    this.collections++;
    this.clock.advance(1000);
  };
}

function taskOf(thread: ThreadInHand, part: Partial<SignTrialTask> = {}): SignTrialTask {
  const startUs = thread.clock.nowUs();
  return {
    devices: devices.shared,
    timestamp: 'now',
    target,
    signmethods: [...SIGNMETHODS],
    seed: 1,
    startUs,
    endUs: startUs + TRIAL_US,
    stopped: new Int32Array(1),
    ...part,
  };
}

const ARMS = armsOf(SIGNMETHODS).length;
/** Each arm begins with a collection, and each method's distribution. */
const BLOCK_US = (ARMS + SIGNMETHODS.length) * 1000;

describe('a trial', () => {
  it('has every arm in every block, and no block beyond its end', async () => {
    const thread = new ThreadInHand(100);
    const { blocksNs } = await runSignTrial(taskOf(thread), thread);
    expect(Object.keys(blocksNs).sort()).toEqual(
      [
        ...SIGNMETHODS.flatMap((name) => [`login ${name}`, `sign ${name}`, `bare ${name}`]),
        'control',
        'triple',
      ].sort(),
    );
    const blocks = Math.floor(TRIAL_US / BLOCK_US);
    for (const values of Object.values(blocksNs)) expect(values).toHaveLength(blocks);
    expect(thread.collections).toBe(blocks * (ARMS + SIGNMETHODS.length));
  });

  it('divides the time of a batch by its logins, and takes the clock off single ones', async () => {
    const thread = new ThreadInHand(100);
    const { blocksNs, logins, clockNs } = await runSignTrial(taskOf(thread), thread);
    expect(clockNs).toBe(100);
    for (const values of Object.values(blocksNs)) expect(new Set(values)).toEqual(new Set([100 / BATCH]));
    for (const { count, max } of Object.values(logins)) {
      expect(count).toBe(Math.floor(TRIAL_US / BLOCK_US) * BATCH);
      expect(max).toBe(0);
    }
  });

  it('begins no other block once it is stopped, and keeps those it has', async () => {
    const thread = new ThreadInHand(100);
    const stopped = new Int32Array(1);
    const { collect } = thread;
    const afterUs = thread.clock.us + 2.5 * BLOCK_US;
    Object.assign(thread, {
      collect: () => {
        collect();
        if (thread.clock.us > afterUs) stopped[0] = 1;
      },
    });
    const { blocksNs } = await runSignTrial(taskOf(thread, { stopped }), thread);
    for (const values of Object.values(blocksNs)) expect(values).toHaveLength(3);
  });

  it('measures nothing when its time has passed', async () => {
    const thread = new ThreadInHand(100);
    const { blocksNs } = await runSignTrial(taskOf(thread, { endUs: thread.clock.nowUs() - 1 }), thread);
    expect(blocksNs[CONTROL_ID]).toHaveLength(0);
  });
});
