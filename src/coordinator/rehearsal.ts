/** What the coordinator does once a second in a run, done before it. */

import { Recorder } from '../metrics/recorder.ts';
import { Timeline } from '../metrics/timeline.ts';
import { TIME_TRENDS } from '../model/metrics/metric-names.ts';

const SECONDS = 3;
const VALUES = 100;

/**
 * The first merge of a process takes 40 ms, since WASM is made for it: on a machine of few cores the workers would miss them in the run's
 * first second, when their devices connect. While they rehearse themselves there is time enough.
 */
export function rehearseMerging(): void {
  const recorder = new Recorder();
  const timeline = new Timeline(1);
  for (let second = 0; second < SECONDS; second++) {
    for (const name of TIME_TRENDS) {
      for (let value = 1; value <= VALUES; value++) recorder.trends[name].record(value * value);
    }
    timeline.add(0, {
      second,
      fromUs: second * 1e6,
      toUs: (second + 1) * 1e6,
      ...recorder.take(),
      open: 0,
      closing: false,
      vitals: { cpuUs: null, utilization: 0, gcUs: 0, loopDelayMaxUs: 0 },
    });
  }
  recorder.destroy();
}
