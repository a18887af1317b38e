/** A run from a scenario that has been read to reports on the disk: the path that `mqtt-fleet run` takes. */
import { availableParallelism, cpus } from 'node:os';
import type { Embedded } from '../broker/embedded.ts';
import { hintOf } from '../client/failure-hint.ts';
import { monotonicClock } from '../clock.ts';
import { FleetRun, type FleetRunResult, type RunEvent } from '../coordinator/fleet-run.ts';
import type { Plan } from '../coordinator/plan.ts';
import { openThreadLinks } from '../coordinator/thread-links.ts';
import { buildSummary, type Summary } from '../metrics/summary.ts';
import { recordFiles, renderedFiles } from '../report/run-files.ts';
import { writeFiles } from '../report/write.ts';
import type { DeviceTable } from '../scenario/device-table.ts';
import type { Scenario, Target } from '../scenario/scenario.ts';
import { TOOL } from '../tool.ts';
import { logRun, openRunLog, type RunLog } from './run-log.ts';
import { aimedAt, observationsOf, startStandInFor } from './stand-in.ts';
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
  /** Side by side, of every event: whoever watches the run. Its log is written anyhow. */
  listeners: ((event: RunEvent) => void)[];
  /** May have been requested already. */
  stop: StopRequest;
}

/** Writes the run's folder whatever the outcome, once anything was opened. */
export async function runScenario(request: RunRequest): Promise<Summary> {
  const { scenario, knownDevices, folder } = request;
  const runLog = openRunLog(folder);
  try {
    const standIn =
      scenario.target.kind === 'embedded' ? await startStandInFor(scenario, knownDevices) : undefined;
    try {
      return await runAgainst(request, standIn, runLog);
    } finally {
      await standIn?.close();
    }
  } finally {
    runLog.close();
  }
}

async function runAgainst(
  request: RunRequest,
  standIn: Embedded | undefined,
  runLog: RunLog,
): Promise<Summary> {
  const { devices, plan, folder, asRun, allowInvalid } = request;
  const listeners = [logRun(runLog), ...request.listeners];
  const { scenario, target } = aimedAt(request.scenario, standIn);
  const run = new FleetRun({
    scenario,
    target,
    devices,
    plan,
    clock: monotonicClock(),
    openLinks: openThreadLinks,
    onEvent: (event) => {
      for (const listener of listeners) listener(event);
    },
  });
  let lost: string | undefined;
  standIn?.onLost(({ message }) => {
    lost = message;
    run.requestStop(message);
  });
  const stopListening = request.stop.listen((signal) => run.requestStop(signal));
  let result: FleetRunResult;
  try {
    result = await run.run();
  } finally {
    stopListening();
  }
  const observed = standIn && (await observationsOf(standIn));
  const summary = buildSummary({
    totals: result.totals,
    tool: TOOL,
    scenario: {
      name: scenario.name,
      target: targetText(target, standIn !== undefined),
      devices: devices.count,
      client: scenario.client,
      protocol: scenario.protocol,
      signmethod: scenario.auth.signmethod,
      workers: plan.segments.length,
    },
    outcome: outcomeOf(result, lost),
    startedEpochMs: result.startedEpochMs,
    durationUs: result.durationUs,
    connectUs: plan.connectUs,
    environment: environment(),
    thresholds: scenario.thresholds,
    breach: result.breach,
    hintOf,
    observed,
  });
  request.onSummary?.(summary);
  runLog.log.info({ outcome: summary.outcome, counters: summary.counters }, 'done');
  const finished = { summary, intervals: result.totals.timeline.intervals, asRun, allowInvalid };
  await writeFiles(folder, recordFiles(finished));
  await writeFiles(folder, renderedFiles(finished));
  return summary;
}

/** `lostStandIn`: why, though it was only after the run, when it was asked what it had seen. */
function outcomeOf({ lostShards, stopReason }: FleetRunResult, lostStandIn?: string): Summary['outcome'] {
  const lost = lostShards.map(({ shard, reason }) => `worker ${shard} was lost: ${reason}`);
  if (lostStandIn !== undefined) lost.unshift(lostStandIn);
  if (lost.length > 0) return { state: 'partial', reason: lost.join('; ') };
  return stopReason === undefined
    ? { state: 'completed', reason: null }
    : { state: 'aborted', reason: stopReason };
}

export function targetText(target: Target, isStandIn: boolean): string {
  switch (target.kind) {
    case 'url':
      return `${target.protocol}://${target.host}:${target.port}${target.path}${isStandIn ? ' (stand-in)' : ''}`;
    case 'region':
      return `Aliyun ${target.region}`;
    case 'instance':
      return `Aliyun ${target.instance}`;
  }
}

export function environment(): Summary['environment'] {
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    openssl: process.versions.openssl ?? 'unknown',
  };
}
