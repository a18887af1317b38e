/** How a run stands, by hand: for the tests of whatever shows it. */
import { Totals } from '../../../src/metrics/totals.ts';
import { courseOf, figuresOf, type LiveFacts } from '../../../src/report/live/live-facts.ts';
import { snapshotOf } from '../metrics/snapshots.ts';

export const LENGTHS = { connectUs: 4e6, durationUs: 20e6, gracefulStopUs: 5e6 };

/** Undefined before the start line. */
export function standing(totals: Totals, elapsedUs?: number): LiveFacts {
  return { course: courseOf(LENGTHS, elapsedUs), figures: figuresOf(totals), planned: 1200, workers: 2 };
}

/** Ten seconds of a fleet that connects for four, and publishes what is acked and answered. */
export function busyTotals({ failures = 0, late = false } = {}): Totals {
  const totals = new Totals(1);
  for (let second = 0; second < 10; second++) {
    const open = Math.min(1200, 300 * (second + 1));
    totals.add(
      0,
      snapshotOf(
        second,
        (recorder) => {
          const { counters, trends } = recorder;
          const isConnecting = second < 4;
          counters.connects_ok = isConnecting ? 300 : 0;
          counters.messages_scheduled = counters.messages_sent = open;
          counters.messages_acked = open - 2;
          counters.messages_received = open + 10;
          if (isConnecting) trends.connect_latency.record(2_000 + 500 * second);
          trends.publish_ack.record(1_380 + second);
          trends.reply_latency.record(12_345 * (second === 7 ? 9 : 1));
          trends.publish_slip.record(late ? 900_000 : 2_100);
          for (let kind = 0; kind < failures; kind++)
            recorder.fail('connack', 'rejected', `CONNACK ${kind + 1}`, 'd1', failures - kind);
        },
        { open, vitals: { cpuUs: 1, utilization: 0.431, gcUs: 0, loopDelayMaxUs: 0 } },
      ),
    );
  }
  return totals;
}
