/** What a scenario asks of its devices' messages, and its publish plans compiled once per shard. */
import type { Identity } from '../../../model/devices/device-table.ts';
import type { PublishPlan, Scenario } from '../../../model/scenario.ts';
import { compileTopic, type Fill } from '../template.ts';
import { compilePayload, type PayloadRenderer } from './payload.ts';

export type TelemetrySettings = Pick<Scenario, 'subscribe' | 'publish'>;

export interface CompiledPlan {
  plan: PublishPlan;
  index: number;
  topic: Fill<Identity>;
  payload: PayloadRenderer;
  replyTopic: Fill<Identity> | undefined;
}

/** `random` differs per shard, so that no two shards send the same values; `run` goes into headers. */
export function compilePlans(
  plans: readonly PublishPlan[],
  random: () => number,
  run: number,
): CompiledPlan[] {
  return plans.map((plan, index) => ({
    plan,
    index,
    topic: compileTopic(plan.topic),
    payload: compilePayload(plan.payload, { random, epochMs: Date.now, run, plan: index }),
    replyTopic: plan.reply === undefined ? undefined : compileTopic(plan.reply),
  }));
}
