/** Telemetry: devices publish by plans of their own pace, and hear what they have subscribed to, answers among it. */
import { isFlatOut } from '../../../model/pace.ts';
import type { PublishPlan } from '../../../model/scenario.ts';
import type { BehaviourKind } from '../behaviour.ts';
import type { TelemetrySettings } from './plans.ts';
import { ShardTelemetry } from './shard-telemetry.ts';

export const telemetry = {
  name: 'telemetry',
  metrics: [
    'publish_slip',
    'message_latency',
    'reply_latency',
    'messages_backlog',
    'backlog_drain',
    'messages_lost',
    'messages_duplicated',
    'messages_reordered',
    'replies_received',
    'replies_missing',
  ],
  schema: () => import('./settings/schema.ts'),
  isAskedFor: ({ subscribe, publish }) => subscribe.length > 0 || publish.length > 0,
  hurried: ({ publish }) => ({ publish: publish.map(hurriedPlan) }),
  shard: (setting) => new ShardTelemetry(setting),
} satisfies BehaviourKind<TelemetrySettings>;

function hurriedPlan(plan: PublishPlan): PublishPlan {
  return { ...plan, everyUs: isFlatOut(plan) ? 0 : 3_000, replyTimeoutUs: 1_000 };
}
