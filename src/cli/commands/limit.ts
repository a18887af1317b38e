/** `mqtt-fleet limit SCENARIO`. */

import type { Door } from '../../app/door.ts';
import { EXIT, type ExitCode } from '../../app/exit-code.ts';
import { holdPreflight } from '../../app/preflight-gate.ts';
import { searchLimit } from '../../app/search-limit.ts';
import { devicesKnownTo } from '../../app/stand-in.ts';
import { stopRequestOf } from '../../app/stop-request.ts';
import { type MostLoad, mindOwner, mostBytes, ownerRequestOf } from '../../app/target-owner.ts';
import { type Plan, planRun } from '../../coordinator/plan.ts';
import { LIMIT_MARK } from '../../limit/limit-files.ts';
import { type LimitPlan, limitPlanOf } from '../../limit/limit-plan.ts';
import type { LimitReport } from '../../limit/limit-report.ts';
import { limitTable } from '../../limit/limit-table.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import { badInput } from '../../model/errors.ts';
import type { Scenario } from '../../model/scenario.ts';
import { terminalJson, terminalText } from '../../model/terminal-text.ts';
import { claimFolder, createRunFolder } from '../../report/file/write.ts';
import { createLiveView, SILENT_VIEW } from '../../report/live/live-view.ts';
import { paintFor } from '../../report/text/paint.ts';
import type { Command } from '../command.ts';
import { FORCE, JSON_RESULT, onOff, someText, YES } from '../flags/flag-fields.ts';
import { flags, type Values } from '../flags/flags.ts';
import { LIMIT_FLAGS } from '../flags/limit-flags.ts';
import { SCENARIO_FLAGS, workersOf } from '../flags/scenario-flags.ts';
import { givenScenario } from '../given-scenario.ts';

const FLAGS = flags({
  ...SCENARIO_FLAGS,
  ...LIMIT_FLAGS,
  out: someText()
    .optional()
    .meta({ alias: 'o', description: 'Folder of the report [reports/<UTC time>-<name>-limit]' }),
  force: FORCE,
  yes: YES,
  json: JSON_RESULT,
  quiet: onOff('No plan and no progress on stderr'),
});

export const limitCommand: Command<typeof FLAGS.fields> = {
  usage: 'limit <scenario>',
  describe:
    'Search how many connections, connects or messages per second the target bears, and name what sets the limit',
  flags: FLAGS,
  examples: [
    ['$0 limit scenarios/connection-limit.yaml', 'how many connections it holds'],
    ['$0 limit fleet.yaml --of connect-rate --max 500', 'how many connects per second, up to 500'],
  ],
  run: limit,
};

async function limit(flags: Values<typeof FLAGS.fields>, door: Door): Promise<void> {
  const { scenario, devices, asRun } = await givenScenario(flags, door);
  const plan = limitPlanOf(flags, { scenario, devices, workers: workersOf(flags) });
  if ('problem' in plan) throw badInput([{ file: flags.scenario, ...plan.problem }]);

  // Read before anything is opened: its problems are bad input too.
  const knownDevices = await devicesKnownTo(scenario, devices);
  await holdPreflight(scenario, mostOf(plan, scenario, devices), flags.force, door);
  await mindOwner({ ...ownerRequestOf(scenario, flags), most: mostOfSearch(plan, scenario, devices) }, door);
  // The first signal costs no report, whenever it comes: from here on there is one.
  const stop = stopRequestOf(door);
  const folder = await (flags.out === undefined
    ? createRunFolder(`${scenario.name}-limit`, Date.now())
    : claimFolder(flags.out, [LIMIT_MARK]));
  let report: LimitReport | undefined;
  let isWritten = false;
  try {
    await searchLimit(
      {
        plan,
        scenario,
        devices,
        knownDevices,
        asRun,
        folder,
        stop,
        view: flags.quiet
          ? SILENT_VIEW
          : createLiveView(door.stderr, door.env, paintFor(door.stderr, door.env)),
        paint: paintFor(door.stderr, door.env),
        onReport: (built) => {
          report = built;
        },
      },
      door,
    );
    isWritten = true;
  } finally {
    // What is known is told, though the report may not have been written.
    if (report !== undefined) tell(report, isWritten ? folder : undefined, flags.json, door);
    stop.close();
  }
}

/** The plan of a run that opens as much as the search may come to open at once. */
function mostOf({ kind, search, segments }: LimitPlan, scenario: Scenario, devices: DeviceTable): Plan {
  const plan = planRun(scenario, devices, segments.length);
  if (kind.churns) return { ...plan, starts: Math.min(plan.starts, scenario.connect.maxInFlight) };
  return { ...plan, starts: kind.isCount ? search.max : devices.count };
}

/** The last trial that it may come to. */
function mostOfSearch(plan: LimitPlan, scenario: Scenario, devices: DeviceTable): MostLoad {
  const { of, search, rampPerSec, budgetUs } = plan;
  const messagesPerSec = of === 'message-rate' ? search.max : 0;
  const bytes = Math.max(0, ...scenario.publish.map(({ payload }) => mostBytes(payload)));
  return {
    connections: mostOf(plan, scenario, devices).starts,
    connectsPerSec: of === 'connect-rate' ? search.max : rampPerSec,
    messagesPerSec,
    payloadBytesPerSec: messagesPerSec * bytes,
    durationUs: budgetUs,
  };
}

function tell(report: LimitReport, folder: string | undefined, json: boolean, door: Door): void {
  const place = folder === undefined ? '' : `\n\nReport   ${terminalText(folder)}`;
  const text = json ? terminalJson(report) : `${limitTable(report, paintFor(door.stdout, door.env))}${place}`;
  door.stdout.write(`${text}\n`);
  door.finish(exitCodeOf(report));
}

/** The budget ends a search as its user wished; without a single trial that held or failed there is no answer. */
function exitCodeOf({ outcome, limiter, trials }: LimitReport): ExitCode {
  if (outcome.state === 'partial') return EXIT.workerLost;
  if (outcome.by === 'signal') return EXIT.stopped;
  if (limiter.kind === 'refused' || trials.every(({ verdict }) => verdict === 'spoiled'))
    return EXIT.threshold;
  return EXIT.ok;
}
