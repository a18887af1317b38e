/** What a run will do, before anything is opened: how many starts, for how long, cut into how many segments. */
import { orderOfRun } from '../load/protocol.ts';
import { createPacer } from '../load/time/pacer.ts';
import { type Segment, shareOf } from '../load/time/segment.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import type { Scenario } from '../model/scenario.ts';
import type { TrialPlan } from './trial.ts';

export interface Plan {
  /** Connections that will be started: one per device, as many as the stages make room for. */
  starts: number;
  /** Devices of the list that no stage starts. */
  devicesLeftOut: number;
  segments: Segment[];
  /** Starts of each segment; they sum to `starts`. */
  shares: number[];
  /** When the last connect is due, after the start line (µs). */
  connectUs: number;
  /** Time from the start line to the end of publishing (µs); a drain of at most gracefulStop follows. */
  durationUs: number;
}

export function planRun(scenario: Scenario, devices: DeviceTable, workers: number): Plan {
  const pacer = createPacer(scenario.connect.stages);
  const starts = Math.min(pacer.starts, devices.count);
  // Not the end of the stages: they may go on past the last device.
  const connectUs = starts > 0 ? pacer.dueUs(starts - 1) : 0;
  // A segment without a slot of maxInFlight would drop all its starts.
  const of = Math.max(1, Math.min(workers, starts, scenario.connect.maxInFlight));
  const segments = Array.from({ length: of }, (_, index) => ({ index, of }));
  return {
    starts,
    devicesLeftOut: devices.count - starts,
    segments,
    shares: segments.map((segment) => shareOf(segment, starts)),
    connectUs,
    durationUs: connectUs + scenario.holdUs,
  };
}

/** The one trial that a run is. */
export function trialOf({ starts }: Plan, { holdUs }: Scenario): TrialPlan {
  return { ...orderOfRun(starts), holdUs, pauseUs: 0 };
}

/** The scenario of a fleet whose trials are judged by whoever has them done: what fails is an outcome, nobody tries again by himself. */
export function scenarioOfTrials({ reconnect: _, connect, ...rest }: Scenario): Scenario {
  const { retry: __, ...once } = connect;
  return { ...rest, connect: once, thresholds: [] };
}
