/** What the generator was short of where it was late: its own thread, or the machine around it; and what to do about it. Pure. */
import { msFromUs } from '../../model/units.ts';
import type { Vitals } from '../snapshot.ts';

/** What a remedy depends on. */
export interface ShortageSetting {
  /** CPU cores that this process may use. */
  cores?: number;
  workers?: number;
  client?: string;
  /** Whether the stand-in runs on the same cores. */
  sharesMachine?: boolean;
}

/** Share of a second: an event loop busier than this has no room left to be punctual; one such second (compiling, say) proves nothing. */
export const BUSY = 0.95;
/** Share of a core: a loop that is busy while its thread gets less is waiting for the CPU that others use. */
const STARVED_CPU = 0.7;
/** Share of the time in which a thread would have run: where more was spent waiting for a core, it was not the thread that was slow. */
const STARVED_WAIT = 0.25;
/** Least hold-up that makes suspect, µs. */
const HELD_UP_US = 10_000;

export function isBusy({ utilization }: Vitals): boolean {
  return utilization > BUSY;
}

/** Why a thread's loop was busy, by its busy seconds alone, and the remedy. */
export function whyBusy(samples: readonly Vitals[], setting: ShortageSetting): string {
  const busy = samples.filter(isBusy);
  const { cpuUs, waitedUs } = sums(busy);
  if (cpuUs === null) return threadShort(setting);
  const share = cpuUs / 1e6 / busy.length;
  const isStarved = share < STARVED_CPU || waitShare(cpuUs, waitedUs) > STARVED_WAIT;
  return isStarved ? machineShort(share, waitedUs / 1e6 / busy.length, setting) : threadShort(setting);
}

/** Why starts or messages were late: what held up the thread that was held up most. */
export function whyLate(vitals: readonly (readonly Vitals[])[], setting: ShortageSetting): string {
  const held = vitals.map((samples) =>
    samples.filter((sample) => isBusy(sample) || sample.loopDelayMaxUs >= HELD_UP_US),
  );
  const delays = held.map((samples) => samples.reduce((sum, { loopDelayMaxUs }) => sum + loopDelayMaxUs, 0));
  const worker = delays.indexOf(Math.max(...delays));
  const seconds = held[worker] ?? [];
  if (seconds.length === 0)
    return 'no thread was busy for a second or held up: it was bursts; spread the starts (`connect.stages`) and the messages (`jitter`), or use more --workers';
  const longestUs = Math.max(...seconds.map(({ loopDelayMaxUs }) => loopDelayMaxUs));
  const { cpuUs, waitedUs, busyUs, heldUs } = sums(seconds);
  const said = `worker ${worker} was held up for up to ${Math.round(msFromUs(longestUs))} ms: `;
  if (cpuUs === null) return said + threadShort(setting);
  const isStarved =
    waitedUs > 0
      ? waitShare(cpuUs, waitedUs) > STARVED_WAIT
      : cpuUs < STARVED_CPU * busyUs || heldUs > Math.max(busyUs, cpuUs);
  const share = cpuUs / 1e6 / seconds.length;
  return (
    said + (isStarved ? machineShort(share, waitedUs / 1e6 / seconds.length, setting) : threadShort(setting))
  );
}

/** Sums of the samples; `cpuUs` is null where the system does not tell, and what was waited is 0 then. */
function sums(samples: readonly Vitals[]) {
  const sum = (of: (sample: Vitals) => number): number =>
    samples.reduce((total, sample) => total + of(sample), 0);
  return {
    cpuUs: samples.some(({ cpuUs }) => cpuUs === null) ? null : sum(({ cpuUs }) => cpuUs ?? 0),
    waitedUs: sum(({ waitedUs }) => waitedUs ?? 0),
    busyUs: sum(({ utilization }) => utilization * 1e6),
    heldUs: sum(({ loopDelayMaxUs }) => loopDelayMaxUs),
  };
}

function waitShare(cpuUs: number, waitedUs: number): number {
  return waitedUs / Math.max(1, cpuUs + waitedUs);
}

function threadShort({ cores, workers, client }: ShortageSetting): string {
  const leaner = client === 'mqtt' ? '`client: wire`, ' : '';
  if (cores !== undefined && workers !== undefined && workers >= cores)
    return `the thread is saturated, and there is one for each of the ${cores} cores; ${leaner}fewer devices, a lower rate, or another machine`;
  const there = cores === undefined || workers === undefined ? '' : ` (${workers} on ${cores} cores)`;
  return `the thread is saturated; use more --workers${there}, ${leaner}fewer devices, a lower rate, or another machine`;
}

function machineShort(
  share: number,
  waited: number,
  { cores, workers, sharesMachine }: ShortageSetting,
): string {
  const percent = (of: number): string => `${Math.round(of * 100)} %`;
  const waiting = waited >= 0.005 ? ` and waited for one ${percent(waited)} of the time` : '';
  const tooMany = cores !== undefined && workers !== undefined && workers > cores;
  const remedies = [
    'lower the rate',
    ...(tooMany ? [`use no more --workers than its ${cores} cores`] : []),
    sharesMachine ? 'end what else runs on it (the stand-in does)' : 'end what else runs on it',
    'lift the CPU limit of its container',
  ];
  return `it got ${percent(share)} of a core${waiting}, the machine has no more; ${remedies.join(', ')}, or use another machine`;
}
