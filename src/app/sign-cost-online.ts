/** The part of `sign-cost` that connects: the fleet signs in to the scenario's target with each method in turn. */

import { hinterOf } from '../client/failure-hint.ts';
import type { RunEvent } from '../coordinator/fleet.ts';
import { openThreadLinks } from '../coordinator/link/thread-links.ts';
import { type Plan, planRun } from '../coordinator/plan.ts';
import { monotonicClock } from '../model/clock.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import { FleetError } from '../model/errors.ts';
import { fastestOf } from '../model/pace.ts';
import { terminalText } from '../model/terminal-text.ts';
import { formatDuration } from '../model/units.ts';
import { aliyun } from '../platform/aliyun/aliyun.ts';
import { formatCount } from '../report/text/format.ts';
import type { ScenarioInput } from '../scenario/scenario-file.ts';
import type { OnlineCost, OnlineWay } from '../sign-cost/sign-cost-report.ts';
import { analyseRounds } from '../sign-cost/sign-online.ts';
import { type OnlineRound, SignRounds, signInOnly } from '../sign-cost/sign-rounds.ts';
import { EXIT, type ExitCode, exitCodeOfFault } from './exit-code.ts';
import { targetText } from './record/run-facts.ts';
import { type Aimed, withStandIn } from './stand-in.ts';
import type { StopRequest } from './stop-request.ts';
import type { MostLoad } from './target-owner.ts';

export interface OnlineRequest {
  input: ScenarioInput;
  /** Those the stand-in lets in, where there is one. */
  knownDevices: DeviceTable;
  rounds: number;
  ways: OnlineWay[];
  workers: number;
  say(line: string): void;
}

/** Spacing of a device's connects that the platform asks for (µs), and a little more, since a connect may be late one time and punctual the next. */
const SPACING_US = (60e6 / aliyun.limits.connectsPerMinute) * 1.05;
/** One round says nothing of the spread between rounds. */
const LEAST_ROUNDS = 2;

function planOf({ input, ways, workers }: OnlineRequest): Plan {
  return planRun(signInOnly(input.scenario, ways[0]!), input.devices, workers);
}

function spacingUs({ input }: OnlineRequest): number {
  return input.scenario.target.kind === 'embedded' ? 0 : SPACING_US;
}

/** The most that it asks of a target: nothing but sign-ins. */
export function mostOnline(request: OnlineRequest): MostLoad {
  const { scenario } = request.input;
  return {
    connections: planOf(request).starts,
    connectsPerSec: fastestOf(scenario.connect.stages),
    messagesPerSec: 0,
    payloadBytesPerSec: 0,
    durationUs: leastUs(request),
  };
}

function leastUs(request: OnlineRequest): number {
  const runs = request.rounds * request.ways.length;
  return runs * Math.max(planOf(request).durationUs, spacingUs(request));
}

export function onlinePlan(request: OnlineRequest): string {
  const { rounds, ways } = request;
  const { starts } = planOf(request);
  const runs = rounds * ways.length;
  const leastSec = Math.ceil(leastUs(request) / 1e6);
  const times = `${runs} times (${rounds} rounds of ${ways.length} methods)`;
  return `then online: ${formatCount(starts)} devices sign in ${times}, which takes at least ${formatDuration(leastSec * 1e6)}`;
}

/**
 * Null where fewer than two rounds were completed; the codes say why. What was measured before is not lost by whatever happens here: a
 * fault is said, and its code is one of them.
 */
export async function measureOnline(
  request: OnlineRequest,
  codes: ExitCode[],
  stop: StopRequest,
): Promise<OnlineCost | null> {
  const { scenario } = request.input;
  const rounds: OnlineRound[] = [];
  let where = '';
  try {
    await withStandIn(scenario, request.knownDevices, async (aimed) => {
      where = targetText(aimed.target, aimed.standIn !== undefined);
      await measureRounds(request, rounds, aimed, codes, stop);
    });
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    codes.push(exitCodeOfFault(error.code));
    request.say(error.message);
  }
  if (rounds.length < LEAST_ROUNDS) return null;
  const findings = analyseRounds(rounds, request.ways, hinterOf(aliyun));
  if (findings.health.verdict === 'invalid') codes.push(EXIT.invalid);
  const { starts, segments } = planOf(request);
  return { ...findings, target: where, devices: starts, workers: segments.length };
}

/** Adds each round to `completed` when it is, and says what ended the experiment before its last one. */
async function measureRounds(
  request: OnlineRequest,
  completed: OnlineRound[],
  { scenario, target, standIn }: Aimed,
  codes: ExitCode[],
  stop: StopRequest,
): Promise<void> {
  const { input, ways, workers, rounds, say } = request;
  const onEvent = (event: RunEvent): void => {
    if (event.type !== 'lost') return;
    codes.push(EXIT.workerLost);
    say(`worker ${event.shard} was lost: ${terminalText(event.reason)}`);
  };
  const experiment = new SignRounds({
    scenario,
    target,
    devices: input.devices,
    workers,
    ways,
    rounds,
    spacingUs: spacingUs(request),
    clock: monotonicClock(),
    openLinks: openThreadLinks,
    onRun: (round, way) => say(`round ${round} of ${rounds}: ${way}`),
    onRound: (round) => completed.push(round),
    onEvent,
  });
  standIn?.onLost(({ code, message }) => {
    codes.push(exitCodeOfFault(code));
    say(message);
    experiment.requestStop(message);
  });
  const stopListening = stop.listen((signal) => {
    say(`stopping: ${signal}`);
    experiment.requestStop(signal);
  });
  try {
    await experiment.complete();
  } finally {
    stopListening();
  }
}
