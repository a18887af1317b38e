import { describe, expect, it } from 'vitest';
import { judgeHealth, type Slip, workerVitals } from '../../../../src/metrics/health/health.ts';
import type { Vitals } from '../../../../src/metrics/snapshot.ts';
import { CALM } from '../snapshots.ts';

const BUSY: Vitals = { cpuUs: 900_000, utilization: 0.99, gcUs: 50_000, loopDelayMaxUs: 40_000 };

function seconds(busy: number, calm: number, as: Vitals = BUSY): Vitals[] {
  return [...new Array<Vitals>(busy).fill(as), ...new Array<Vitals>(calm).fill(CALM)];
}

describe('the generator’s own lateness', () => {
  const judge = (
    p50Us: number | undefined,
    p99Us: number | undefined,
    metric: Slip['metric'] = 'connect_slip',
  ) => judgeHealth([[CALM]], 1, [{ metric, p50Us, p99Us }]);

  it.each([
    ['nothing measured', undefined, undefined, 'valid'],
    ['punctual', 100, 900, 'valid'],
    ['a tail at its bound', 100, 20_000, 'valid'],
    ['a tail above it', 100, 20_001, 'suspect'],
    ['a long tail at its bound', 100, 500_000, 'suspect'],
    ['a long tail above it', 100, 500_001, 'invalid'],
    ['half of all at the bound', 50_000, 60_000, 'suspect'],
    ['half of all above it', 50_001, 60_000, 'invalid'],
  ])('%s', (_, p50Us, p99Us, verdict) => {
    expect(judge(p50Us, p99Us).verdict).toBe(verdict);
    expect(judge(p50Us, p99Us).reasons).toHaveLength(verdict === 'valid' ? 0 : 1);
  });

  it('is said with both figures', () => {
    expect(judge(60_500, 70_000, 'publish_slip').reasons).toEqual([
      'publish_slip is 60.5 ms at p50 and 70 ms at p99: the generator itself was that late; no thread was busy for a second or held up: it was bursts; spread the starts (`connect.stages`) and the messages (`jitter`), or use more --workers',
    ]);
  });

  it('makes a run no better than the worse of the two, which is said first', () => {
    const { verdict, reasons } = judgeHealth([[CALM]], 1, [
      { metric: 'connect_slip', p50Us: 0, p99Us: 25_000 },
      { metric: 'publish_slip', p50Us: 0, p99Us: 600_000 },
    ]);
    expect(verdict).toBe('invalid');
    expect(reasons.map((reason) => reason.split(' ')[0])).toEqual(['publish_slip', 'connect_slip']);
  });
});

describe('busy event loops', () => {
  it.each([
    ['none', 0, 10, 'valid'],
    ['one second alone proves nothing', 1, 3, 'valid'],
    ['less than a tenth', 2, 19, 'valid'],
    ['a tenth', 2, 18, 'suspect'],
    ['less than half', 4, 5, 'suspect'],
    ['half', 4, 4, 'invalid'],
    ['all', 4, 0, 'invalid'],
    ['a run of one second', 1, 0, 'valid'],
  ])('%s', (_, busy, calm, verdict) => {
    expect(judgeHealth([seconds(busy, calm)], busy + calm, []).verdict).toBe(verdict);
  });

  it('95 % is not over 95 %', () => {
    expect(judgeHealth([seconds(4, 0, { ...BUSY, utilization: 0.95 })], 4, []).verdict).toBe('valid');
    expect(judgeHealth([seconds(4, 0, { ...BUSY, utilization: 0.951 })], 4, []).verdict).toBe('invalid');
  });

  it('a thread that is to send as fast as it can may be busy all the time', () => {
    expect(judgeHealth([seconds(9, 0)], 9, [], true)).toMatchObject({ verdict: 'valid', reasons: [] });
  });

  it('each worker is judged by itself, and the worst is said first', () => {
    const { verdict, reasons } = judgeHealth([seconds(0, 9), seconds(2, 7), seconds(9, 0)], 9, []);
    expect(verdict).toBe('invalid');
    expect(reasons.map((reason) => reason.slice(0, 8))).toEqual(['worker 2', 'worker 1']);
    expect(reasons[1]).toContain('event loop over 95 % busy in 2 of 9 s');
  });

  it('a thread that had its core is saturated, one that had not is starved', () => {
    const saidOf = (cpuUs: number | null) =>
      judgeHealth([seconds(3, 3, { ...BUSY, cpuUs })], 6, []).reasons[0]!;
    expect(saidOf(900_000)).toContain('the thread is saturated; use more --workers');
    expect(saidOf(700_000)).toContain('the thread is saturated');
    expect(saidOf(690_000)).toContain('it got 69 % of a core, the machine has no more; lower the rate');
    expect(saidOf(690_000)).not.toContain('--workers');
    // Where the system does not tell, the thread is what a user can do something about.
    expect(saidOf(null)).toContain('the thread is saturated');
  });

  it('only the busy seconds tell which of the two it was', () => {
    const starved = { ...BUSY, cpuUs: 300_000 };
    const [reason] = judgeHealth([[...seconds(3, 0, starved), ...seconds(0, 3, BUSY)]], 6, []).reasons;
    expect(reason).toContain('it got 30 % of a core');
    const idle: Vitals = { ...CALM, cpuUs: 0 };
    expect(judgeHealth([[BUSY, BUSY, idle, idle, idle]], 5, []).reasons[0]).toContain('saturated');
  });
});

describe('the figures of a worker', () => {
  it('are over the run, the highest beside the mean', () => {
    const { workers } = judgeHealth([seconds(2, 2)], 4, []);
    expect(workers).toEqual([
      {
        cpu: 0.5,
        utilization: 0.545,
        utilizationMax: 0.99,
        busySeconds: 2,
        seconds: 4,
        gc: 0.026,
        loopDelayMaxMs: 40,
      },
    ]);
  });

  it('know no CPU where one second does not tell, and nothing of a worker that never reported', () => {
    const { workers } = judgeHealth([[CALM, { ...CALM, cpuUs: null }], []], 2, []);
    expect(workers.map(({ cpu }) => cpu)).toEqual([null, 0]);
    expect(workers[1]).toMatchObject({ utilization: 0, utilizationMax: 0, busySeconds: 0, seconds: 0 });
    expect(judgeHealth([[CALM]], 0, []).workers[0]).toMatchObject({ cpu: null, gc: 0 });
  });
});

describe('one second of a worker', () => {
  it('is in shares of its own length, which a hold-up made longer', () => {
    expect(workerVitals({ ...BUSY, lengthUs: 1_800_000 })).toEqual({
      cpu: 0.5,
      utilization: 0.99,
      gc: 0.0278,
      loopDelayMaxMs: 40,
    });
  });

  it('has no CPU where the system does not tell, and no share of nothing', () => {
    expect(workerVitals({ ...BUSY, cpuUs: null, lengthUs: 0 })).toMatchObject({ cpu: null, gc: 0 });
  });
});
