/** All kinds of behaviour there are. A message is for the first that takes it: telemetry, which takes whatever comes, is the last. */
import type { MetricName } from '../../model/metrics/metric-names.ts';
import type { Scenario } from '../../model/scenario.ts';
import { type BehaviourContext, type BehaviourKind, type ShardBehaviour, settingsIn } from './behaviour.ts';
import { telemetry } from './telemetry/telemetry.ts';

export const BEHAVIOURS = [telemetry] as const satisfies readonly BehaviourKind[];

/** Behaviours that a scenario asks for, as the devices of one shard have them in a run or in one trial. */
export function createBehaviours(
  context: BehaviourContext,
  scenario: Scenario,
  run: number,
  publishFactor = 1,
  kinds: readonly BehaviourKind[] = BEHAVIOURS,
): ShardBehaviour[] {
  return kinds
    .filter((kind) => kind.isAskedFor(settingsIn(scenario)))
    .map((kind, owner) => kind.shard({ context, settings: settingsIn(scenario), owner, run, publishFactor }));
}

/** Why a metric stays without data: no kind that records it is asked for; undefined where there is another reason, or none. */
export function notAskedFor(
  metric: MetricName,
  scenario: Scenario,
  kinds: readonly BehaviourKind[] = BEHAVIOURS,
): string | undefined {
  const recording = kinds.filter(({ metrics }) => metrics.includes(metric));
  if (recording.length === 0 || recording.some((kind) => kind.isAskedFor(settingsIn(scenario))))
    return undefined;
  return `the scenario asks for no ${recording.map(({ name }) => name).join(', no ')}`;
}

/** The scenario with messages as a rehearsal has time for. */
export function hurried(scenario: Scenario): Scenario {
  const kinds: readonly BehaviourKind[] = BEHAVIOURS;
  return Object.assign({ ...scenario }, ...kinds.map((kind) => kind.hurried?.(settingsIn(scenario))));
}
