/** A run from a scenario that has been read to reports on the disk: the path that `mqtt-fleet run` takes. */

import { Fleet, type RunEvent } from '../coordinator/fleet.ts';
import { openThreadLinks } from '../coordinator/link/thread-links.ts';
import { type Plan, trialOf } from '../coordinator/plan.ts';
import type { TrialResult } from '../coordinator/trial.ts';
import type { Summary } from '../metrics/summary.ts';
import { monotonicClock } from '../model/clock.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import { FleetError } from '../model/errors.ts';
import type { Scenario } from '../model/scenario.ts';
import { TOOL } from '../model/tool.ts';
import { writeFiles } from '../report/file/write.ts';
import type { JournalHead } from '../report/journal/entry.ts';
import { JOURNAL, type Journal } from '../report/journal/journal.ts';
import { recordFiles, renderedFiles } from '../report/run/run-files.ts';
import { headOf, summaryOf, targetText } from './record/run-facts.ts';
import { openRunRecord, type RunRecord } from './record/run-record.ts';
import { type Aimed, logRefusals, observationsOf, withStandIn } from './stand-in.ts';
import type { StopRequest } from './stop-request.ts';

export interface RunRequest {
  scenario: Scenario;
  devices: DeviceTable;
  /** Those the stand-in lets in, where there is one. */
  knownDevices: DeviceTable;
  plan: Plan;
  /** The scenario's text, for the run's folder. */
  asRun: string;
  /** Exists. */
  folder: string;
  /** An overloaded generator is accepted. */
  allowInvalid?: boolean;
  /** Hears of the result before it is written: it is worth showing though the disk may be full. */
  onSummary?(summary: Summary): void;
  /** Whoever watches the run: side by side they hear every event. Its log is written anyhow. */
  listeners: ((event: RunEvent) => void)[];
  /** Hears of what goes wrong beside the run. */
  warn(text: string): void;
  /** May have been requested already. */
  stop: StopRequest;
}

/** Writes the run's folder whatever the outcome, once anything was opened. */
export async function runScenario(request: RunRequest): Promise<Summary> {
  const { scenario, knownDevices, devices, plan, asRun, folder, warn } = request;
  const head = headOf(scenario, devices.count, plan, asRun);
  const record = openRunRecord(folder, head, warn);
  let isWhole = false;
  try {
    return await withStandIn(scenario, knownDevices, async (aimed) => {
      const summary = await runAgainst(request, aimed, { head, ...record });
      isWhole = true;
      return summary;
    });
  } finally {
    record.close(isWhole);
  }
}

async function runAgainst(
  request: RunRequest,
  { scenario, target, standIn }: Aimed,
  { head, runLog, journal, onEvent }: RunRecord & { head: JournalHead },
): Promise<Summary> {
  const { devices, plan, folder, asRun, allowInvalid } = request;
  const listeners = [onEvent, ...request.listeners];
  const aim = targetText(target, standIn !== undefined);
  journal.append({ type: 'aimed', target: aim });
  const fleet = new Fleet({
    ...{ scenario, target, segments: plan.segments, connections: plan.starts, onLoss: 'stop' },
    devices: { kind: 'shared', table: devices.shared },
    clock: monotonicClock(),
    openLinks: openThreadLinks,
    onEvent: (event) => {
      for (const listener of listeners) listener(event);
    },
  });
  let lost: string | undefined;
  standIn?.onLost(({ message }) => {
    lost = message;
    fleet.requestStop(message);
  });
  const stopListening = request.stop.listen((signal) => fleet.requestStop(signal));
  let result: TrialResult;
  try {
    result = await fleet.runOnce(trialOf(plan, scenario));
  } finally {
    stopListening();
  }
  const { totals, startedEpochMs, durationUs, breach } = result;
  const observed = standIn && (await observationsOf(standIn));
  if (standIn && observed && (observed.counts.connects_refused ?? 0) > 0)
    await logRefusals(standIn, runLog.log);
  const outcome = outcomeOf(result, lost);
  journal.append({ type: 'ended', outcome, startedEpochMs, durationUs, observed });
  const measured = { totals, outcome, startedEpochMs, durationUs, breach, observed };
  const summary = summaryOf(head, aim, { ...measured, warnings: warningsOf(journal) });
  request.onSummary?.(summary);
  runLog.log.info({ outcome: summary.outcome, counters: summary.counters }, 'done');
  const { intervals, merged } = totals.timeline;
  const finished = { summary, intervals, merged, asRun, allowInvalid };
  try {
    await writeFiles(folder, recordFiles(finished));
    await writeFiles(folder, renderedFiles(finished));
  } catch (error) {
    throw withWayOut(error, folder, journal.cut !== undefined);
  }
  return summary;
}

function warningsOf({ cut }: Pick<Journal, 'cut'>): string[] {
  if (cut === undefined) return [];
  return [
    `${JOURNAL} was cut in mid-run (${cut}); a kill would have cost the rest, these figures are complete`,
  ];
}

/** The journal was there before the report. */
function withWayOut(error: unknown, folder: string, isCut: boolean): unknown {
  if (!(error instanceof FleetError)) return error;
  const hint = `make room and call \`${TOOL.name} report ${folder}\`, or with --out another folder: what was measured${isCut ? ' before it was cut' : ''} is in its ${JOURNAL}`;
  return new FleetError(error.code, error.message, { hint, cause: error.cause });
}

/** `lostStandIn`: why, though it was only after the run, when it was asked what it had seen. */
function outcomeOf({ lostShards, stopReason }: TrialResult, lostStandIn?: string): Summary['outcome'] {
  const lost = lostShards.map(({ shard, reason }) => `worker ${shard} was lost: ${reason}`);
  if (lostStandIn !== undefined) lost.unshift(lostStandIn);
  if (lost.length > 0) return { state: 'partial', reason: lost.join('; ') };
  return stopReason === undefined
    ? { state: 'completed', reason: null }
    : { state: 'aborted', reason: stopReason };
}
