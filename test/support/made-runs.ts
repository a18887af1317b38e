/** Runs made by the product's own code from numbers drawn by a seed: what two shards would have reported, without the time it takes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recorder } from '../../src/metrics/recorder.ts';
import { buildSummary, type ScenarioFacts, type Summary } from '../../src/metrics/summary.ts';
import { Totals } from '../../src/metrics/totals.ts';
import { type FinishedRun, recordFiles } from '../../src/report/run/run-files.ts';
import { seededRandom } from '../../src/statistics/random.ts';
import { snapshotOf } from '../unit/metrics/snapshots.ts';

export interface MadeRunOptions {
  seed: number;
  /** [20] */
  seconds?: number;
  /** Added to every CONNACK, and so to connect_service and connect_latency. */
  connackUs?: number;
  /** Of the connects of each second. */
  failedPerSec?: number;
  connectsPerSec?: number;
  facts?: Partial<ScenarioFacts>;
  environment?: Summary['environment'];
  asRun?: string;
  outcome?: Summary['outcome'];
  toolVersion?: string;
}

export const MADE_SCENARIO = `name: made
target: mqtt://broker:1883
devices: { generate: { productKey: pk, count: 400 } }
connect: { stages: [{ duration: 20s, rate: 20/s }] }
publish:
  - { topic: "/t", qos: 1, every: 1s, payload: { size: 64B } }
`;

/** A second in which everything is slower or faster than in others, as seconds are. */
const SECOND_SPREAD = 0.1;
const VALUE_SPREAD = 0.3;

export function madeRun(options: MadeRunOptions): FinishedRun {
  const { seconds = 20, facts, environment, outcome, toolVersion = '1.2.3' } = options;
  const random = seededRandom(options.seed);
  const totals = new Totals(1);
  for (let second = 0; second <= seconds; second++) {
    const closing = second === seconds;
    totals.add(
      0,
      snapshotOf(second, (recorder) => closing || recordSecond(recorder, options, random), { closing }),
    );
  }
  const summary = buildSummary({
    totals,
    tool: { name: 'mqtt-fleet', version: toolVersion },
    scenario: {
      name: 'made',
      target: 'mqtt://broker:1883',
      devices: 400,
      client: 'mqtt',
      protocol: '3.1.1',
      signmethod: 'hmacsha1',
      workers: 1,
      ...facts,
    },
    outcome: outcome ?? { state: 'completed', reason: null },
    startedEpochMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    durationUs: seconds * 1e6,
    connectUs: seconds * 1e6,
    environment: { node: 'v20.20.2', platform: 'linux x64', cpu: 'made', cores: 2, ...environment },
    thresholds: [],
    hintOf: ({ code }) => `about ${code}`,
    observed: undefined,
  });
  return { summary, intervals: totals.timeline.intervals, asRun: options.asRun ?? MADE_SCENARIO };
}

function recordSecond(recorder: Recorder, options: MadeRunOptions, random: () => number): void {
  const { connackUs = 0, failedPerSec = 0, connectsPerSec = 20 } = options;
  const { counters, trends } = recorder;
  const pace = normal(random) * SECOND_SPREAD;
  const draw = (medianUs: number): number =>
    Math.round(medianUs * Math.exp(pace + VALUE_SPREAD * normal(random)));
  counters.connects_scheduled = counters.connects_started = connectsPerSec;
  counters.connects_ok = connectsPerSec - failedPerSec;
  counters.connects_failed = failedPerSec;
  for (let connect = 0; connect < connectsPerSec - failedPerSec; connect++) {
    const connack = draw(1000) + connackUs;
    const tcp = draw(300);
    trends.connect_connack.record(connack);
    trends.connect_tcp.record(tcp);
    trends.connect_service.record(connack + tcp);
    trends.connect_latency.record(connack + tcp + draw(50));
  }
  counters.messages_scheduled = counters.messages_sent = counters.messages_acked = 200;
  for (let message = 0; message < 200; message++) trends.publish_ack.record(draw(1200));
}

/** By Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Its folder, as `run` would have left it. */
export function writeRun(folder: string, run: FinishedRun): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(recordFiles(run))) writeFileSync(join(folder, name), content);
  return folder;
}
