/** `mqtt-fleet run SCENARIO`. */

import type { Door } from '../../app/door.ts';
import { exitCodeOf } from '../../app/exit-code.ts';
import { holdPreflight } from '../../app/preflight-gate.ts';
import { runScenario } from '../../app/run-scenario.ts';
import { devicesKnownTo } from '../../app/stand-in.ts';
import { stopRequestOf } from '../../app/stop-request.ts';
import { mindOwner, mostOfRun, ownerRequestOf } from '../../app/target-owner.ts';
import { openWatchers } from '../../app/watch/watchers.ts';
import { planRun } from '../../coordinator/plan.ts';
import type { Summary } from '../../metrics/summary.ts';
import { badInput } from '../../model/errors.ts';
import { terminalJson, terminalText } from '../../model/terminal-text.ts';
import { claimFolder, createRunFolder } from '../../report/file/write.ts';
import { summaryTable } from '../../report/run/summary-table.ts';
import { paintFor } from '../../report/text/paint.ts';
import type { Command } from '../command.ts';
import { FORCE, onOff, someText, YES } from '../flags/flag-fields.ts';
import { flags, type Values } from '../flags/flags.ts';
import { lingerForSomebody, PROMETHEUS_FLAGS } from '../flags/prometheus-flags.ts';
import { SCENARIO_FLAGS, workersOf } from '../flags/scenario-flags.ts';
import { tellGitHub } from '../github-actions.ts';
import { givenScenario } from '../given-scenario.ts';

const FLAGS = flags({
  ...SCENARIO_FLAGS,
  ...PROMETHEUS_FLAGS,
  out: someText()
    .optional()
    .meta({ alias: 'o', description: "Folder of the run's reports [reports/<UTC time>-<name>]" }),
  json: onOff('Print the summary as JSON'),
  quiet: onOff('No progress on stderr'),
  allowInvalid: onOff('Do not fail (exit 114) when the generator was overloaded'),
  force: FORCE,
  yes: YES,
}).rule(['prometheus', 'prometheusLinger'], lingerForSomebody);

type RunFlags = Values<typeof FLAGS.fields>;

export const runCommand: Command<typeof FLAGS.fields> = {
  usage: 'run <scenario>',
  describe: 'Run a scenario file and report latency and throughput',
  flags: FLAGS,
  examples: [
    ['$0 run scenarios/quickstart.yaml', 'the smallest run, against the stand-in'],
    ['$0 run fleet.yaml -w 4 --set hold=60s', 'four worker threads, a longer hold'],
  ],
  run,
};

async function run(flags: RunFlags, door: Door): Promise<void> {
  const { scenario, devices, asRun } = await givenScenario(flags, door);
  const plan = planRun(scenario, devices, workersOf(flags));
  if (plan.starts === 0) throw badInput([{ file: flags.scenario, message: 'the stages start no device' }]);

  // Read before anything is opened: its problems are bad input too.
  const knownDevices = await devicesKnownTo(scenario, devices);
  await holdPreflight(scenario, plan, flags.force, door);
  await mindOwner({ ...ownerRequestOf(scenario, flags), most: mostOfRun(scenario, plan) }, door);
  // The first signal costs no report, whenever it comes: from here on there is one.
  const stop = stopRequestOf(door);
  const watchers = await openWatchers(flags, { scenario, plan }, door);
  try {
    const folder = await (flags.out === undefined
      ? createRunFolder(scenario.name, Date.now())
      : claimFolder(flags.out));
    const { listeners, warn } = watchers;
    const { allowInvalid } = flags;
    let summary: Summary | undefined;
    const onSummary = (built: Summary): void => {
      summary = built;
    };
    let isWritten = false;
    try {
      const request = { scenario, devices, knownDevices, plan, asRun, folder, listeners, allowInvalid, warn };
      await runScenario({ ...request, stop, onSummary }).finally(() => watchers.endView());
      isWritten = true;
    } finally {
      if (summary !== undefined) await tell(summary, isWritten ? folder : undefined, flags, door);
    }
    await watchers.linger();
  } finally {
    await watchers.close();
    stop.close();
  }
}

/** What is known is told, though the report may not have been written. */
async function tell(
  summary: Summary,
  folder: string | undefined,
  { json, allowInvalid }: RunFlags,
  door: Door,
): Promise<void> {
  door.stdout.write(json ? `${terminalJson(summary)}\n` : shown(summary, folder, door));
  await tellGitHub(summary, door, allowInvalid);
  door.finish(exitCodeOf(summary, allowInvalid));
}

function shown(summary: Summary, folder: string | undefined, door: Door): string {
  const table = summaryTable(summary, paintFor(door.stdout, door.env));
  return folder === undefined ? `${table}\n` : `${table}\n\nReport      ${terminalText(folder)}\n`;
}
