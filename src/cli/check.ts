/** `mqtt-fleet check SCENARIO`: everything that can be said of a scenario without opening anything. */
import type { CommandModule } from 'yargs';
import { type Plan, planRun } from '../coordinator/plan.ts';
import { formatProblem } from '../errors.ts';
import { formatCount } from '../report/format.ts';
import type { DeviceTable } from '../scenario/device-table.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { readScenario } from '../scenario/scenario-file.ts';
import { formatDuration } from '../units.ts';
import type { Door } from './door.ts';
import { overridesOf, type ScenarioFlags, scenarioFlags, workersOf } from './scenario-flags.ts';

export function checkCommand(door: Door): CommandModule {
  return {
    command: 'check <scenario>',
    describe: 'Validate a scenario file and its devices, and print the plan; opens nothing',
    builder: (yargs) =>
      scenarioFlags(yargs).example('$0 check fleet.yaml', 'all problems at once, or the plan'),
    handler: (argv) => check(argv as unknown as ScenarioFlags, door),
  };
}

async function check(flags: ScenarioFlags, door: Door): Promise<void> {
  const { scenario, devices, warnings } = await readScenario(flags.scenario, {
    overrides: overridesOf(flags),
    env: door.env,
  });
  for (const warning of warnings) door.stderr.write(`warning: ${formatProblem(warning)}\n`);
  const plan = planRun(scenario, devices, workersOf(flags));
  door.stdout.write(`${planText(scenario, devices, plan)}\n`);
}

function planText(scenario: Scenario, devices: DeviceTable, plan: Plan): string {
  const rows: [string, string][] = [
    ['scenario', scenario.name],
    [
      'devices',
      `${formatCount(devices.count)}${plan.devicesLeftOut > 0 ? `, ${formatCount(plan.devicesLeftOut)} never started` : ''}`,
    ],
    ['connects', `${formatCount(plan.starts)} in ${formatDuration(plan.connectUs)}`],
    ['publishing', scenario.publish.length === 0 ? 'nothing' : publishRate(scenario, plan)],
    [
      'duration',
      `${formatDuration(plan.durationUs)}, then a drain of at most ${formatDuration(scenario.gracefulStopUs)}`,
    ],
    ['workers', workersText(plan)],
    ['thresholds', String(scenario.thresholds.length)],
  ];
  return rows.map(([label, value]) => `${label.padEnd(12)}${value}`).join('\n');
}

function workersText({ shares }: Plan): string {
  const least = shares.at(-1)!;
  const most = shares[0]!;
  const each = least === most ? `${formatCount(most)}` : `${formatCount(least)} to ${formatCount(most)}`;
  return `${shares.length}, with ${each} connections${shares.length > 1 ? ' each' : ''}`;
}

function publishRate(scenario: Scenario, plan: Plan): string {
  const perSec = scenario.publish.reduce((sum, { everyUs }) => sum + plan.starts / (everyUs / 1e6), 0);
  return `${Math.round(perSec * 100) / 100} messages/s once all are connected`;
}
