/** Are the harness's own numbers to be trusted? Measured per worker, judged by a rule that is written down in the README. */
import { msFromUs } from '../units.ts';
import type { Vitals } from './snapshot.ts';

export interface Health {
  verdict: 'valid' | 'suspect' | 'invalid';
  /** In words, the worst first; empty when valid. */
  reasons: string[];
  workers: WorkerHealth[];
}

export interface WorkerHealth {
  /** CPU of the thread over the run, 0 … 1; null where the system does not tell. */
  cpu: number | null;
  /** Share of the time the event loop was busy: over the run, and in its busiest second. */
  utilization: number;
  utilizationMax: number;
  /** The longest the event loop was held up. */
  loopDelayMaxMs: number;
}

export interface Slip {
  metric: 'connect_slip' | 'publish_slip';
  p99Us: number | undefined;
}

/** A start or message this late on the 99th percentile distorts what it measures; later still, it is another experiment. */
const SLIP_SUSPECT_US = 20_000;
const SLIP_INVALID_US = 100_000;
/** An event loop busier than this has no room left to be punctual; one such second (compiling, say) proves nothing. */
const BUSY = 0.95;
const BUSY_SHARE_SUSPECT = 0.1;

export function judgeHealth(vitals: Vitals[][], seconds: number, slips: Slip[]): Health {
  const workers = vitals.map((samples) => workerHealth(samples, seconds));
  const invalid: string[] = [];
  const suspect: string[] = [];
  for (const { metric, p99Us } of slips) {
    if (p99Us === undefined) continue;
    const said = `${metric} p99 is ${msFromUs(p99Us)} ms: the generator itself was that late`;
    if (p99Us > SLIP_INVALID_US) invalid.push(said);
    else if (p99Us > SLIP_SUSPECT_US) suspect.push(said);
  }
  vitals.forEach((samples, index) => {
    const busy = samples.filter(({ utilization }) => utilization > BUSY).length;
    if (busy < 2 || busy / samples.length < BUSY_SHARE_SUSPECT) return;
    const said = `worker ${index}: event loop over ${BUSY * 100} % busy in ${busy} of ${samples.length} s`;
    suspect.push(`${said}: use more --workers or a lower rate`);
  });
  const verdict = invalid.length > 0 ? 'invalid' : suspect.length > 0 ? 'suspect' : 'valid';
  return { verdict, reasons: [...invalid, ...suspect], workers };
}

function workerHealth(samples: Vitals[], seconds: number): WorkerHealth {
  const cpuUs = samples.reduce<number | null>(
    (sum, { cpuUs }) => (sum === null || cpuUs === null ? null : sum + cpuUs),
    0,
  );
  const utilizations = samples.map((sample) => sample.utilization);
  return {
    cpu: cpuUs === null || seconds <= 0 ? null : round(cpuUs / 1e6 / seconds),
    utilization: round(
      utilizations.reduce((sum, value) => sum + value, 0) / Math.max(1, utilizations.length),
    ),
    utilizationMax: round(Math.max(0, ...utilizations)),
    loopDelayMaxMs: msFromUs(Math.max(0, ...samples.map((sample) => sample.loopDelayMaxUs))),
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
