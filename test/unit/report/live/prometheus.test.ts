import { expect, it } from 'vitest';
import { Totals } from '../../../../src/metrics/totals.ts';
import { COUNTERS, TIME_TRENDS } from '../../../../src/model/metrics/metric-names.ts';
import { exposedMetrics } from '../../../../src/report/live/prometheus.ts';
import { type Family, parseExposition } from '../../../support/exposition.ts';
import { snapshotOf } from '../../metrics/snapshots.ts';

async function read(totals: Totals, scenario = 'test'): Promise<Map<string, Family>> {
  const registry = exposedMetrics({ scenario, planned: 1200, totals: () => totals });
  return parseExposition(await registry.metrics());
}

const sampleOf = (families: Map<string, Family>, name: string) =>
  families.get(`mqtt_fleet_${name}`)?.samples[0]?.value;

it('has every counter and trend from the first scrape on, at zero', async () => {
  const families = await read(new Totals(1));
  const names = [
    'connections_open',
    'connections_planned',
    ...COUNTERS.map((name) => name.replace(/^bytes_(.*)/, '$1_bytes')).map((name) => `${name}_total`),
    'failures_total',
    ...TIME_TRENDS.map((name) => `${name}_seconds`),
  ].map((name) => `mqtt_fleet_${name}`);
  expect([...families.keys()].sort()).toEqual(names.sort());
  for (const [name, { samples, help }] of families) {
    expect(help, name).toMatch(/^[A-Z].*\.$/);
    for (const { value } of samples) expect(value, name).toBe(name.endsWith('_planned') ? 1200 : 0);
  }
  expect(families.get('mqtt_fleet_sent_bytes_total')?.type).toBe('counter');
  expect(families.get('mqtt_fleet_connections_open')?.type).toBe('gauge');
  expect(families.get('mqtt_fleet_failures_total')).toMatchObject({ type: 'counter', samples: [] });
});

it('shows what the totals hold at the time of the scrape', async () => {
  const totals = new Totals(1);
  const registry = exposedMetrics({ scenario: 'test', planned: 5, totals: () => totals });
  for (const second of [0, 1]) {
    totals.add(
      0,
      snapshotOf(
        second,
        ({ counters }) => {
          counters.connects_ok = 20;
          counters.bytes_sent = 1000;
        },
        { open: 20 * (second + 1) },
      ),
    );
    const families = parseExposition(await registry.metrics());
    expect(sampleOf(families, 'connects_ok_total')).toBe(20 * (second + 1));
    expect(sampleOf(families, 'sent_bytes_total')).toBe(1000 * (second + 1));
    expect(sampleOf(families, 'connections_open')).toBe(20 * (second + 1));
  }
});

it('makes a trend a histogram of seconds, with the values up to each bound', async () => {
  const totals = new Totals(2);
  for (const shard of [0, 1]) {
    totals.add(
      shard,
      snapshotOf(0, ({ trends }) => {
        for (const us of [90, 100, 240, 1_000, 7_000, 2_000_000, 99_000_000, 3_000_000_000])
          trends.connect_latency.record(us);
      }),
    );
  }
  const { type, samples } = (await read(totals)).get('mqtt_fleet_connect_latency_seconds')!;
  expect(type).toBe('histogram');
  const upTo = Object.fromEntries(
    samples.filter(({ labels }) => labels.le).map(({ labels, value }) => [labels.le, value]),
  );
  expect(upTo).toEqual({
    '0.0001': 4,
    '0.00025': 6,
    '0.0005': 6,
    '0.001': 8,
    '0.0025': 8,
    '0.005': 8,
    '0.01': 10,
    '0.025': 10,
    '0.05': 10,
    '0.1': 10,
    '0.25': 10,
    '0.5': 10,
    '1': 10,
    '2.5': 12,
    '5': 12,
    '10': 12,
    '25': 12,
    '50': 12,
    '100': 14,
    '+Inf': 16,
  });
  expect(samples.slice(-2).map(({ name, value }) => [name, value])).toEqual([
    ['mqtt_fleet_connect_latency_seconds_sum', 6202.01686],
    ['mqtt_fleet_connect_latency_seconds_count', 16],
  ]);
});

it('counts failures by reason, and has no other label than scenario, reason and le', async () => {
  const totals = new Totals(1);
  totals.add(
    0,
    snapshotOf(0, (recorder) => {
      recorder.fail('connack', 'rejected', 'CONNACK 4', 'd1', 3);
      recorder.fail('tcp', 'timeout', '', 'd2', 7);
    }),
  );
  const families = await read(totals);
  const failures = families.get('mqtt_fleet_failures_total')!;
  expect(failures.samples.map(({ labels, value }) => [labels.reason, value])).toEqual([
    ['tcp: timeout', 7],
    ['connack: rejected CONNACK 4', 3],
  ]);
  const labels = [...families.values()].flatMap(({ samples }) =>
    samples.flatMap((sample) => Object.keys(sample.labels)),
  );
  expect([...new Set(labels)].sort()).toEqual(['le', 'reason', 'scenario']);
});

it('takes any name of a scenario for a label', async () => {
  const name = 'a "quoted"\\name\nof two lines, with {braces} = and 中文';
  const families = await read(new Totals(1), name);
  for (const { samples } of families.values()) {
    for (const { labels } of samples) expect(labels.scenario).toBe(name);
  }
});

it.each([
  ['the last line does not end', '# TYPE a gauge\na 1'],
  ['outside of its family', 'a 1\n'],
  ['outside of its family', '# TYPE a gauge\nb 1\n'],
  ['a family in two places', '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# HELP a more\n'],
  ['after its samples', '# TYPE a gauge\na 1\n# HELP a late\n'],
  ['twice', '# TYPE a gauge\na{x="1"} 1\na{x="1"} 2\n'],
  ['not labels', '# TYPE a gauge\na{x="1"y="2"} 1\n'],
  ['not labels', '# TYPE a gauge\na{x="a "quoted" name"} 1\n'],
  ['not a number', '# TYPE a gauge\na undefined\n'],
  ['has no type', '# HELP a nothing\na 1\n'],
  ['not cumulative', histogramText([2, 1], 1)],
  ['not that of the last bucket', histogramText([1, 2], 3)],
])('these tests would see that %s', (complaint, text) => {
  expect(() => parseExposition(text)).toThrow(complaint);
});

it('these tests take a histogram that is one', () => {
  expect(parseExposition(histogramText([1, 2], 2)).get('h')?.samples).toHaveLength(4);
});

function histogramText([first, all]: number[], count: number): string {
  return `# TYPE h histogram\nh_bucket{le="1"} ${first}\nh_bucket{le="+Inf"} ${all}\nh_sum 1\nh_count ${count}\n`;
}
