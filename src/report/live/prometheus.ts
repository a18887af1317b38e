/** A run's metrics for Prometheus: a registry that reads the merged totals whenever it is asked. Names and labels are closed sets. */
import { type Metric, Registry } from 'prom-client';
import type { Totals } from '../../metrics/totals.ts';
import { COUNTER_ROWS } from '../../model/metrics/counters.ts';
import {
  COUNTERS,
  type Counter,
  METRIC_ROWS,
  TIME_TRENDS,
  type TimeTrend,
} from '../../model/metrics/metric-names.ts';
import { formatFailure } from '../text/format.ts';

export interface ExposedRun {
  /** Name of the scenario, a label of every metric. */
  scenario: string;
  /** Connections planned. */
  planned: number;
  totals(): Totals;
}

interface Sample {
  /** Name of the sample, where it is not the family's own. */
  metricName?: string;
  labels: Record<string, string | number>;
  value: number;
}

/** Bounds of the buckets, µs: from signing in a tenth of a millisecond to a connect that waits for its timeout. */
const BOUNDS_US = [1e2, 1e3, 1e4, 1e5, 1e6, 1e7].flatMap((us) => [us, 2.5 * us, 5 * us]).concat(1e8);

/** Registry of a run's metrics: times in seconds, the unit of Prometheus, and counters named as there, `_total` last, the unit before it. */
export function exposedMetrics({ scenario, planned, totals }: ExposedRun): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ scenario });
  const add = (type: string, name: string, help: string, samples: () => Sample[]): void =>
    registry.registerMetric(family(type, `mqtt_fleet_${name}`, help, samples));
  const plain = (value: number): Sample[] => [{ labels: {}, value }];

  add('gauge', 'connections_open', METRIC_ROWS.connections_open.help, () =>
    plain(totals().timeline.seconds.at(-1)?.open ?? 0),
  );
  add('gauge', 'connections_planned', 'Connections that the run will have started.', () => plain(planned));
  for (const name of COUNTERS) {
    add('counter', `${unitLast(name)}_total`, COUNTER_ROWS[name].help, () => plain(totals().counters[name]));
  }
  add('counter', 'failures_total', 'Failures of devices by phase, kind and code.', () =>
    totals().failures.map((failure) => ({
      labels: { reason: formatFailure(failure) },
      value: failure.count,
    })),
  );
  for (const name of TIME_TRENDS) {
    const inSeconds = `${name}_seconds`;
    add('histogram', inSeconds, METRIC_ROWS[name].help, () =>
      buckets(`mqtt_fleet_${inSeconds}`, totals(), name),
    );
  }
  return registry;
}

/** Name of a counter with its unit last: bytes_sent → sent_bytes. */
function unitLast(name: Counter): string {
  const { unit } = COUNTER_ROWS[name];
  return unit === undefined ? name : `${name.replace(`${unit}_`, '')}_${unit}`;
}

/**
 * prom-client's own metrics count what they are told, one event at a time; ours are counted already, in threads of their own. What the
 * registry asks of a metric is here, and no more.
 */
function family(type: string, name: string, help: string, samples: () => Sample[]): Metric {
  const get = async () => ({ type, name, help, values: samples() });
  return { type, name, help, get } as unknown as Metric;
}

/** Buckets of a trend, cumulative, as the format wants them; one without a value has empty ones rather than none. */
function buckets(name: string, totals: Totals, trend: TimeTrend): Sample[] {
  const histogram = totals.histogram(trend);
  const counts = histogram?.countsUpTo(BOUNDS_US);
  const { count = 0, sum: sumUs = 0 } = histogram ?? {};
  const bucket = (le: number | string, value: number): Sample => ({
    metricName: `${name}_bucket`,
    labels: { le },
    value,
  });
  return [
    ...BOUNDS_US.map((us, index) => bucket(us / 1e6, counts?.[index] ?? 0)),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels: {}, value: sumUs / 1e6 },
    { metricName: `${name}_count`, labels: {}, value: count },
  ];
}
