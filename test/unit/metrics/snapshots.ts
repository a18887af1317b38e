/** Snapshots by hand: what a shard would have posted. */
import { Recorder } from '../../../src/metrics/recorder.ts';
import type { Snapshot } from '../../../src/metrics/snapshot.ts';

export const CALM = { cpuUs: 100_000, utilization: 0.1, gcUs: 2000, loopDelayMaxUs: 500 };

/** Of a whole second, filled by `record`; `more` replaces any other field. */
export function snapshotOf(
  second: number,
  record: (recorder: Recorder) => void = () => {},
  more: Partial<Snapshot> = {},
): Snapshot {
  const recorder = new Recorder();
  record(recorder);
  const taken = structuredClone(recorder.take());
  recorder.destroy();
  return {
    second,
    fromUs: second * 1_000_000,
    toUs: (second + 1) * 1_000_000,
    ...taken,
    open: 0,
    closing: false,
    vitals: CALM,
    ...more,
  };
}
