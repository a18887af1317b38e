/** A limit search from a scenario that has been read to its report on the disk: the path that `mqtt-fleet limit` takes. */

import { hinterOf } from '../client/failure-hint.ts';
import { Fleet, type RunEvent } from '../coordinator/fleet.ts';
import { openThreadLinks } from '../coordinator/link/thread-links.ts';
import { limitFiles } from '../limit/limit-files.ts';
import { goalFacts, type LimitPlan } from '../limit/limit-plan.ts';
import type { LimitReport, LimitTrial } from '../limit/limit-report.ts';
import { LimitRun } from '../limit/limit-run.ts';
import { planLines, progressOfTrial, STARTING, trialLine, waitText } from '../limit/limit-table.ts';
import { readMachine } from '../machine/facts.ts';
import type { Totals } from '../metrics/totals.ts';
import { monotonicClock } from '../model/clock.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import type { Scenario } from '../model/scenario.ts';
import { TOOL } from '../model/tool.ts';
import { loginWord, meaningOf, platformOf } from '../platform/platforms.ts';
import { lockFolder } from '../report/file/folder-lock.ts';
import { dropPercentiles, writeFiles } from '../report/file/write.ts';
import type { LiveView } from '../report/live/live-view.ts';
import type { Paint } from '../report/text/paint.ts';
import type { Door } from './door.ts';
import { environment, targetText } from './record/run-facts.ts';
import { openRunLog, type RunLog } from './record/run-log.ts';
import { type Aimed, withStandIn } from './stand-in.ts';
import type { StopRequest } from './stop-request.ts';

export interface SearchRequest {
  plan: LimitPlan;
  scenario: Scenario;
  devices: DeviceTable;
  /** Those the stand-in lets in, where there is one. */
  knownDevices: DeviceTable;
  /** The scenario's text, for the folder. */
  asRun: string;
  /** Exists. */
  folder: string;
  /** May have been requested already. */
  stop: StopRequest;
  /** Hears of the result before it is written: it is worth showing though the disk may be full. */
  onReport(report: LimitReport): void;
  view: LiveView;
  paint: Paint;
}

/** A shorter wait needs no words. */
const LONG_WAIT_US = 1_500_000;

/** Writes the folder whatever the outcome, once anything was opened. */
export async function searchLimit(request: SearchRequest, door: Door): Promise<void> {
  const unlock = lockFolder(request.folder);
  try {
    await searchIn(request, door);
  } finally {
    unlock();
  }
}

async function searchIn(request: SearchRequest, door: Door): Promise<void> {
  const { plan, knownDevices, folder, view } = request;
  const runLog = openRunLog(folder);
  try {
    await withStandIn(plan.scenario, knownDevices, (aimed) => searchAgainst(request, aimed, runLog, door));
  } finally {
    view.end();
    const failure = runLog.close();
    if (failure !== undefined) door.stderr.write(`warning: run.log could not be written: ${failure}\n`);
  }
}

async function searchAgainst(
  request: SearchRequest,
  { target, standIn, ...aimed }: Aimed,
  { log }: RunLog,
  door: Door,
): Promise<void> {
  const { plan, scenario, devices, folder, asRun, view, paint } = request;
  const targetName = targetText(target, standIn !== undefined);
  view.note(planLines(plan, goalFacts(plan, scenario), targetName));
  const { kind, segments } = plan;
  let step = { value: 0, nth: 0 };
  const show = (totals?: Totals): void =>
    view.show(() => progressOfTrial(step.value, step.nth, kind.unit, totals));
  view.show(() => STARTING);
  const machine = await readMachine(scenario.localAddresses ?? []);
  const clock = monotonicClock();
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'progress') show(event.totals);
    else if (event.type === 'waiting' && event.reason === 'rest' && event.us >= LONG_WAIT_US)
      view.note(waitText(step.value, step.nth, event.us, plan));
  };
  const fleet = new Fleet({
    ...{ scenario: aimed.scenario, target, segments, connections: devices.count, onLoss: 'fail' },
    devices: { kind: 'shared', table: devices.shared },
    ...{ clock, openLinks: openThreadLinks, onEvent },
  });
  standIn?.onLost((fault) => fleet.fail(fault));
  const run = new LimitRun({
    ...plan,
    goalFacts: goalFacts(plan, scenario),
    thresholds: scenario.thresholds,
    clock,
    fleet,
    machine,
    facts: {
      tool: TOOL,
      scenario: {
        name: scenario.name,
        target: targetName,
        devices: devices.count,
        client: scenario.client,
        protocol: scenario.protocol,
        signmethod: loginWord(scenario),
        workers: segments.length,
      },
      environment: environment(),
    },
    hintOf: hinterOf(meaningOf(platformOf(scenario), scenario.auth)),
    onStep: (value, nth) => {
      step = { value, nth };
      show();
    },
    onTrial: (trial: LimitTrial, nth: number) => {
      view.note(trialLine(trial, nth, kind.unit, paint));
      log.info(trial, 'trial');
    },
  });
  const stopLooking = door.onExit(() => view.abandon());
  const stopListening = request.stop.listen((signal) => {
    view.note(`stopping: ${signal}`);
    run.stop(signal, 'signal');
  });
  let report: LimitReport;
  try {
    report = await run.run();
  } finally {
    stopListening();
    stopLooking();
  }
  request.onReport(report);
  const { lower, upper, limiter, outcome } = report;
  log.info({ lower, upper, limiter, outcome }, 'done');
  const files = limitFiles(report, asRun);
  await writeFiles(folder, files);
  await dropPercentiles(folder, files);
}
