/** `mqtt-fleet check SCENARIO`: everything that can be said of a scenario without running it. */

import type { Door } from '../../app/door.ts';
import { EXIT, type ExitCode, firstOf } from '../../app/exit-code.ts';
import { findingsOn, preflightTable } from '../../app/preflight-gate.ts';
import { probe, probeText } from '../../app/probe.ts';
import { beyondQuotas, mostOfRun, ownerRequestOf, ownerText } from '../../app/target-owner.ts';
import { type Plan, planRun } from '../../coordinator/plan.ts';
import type { DeviceTable } from '../../model/devices/device-table.ts';
import { formatProblem } from '../../model/errors.ts';
import { messagesPerSec } from '../../model/pace.ts';
import type { Scenario } from '../../model/scenario.ts';
import { terminalText } from '../../model/terminal-text.ts';
import { formatDuration } from '../../model/units.ts';
import { formatCount } from '../../report/text/format.ts';
import { paintFor } from '../../report/text/paint.ts';
import type { Command } from '../command.ts';
import { onOff } from '../flags/flag-fields.ts';
import { flags, type Values } from '../flags/flags.ts';
import { SCENARIO_FLAGS, workersOf } from '../flags/scenario-flags.ts';
import { givenScenario } from '../given-scenario.ts';

const FLAGS = flags({
  ...SCENARIO_FLAGS,
  probe: onOff('Also sign the first device in, and tell how that went (exit 99 if it failed)'),
});

export const checkCommand: Command<typeof FLAGS.fields> = {
  usage: 'check <scenario>',
  describe: 'Validate a scenario file and its devices, print the plan and whether this machine can carry it',
  flags: FLAGS,
  examples: [
    ['$0 check fleet.yaml', 'all problems at once, or the plan'],
    ['$0 check fleet.yaml --probe', 'and one device signs in'],
  ],
  run: check,
};

async function check(flags: Values<typeof FLAGS.fields>, door: Door): Promise<void> {
  const { scenario, devices } = await givenScenario(flags, door);
  const plan = planRun(scenario, devices, workersOf(flags));
  const findings = await findingsOn(scenario, plan);
  const paint = paintFor(door.stdout, door.env);
  tellOfOwner(scenario, plan, flags.scenario, door);
  door.stdout.write(`${planText(scenario, devices, plan)}\n\n${preflightTable(findings, paint)}\n`);
  const codes: ExitCode[] = findings.some(({ verdict }) => verdict === 'exceeded') ? [EXIT.preflight] : [];
  if (flags.probe) {
    const probed = await probe(scenario, devices);
    door.stdout.write(`\n${probeText(probed, paint)}\n`);
    if (probed.failure !== undefined) codes.push(EXIT.threshold);
  }
  door.finish(firstOf(codes));
}

/** Whose the target may be and what it would get, as a run would say it. */
function tellOfOwner(scenario: Scenario, plan: Plan, file: string, { stderr }: Door): void {
  const owner = {
    ...ownerRequestOf(scenario, { scenario: file, yes: false }),
    most: mostOfRun(scenario, plan),
  };
  const text = ownerText(owner);
  if (text !== undefined) stderr.write(`${text}\n`);
  for (const problem of beyondQuotas(owner)) {
    stderr.write(`warning: ${formatProblem({ ...problem, hint: 'a run needs --yes' })}\n`);
  }
}

function planText(scenario: Scenario, devices: DeviceTable, plan: Plan): string {
  const rows: [string, string][] = [
    ['scenario', scenario.name],
    [
      'devices',
      `${formatCount(devices.count)}${plan.devicesLeftOut > 0 ? `, ${formatCount(plan.devicesLeftOut)} never started` : ''}`,
    ],
    ['connects', `${formatCount(plan.starts)} in ${formatDuration(wholeMs(plan.connectUs))}`],
    ['publishing', scenario.publish.length === 0 ? 'nothing' : publishRate(scenario, plan)],
    [
      'duration',
      `${formatDuration(wholeMs(plan.durationUs))}, then a drain of at most ${formatDuration(scenario.gracefulStopUs)}`,
    ],
    ['workers', workersText(plan)],
    ['thresholds', String(scenario.thresholds.length)],
  ];
  return rows.map(([label, value]) => `${label.padEnd(12)}${terminalText(value)}`).join('\n');
}

function workersText({ shares }: Plan): string {
  const least = shares.at(-1)!;
  const most = shares[0]!;
  const each = least === most ? `${formatCount(most)}` : `${formatCount(least)} to ${formatCount(most)}`;
  return `${shares.length}, with ${each} connections${shares.length > 1 ? ' each' : ''}`;
}

function publishRate(scenario: Scenario, plan: Plan): string {
  const perSec = messagesPerSec(scenario.publish, plan.starts);
  if (!Number.isFinite(perSec))
    return 'as many messages as go through, of each device as soon as it is connected';
  return `${Math.round(perSec * 100) / 100} messages/s once all are connected`;
}

/** When the last connect is due need not be a round number. */
function wholeMs(us: number): number {
  return Math.round(us / 1e3) * 1e3;
}
