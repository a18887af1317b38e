/** Are the harness's own numbers to be trusted? Measured per worker, judged by a rule that is written down in the README. */
import { TIME_TRENDS, type TimeTrend } from '../../model/metrics/metric-names.ts';
import { TIME_ROWS } from '../../model/metrics/trends.ts';
import { msFromUs } from '../../model/units.ts';
import type { Vitals } from '../snapshot.ts';
import type { SecondVitals } from '../timeline.ts';
import type { Totals } from '../totals.ts';
import { BUSY, isBusy, type ShortageSetting, whyBusy, whyLate } from './shortage.ts';

export interface Health {
  verdict: 'valid' | 'suspect' | 'invalid';
  /** Reasons of the verdict in words, the worst first; empty when valid. */
  reasons: string[];
  workers: WorkerHealth[];
}

/** How a worker fared, over the run or in one second of it. */
export interface WorkerVitals {
  /** CPU of the thread, 0 to 1; null where the system does not tell. */
  cpu: number | null;
  /** Share of the time the event loop was busy. */
  utilization: number;
  /** Share of the time spent collecting garbage. */
  gc: number;
  /** Longest time the event loop was held up, ms. */
  loopDelayMaxMs: number;
}

interface WorkerHealth extends WorkerVitals {
  /** Utilization in its busiest second. */
  utilizationMax: number;
  /** Seconds in which it was over 95 % busy, of all seconds. */
  busySeconds: number;
  seconds: number;
}

export interface Slip {
  metric: TimeTrend;
  p50Us: number | undefined;
  p99Us: number | undefined;
}

/**
 * Lateness, µs: of one in a hundred by the first it distorts the tail; of one in a hundred by the second, or of half by the third, it is
 * another experiment.
 */
const SLIP_P99_SUSPECT_US = 20_000;
const SLIP_P99_INVALID_US = 500_000;
const SLIP_P50_INVALID_US = 50_000;
const BUSY_SHARE_SUSPECT = 0.1;
const BUSY_SHARE_INVALID = 0.5;

/** Health of a run so far, or of all of it. */
export function healthOf(totals: Totals, setting: ShortageSetting = {}): Health {
  const seconds = (totals.timeline.seconds.findLast(({ closing }) => !closing)?.toUs ?? 0) / 1e6;
  return judgeHealth(totals.vitals, seconds, slipsOf(totals), totals.isFlatOut, setting);
}

const SLIPS = TIME_TRENDS.filter((name) => TIME_ROWS[name].group === 'generator');

export function slipsOf(totals: Totals): Slip[] {
  return SLIPS.map((metric) => ({
    metric,
    p50Us: totals.histogram(metric)?.percentile(50),
    p99Us: totals.histogram(metric)?.percentile(99),
  }));
}

/**
 * Judges a whole run. Without a pace (`isFlatOut`) a busy thread is no fault: what still can be late are the connects. Each reason says
 * whether the thread was short or the machine, and what to do; `setting` is what that depends on.
 */
export function judgeHealth(
  vitals: Vitals[][],
  seconds: number,
  slips: Slip[],
  isFlatOut = false,
  facts: ShortageSetting = {},
): Health {
  const setting = { workers: vitals.length, ...facts };
  const workers = vitals.map((samples) => workerHealth(samples, seconds));
  const invalid: string[] = [];
  const suspect: string[] = [];
  for (const { metric, p50Us = 0, p99Us = 0 } of slips) {
    const isInvalid = p50Us > SLIP_P50_INVALID_US || p99Us > SLIP_P99_INVALID_US;
    if (!isInvalid && p99Us <= SLIP_P99_SUSPECT_US) continue;
    const late = `${metric} is ${msFromUs(p50Us)} ms at p50 and ${msFromUs(p99Us)} ms at p99`;
    const said = `${late}: the generator itself was that late; ${whyLate(vitals, setting)}`;
    (isInvalid ? invalid : suspect).push(said);
  }
  workers.forEach((worker, index) => {
    const { busySeconds, seconds } = worker;
    if (isFlatOut || busySeconds < 2 || busySeconds / seconds < BUSY_SHARE_SUSPECT) return;
    const said = `worker ${index}: event loop over ${BUSY * 100} % busy in ${busySeconds} of ${seconds} s: ${whyBusy(vitals[index]!, setting)}`;
    (busySeconds / seconds >= BUSY_SHARE_INVALID ? invalid : suspect).push(said);
  });
  const verdict = invalid.length > 0 ? 'invalid' : suspect.length > 0 ? 'suspect' : 'valid';
  return { verdict, reasons: [...invalid, ...suspect], workers };
}

function workerHealth(samples: Vitals[], seconds: number): WorkerHealth {
  const sum = (of: (sample: Vitals) => number): number =>
    samples.reduce((total, sample) => total + of(sample), 0);
  const known = samples.every(({ cpuUs }) => cpuUs !== null);
  const perSecond = (us: number): number => (seconds > 0 ? round(us / 1e6 / seconds) : 0);
  return {
    cpu: known && seconds > 0 ? perSecond(sum(({ cpuUs }) => cpuUs ?? 0)) : null,
    utilization: round(sum(({ utilization }) => utilization) / Math.max(1, samples.length)),
    utilizationMax: round(Math.max(0, ...samples.map(({ utilization }) => utilization))),
    busySeconds: samples.filter(isBusy).length,
    seconds: samples.length,
    gc: perSecond(sum(({ gcUs }) => gcUs)),
    loopDelayMaxMs: msFromUs(Math.max(0, ...samples.map(({ loopDelayMaxUs }) => loopDelayMaxUs))),
  };
}

/** Vitals of one interval, in shares of its length. */
export function workerVitals({
  cpuUs,
  utilization,
  gcUs,
  loopDelayMaxUs,
  lengthUs,
}: SecondVitals): WorkerVitals {
  const share = (us: number): number => (lengthUs > 0 ? round(us / lengthUs) : 0);
  return {
    cpu: cpuUs === null ? null : share(cpuUs),
    utilization: round(utilization),
    gc: share(gcUs),
    loopDelayMaxMs: msFromUs(loopDelayMaxUs),
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
