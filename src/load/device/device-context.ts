/** What all virtual devices of a shard share: compiled once, handed to each. */
import type { Client } from '../../client/connection.ts';
import { Recorder } from '../../metrics/recorder.ts';
import type { Clock } from '../../model/clock.ts';
import type { DeviceTable, Identity } from '../../model/devices/device-table.ts';
import { fasterBy } from '../../model/pace.ts';
import type { PublishPlan, Scenario, Subscription, Target } from '../../model/scenario.ts';
import { effectiveSubscriptions } from '../../model/subscriptions.ts';
import { seededRandom } from '../../statistics/random.ts';
import { ShareGroups } from '../behaviour/telemetry/delivery/share-group.ts';
import { compilePayload, type PayloadRenderer } from '../behaviour/telemetry/payload.ts';
import type { Round } from '../behaviour/telemetry/stagger.ts';
import { compileTemplate } from '../behaviour/telemetry/template.ts';
import type { ShardAssignment } from '../protocol.ts';
import { Turns } from '../time/fair-queue.ts';
import { shareOf } from '../time/segment.ts';
import { Slots } from '../time/slots.ts';
import { Wheel } from '../time/wheel.ts';

export interface DeviceContext {
  scenario: Scenario;
  /** The scenario's target once `embedded` has got its address. */
  target: Target;
  devices: DeviceTable;
  client: Client;
  clock: Clock;
  wheel: Wheel;
  turns: Turns;
  recorder: Recorder;
  subscriptions: CompiledSubscription[];
  plans: CompiledPlan[];
  /** Seeded; for jitter and reconnects. */
  random: () => number;
  /** Tells this run's messages from those of others on the same broker. */
  run: number;
  /** The groups of shared subscriptions that its devices are members of. */
  groups: ShareGroups;
  round: Round;
  /** When publishing ends, on the shard's clock. */
  publishEndUs: number;
  /** How long a device stays connected once it is ready; to the end when undefined. */
  stayUs: number | undefined;
  /** Levels of the shard, kept by its devices. */
  load: Load;
  slots: Slots;
}

export interface Load {
  /** Attempts under way. */
  connecting: number;
  open: number;
  /** What a drain waits for: attempts, subscriptions, acknowledgements and replies still to come. */
  outstanding: number;
  /** When a device last received a message. */
  receivedUs: number;
  /** Connections that were told to close and have not ended. */
  closing: number;
}

type TopicRenderer = (identity: Identity) => string;

export interface CompiledSubscription {
  topic: TopicRenderer;
  qos: Subscription['qos'];
}

export interface CompiledPlan {
  plan: PublishPlan;
  index: number;
  topic: TopicRenderer;
  payload: PayloadRenderer;
  replyTopic: TopicRenderer | undefined;
}

const TOPIC_FILLS = {
  productKey: (identity: Identity) => identity.productKey,
  deviceName: (identity: Identity) => identity.deviceName,
  clientId: (identity: Identity) => identity.clientId,
};

/** Without messages: each trial has its own. */
export function createContext(
  { segment, scenario, target, run }: ShardAssignment,
  devices: DeviceTable,
  clock: Clock,
  client: Client,
): DeviceContext {
  const random = seededRandom(scenario.seed * 65_537 + segment.index);
  const load = { connecting: 0, open: 0, outstanding: 0, receivedUs: 0, closing: 0 };
  return {
    scenario,
    target,
    devices,
    client,
    clock,
    wheel: new Wheel(clock),
    turns: new Turns(clock),
    recorder: new Recorder(),
    subscriptions: compileSubscriptions(effectiveSubscriptions(scenario)),
    plans: [],
    random,
    run,
    groups: new ShareGroups(),
    round: { startUs: 0, devices: 1 },
    publishEndUs: 0,
    stayUs: undefined,
    load,
    slots: new Slots(load, shareOf(segment, scenario.connect.maxInFlight)),
  };
}

/** What the devices send in a trial: the scenario's messages at so many times their pace. `run` tells them from those of other trials. */
export function planMessages(context: DeviceContext, publishFactor: number, run: number): void {
  const plans = publishFactor === 0 ? [] : fasterBy(publishFactor, context.scenario.publish);
  context.run = run;
  context.plans = compilePlans(plans, context.random, run);
  context.groups = new ShareGroups();
}

export function compileSubscriptions(subscriptions: Subscription[]): CompiledSubscription[] {
  return subscriptions.map(({ topic, qos }) => ({ topic: compileTemplate(topic, TOPIC_FILLS), qos }));
}

/** `random` differs per shard, so that no two shards send the same values. */
export function compilePlans(plans: PublishPlan[], random: () => number, run: number): CompiledPlan[] {
  return plans.map((plan, index) => ({
    plan,
    index,
    topic: compileTemplate(plan.topic, TOPIC_FILLS),
    payload: compilePayload(plan.payload, { random, epochMs: Date.now, run, plan: index }),
    replyTopic: plan.reply === undefined ? undefined : compileTemplate(plan.reply, TOPIC_FILLS),
  }));
}
