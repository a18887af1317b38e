import { describe, expect, it } from 'vitest';
import { judgeHealth } from '../../../../src/metrics/health/health.ts';
import { type ShortageSetting, whyBusy, whyLate } from '../../../../src/metrics/health/shortage.ts';
import type { Vitals } from '../../../../src/metrics/snapshot.ts';
import { CALM } from '../snapshots.ts';

const FULL: Vitals = { cpuUs: 960_000, waitedUs: 20_000, utilization: 0.99, gcUs: 0, loopDelayMaxUs: 40_000 };
/** As busy, but others had the core for most of the time. */
const CROWDED: Vitals = { ...FULL, cpuUs: 400_000, waitedUs: 550_000 };
/** Half a second of its own work at once, in a second that was quiet otherwise. */
const BLOCKED: Vitals = {
  cpuUs: 550_000,
  waitedUs: 5_000,
  utilization: 0.55,
  gcUs: 0,
  loopDelayMaxUs: 500_000,
};
/** Half a second without a core, in a second that was quiet otherwise. */
const STALLED: Vitals = {
  cpuUs: 50_000,
  waitedUs: 480_000,
  utilization: 0.1,
  gcUs: 0,
  loopDelayMaxUs: 480_000,
};

const MACHINE = /a core.*, the machine has no more; lower the rate/;
const THREAD = /^(worker \d was held up for up to \d+ ms: )?the thread is saturated/;

describe('a busy loop', () => {
  it.each<[string, Vitals, RegExp]>([
    ['that had its core', FULL, THREAD],
    ['that waited for a core', CROWDED, MACHINE],
    [
      'that ran most of the time, and waited as long again',
      { ...FULL, cpuUs: 720_000, waitedUs: 260_000 },
      MACHINE,
    ],
    ['whose waiting is not known, with little CPU', { ...FULL, cpuUs: 400_000, waitedUs: 0 }, MACHINE],
    ['of which nothing is known', { utilization: 0.99, gcUs: 0, loopDelayMaxUs: 0, cpuUs: null }, THREAD],
  ])('%s', (_, sample, said) => {
    expect(whyBusy([CALM, sample, sample], {})).toMatch(said);
  });

  it('says how long it waited', () => {
    expect(whyBusy([CROWDED, CROWDED], {})).toContain(
      'it got 40 % of a core and waited for one 55 % of the time,',
    );
  });
});

describe('lateness', () => {
  it.each<[string, Vitals, RegExp]>([
    ['of a full thread', FULL, THREAD],
    ['of a thread that held itself up', BLOCKED, THREAD],
    ['of a crowded machine', CROWDED, MACHINE],
    ['of a thread that got no core for a while', STALLED, MACHINE],
    [
      'of one of which only the CPU is known, held up for longer than it ran',
      { ...STALLED, waitedUs: 0 },
      MACHINE,
    ],
    ['of one of which only the CPU is known, which ran', { ...BLOCKED, waitedUs: 0 }, THREAD],
    ['of bursts', CALM, /^no thread was busy .* it was bursts; spread the starts/],
  ])('%s', (_, sample, said) => {
    expect(whyLate([[CALM, sample, CALM]], {})).toMatch(said);
  });

  it('is that of the worker which was held up most', () => {
    expect(whyLate([[CALM], [BLOCKED], [FULL, FULL]], {})).toMatch(
      /^worker 1 was held up for up to 500 ms: /,
    );
  });
});

describe('what to do depends on', () => {
  const thread = (setting: ShortageSetting): string => whyBusy([FULL, FULL], setting);
  const machine = (setting: ShortageSetting): string => whyBusy([CROWDED, CROWDED], setting);

  it('whether there are cores left for more workers', () => {
    expect(thread({ workers: 1, cores: 4 })).toContain('use more --workers (1 on 4 cores), fewer devices');
    expect(thread({ workers: 4, cores: 4 })).not.toContain('--workers');
    expect(thread({ workers: 4, cores: 4 })).toContain('there is one for each of the 4 cores; fewer devices');
    expect(machine({ workers: 4, cores: 2 })).toContain('use no more --workers than its 2 cores');
    expect(machine({ workers: 2, cores: 2 })).not.toContain('--workers');
  });

  it('the client, of which one takes less CPU', () => {
    expect(thread({ client: 'mqtt' })).toContain('`client: wire`');
    expect(thread({ client: 'wire' })).not.toContain('wire');
  });

  it('what else is known to run on the machine', () => {
    expect(machine({ sharesMachine: true })).toContain('end what else runs on it (the stand-in does)');
    expect(machine({})).not.toContain('stand-in');
  });
});

it('every reason of suspect and invalid names the thread or the machine and what to do', () => {
  const slips = [
    { metric: 'connect_slip', p50Us: 0, p99Us: 25_000 },
    { metric: 'publish_slip', p50Us: 0, p99Us: 600_000 },
  ] as const;
  for (const sample of [FULL, CROWDED]) {
    const { reasons } = judgeHealth([[sample, sample]], 2, [...slips], false, { cores: 2, client: 'mqtt' });
    expect(reasons).toHaveLength(3);
    for (const reason of reasons)
      expect(reason).toMatch(/(the thread is saturated|the machine has no more).*;/);
  }
});
