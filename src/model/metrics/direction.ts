/** Which way a metric gets better. */
import { COUNTER_ROWS } from './counters.ts';
import { type Counter, kindOfMetric, type MetricName } from './metric-names.ts';

/** Direction in which a metric is better; undefined where neither is: of what was scheduled, of bytes. */
export function betterOf(metric: MetricName): 'low' | 'high' | undefined {
  switch (kindOfMetric(metric)) {
    case 'time':
      return 'low';
    case 'rate':
      return 'high';
    case 'counter':
      return COUNTER_ROWS[metric as Counter].better;
    default:
      return undefined;
  }
}
