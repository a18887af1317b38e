/** What all virtual devices of a shard share: compiled once, handed to each. */
import type { Client } from '../../client/connection.ts';
import { Recorder } from '../../metrics/recorder.ts';
import type { Clock } from '../../model/clock.ts';
import { DeviceTable, type Identity, type SharedDevices } from '../../model/devices/device-table.ts';
import type { PublishPlan, Scenario, Subscription, Target } from '../../model/scenario.ts';
import { effectiveSubscriptions } from '../../model/subscriptions.ts';
import { seededRandom } from '../../statistics/random.ts';
import { ShareGroups } from '../behaviour/telemetry/delivery/share-group.ts';
import { compilePayload, type PayloadRenderer } from '../behaviour/telemetry/payload.ts';
import type { Round } from '../behaviour/telemetry/stagger.ts';
import { compileTemplate } from '../behaviour/telemetry/template.ts';
import { Turns } from '../time/fair-queue.ts';
import { type Segment, shareOf } from '../time/segment.ts';
import { Slots } from '../time/slots.ts';
import { Wheel } from '../time/wheel.ts';
import { type LoginContext, loginContext } from './login.ts';

/** What any shard needs to know; the devices are shared memory, the rest is plain data. */
export interface ShardBasis {
  segment: Segment;
  scenario: Scenario;
  target: Target;
  devices: SharedDevices;
  /** A number by which this run's messages are known on a broker that others use too. */
  run: number;
}

export interface DeviceContext extends LoginContext {
  scenario: Scenario;
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
  /** How long a device stays connected once it is ready; to the end when absent. */
  stayUs?: number;
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

export function createContext(basis: ShardBasis, clock: Clock, client: Client): DeviceContext {
  const { segment, scenario, target, run } = basis;
  const devices = new DeviceTable(basis.devices);
  const random = seededRandom(scenario.seed * 65_537 + segment.index);
  const load = { connecting: 0, open: 0, outstanding: 0, receivedUs: 0, closing: 0 };
  return {
    ...loginContext(scenario, devices, target),
    scenario,
    devices,
    client,
    clock,
    wheel: new Wheel(clock),
    turns: new Turns(clock),
    recorder: new Recorder(),
    subscriptions: compileSubscriptions(effectiveSubscriptions(scenario)),
    plans: compilePlans(scenario.publish, random, run),
    random,
    run,
    groups: new ShareGroups(),
    round: { startUs: 0, devices: 1 },
    publishEndUs: 0,
    load,
    slots: new Slots(load, shareOf(segment, scenario.connect.maxInFlight)),
  };
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
