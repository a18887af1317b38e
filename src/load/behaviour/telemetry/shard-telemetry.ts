/** What the devices of a shard share of their messages, for a run or for one trial. */
import type { Recorder } from '../../../metrics/recorder.ts';
import type { Identity } from '../../../model/devices/device-table.ts';
import { isFlatOut } from '../../../model/pace.ts';
import type { PublishPlan, Subscription } from '../../../model/scenario.ts';
import { effectiveSubscriptions } from '../../../model/subscriptions.ts';
import type {
  BehaviourContext,
  CompiledSubscription,
  DeviceLink,
  OpenLedger,
  ShardBehaviour,
  ShardSetting,
} from '../behaviour.ts';
import { compileTopic } from '../template.ts';
import { hasHeader } from './delivery/message-header.ts';
import { ShareGroups } from './delivery/share-group.ts';
import { type MessageSharing, Messenger } from './messenger.ts';
import { type CompiledPlan, compilePlans, type TelemetrySettings } from './plans.ts';

/**
 * Quiet (µs) after which none is taken to come: nothing says how many messages between devices are still on their way, and they have ended
 * when none has come for a while.
 */
const QUIET_US = 1_500_000;

export class ShardTelemetry implements ShardBehaviour, MessageSharing {
  readonly context: BehaviourContext;
  readonly owner: number;
  readonly run: number;
  readonly recorder: Recorder;
  readonly plans: CompiledPlan[];
  readonly subscriptions: CompiledSubscription[];
  readonly groups = new ShareGroups();
  readonly hasHeaders: boolean;
  receivedUs = 0;

  constructor(
    { context, settings, owner, run, publishFactor }: ShardSetting<TelemetrySettings>,
    subscriptions: readonly Subscription[] = effectiveSubscriptions(settings),
  ) {
    const { publish } = settings;
    this.context = context;
    this.owner = owner;
    this.run = run;
    this.recorder = context.recorder;
    const plans = publishFactor === 0 ? [] : publish.map((plan) => paced(plan, publishFactor));
    this.plans = compilePlans(plans, context.random, run);
    this.subscriptions = subscriptions.map(({ topic, qos }) => ({ topic: compileTopic(topic), qos }));
    this.hasHeaders = publish.some(hasHeader);
  }

  attach(link: DeviceLink, identity: Identity, before?: Messenger): Messenger {
    return new Messenger(this, link, identity, before);
  }

  isQuiet(nowUs: number, fromUs: number): boolean {
    const listens = this.subscriptions.length > 0 && this.plans.some(({ plan }) => hasHeader(plan));
    return !listens || nowUs - Math.max(this.receivedUs, fromUs) >= QUIET_US;
  }

  report(ledger: OpenLedger): void {
    ledger.shares.push(...this.groups.books);
  }
}

/** The scenario's plan, so many times as fast. */
function paced(plan: PublishPlan, factor: number): PublishPlan {
  return { ...plan, everyUs: isFlatOut(plan) ? 0 : Math.max(1, Math.round(plan.everyUs / factor)) };
}
