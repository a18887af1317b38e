/** A behaviour for tests, beside telemetry: a device greets when it is connected, and again for each message to `/NAME/greet`. */
import * as z from 'zod';
import type {
  BehaviourKind,
  DeviceBehaviour,
  DeviceLink,
  Ending,
  ShardBehaviour,
  ShardSetting,
} from '../../../../src/load/behaviour/behaviour.ts';
import { compileTopic } from '../../../../src/load/behaviour/template.ts';
import type { Identity } from '../../../../src/model/devices/device-table.ts';
import type { Qos } from '../../../../src/model/scenario.ts';

const shape = { greet: z.strictObject({ topic: z.string(), qos: z.literal([0, 1]) }).optional() };
type Settings = z.output<z.ZodObject<typeof shape>>;

export const greeting = {
  name: 'greeting',
  metrics: [],
  schema: async () => ({ shape }),
  isAskedFor: ({ greet }) => greet !== undefined,
  shard: (setting) => new ShardGreeting(setting),
} satisfies BehaviourKind<Settings>;

export class ShardGreeting implements ShardBehaviour {
  readonly owner: number;
  readonly qos: Qos;
  readonly topic: (identity: Identity) => string;
  readonly subscriptions = [{ topic: compileTopic('/${deviceName}/greet'), qos: 0 as const }];
  readonly devices: DeviceGreeting[] = [];

  constructor({ settings, owner }: ShardSetting<Settings>) {
    this.owner = owner;
    this.qos = settings.greet!.qos;
    this.topic = compileTopic(settings.greet!.topic);
  }

  attach(link: DeviceLink, identity: Identity, before?: DeviceGreeting): DeviceGreeting {
    const device = new DeviceGreeting(this, link, identity, before);
    this.devices.push(device);
    return device;
  }
}

export class DeviceGreeting implements DeviceBehaviour {
  /** What has happened to it, in order. */
  readonly heard: unknown[][] = [];
  readonly before: DeviceGreeting | undefined;
  private readonly shard: ShardGreeting;
  private readonly link: DeviceLink;
  private readonly topic: string;

  constructor(shard: ShardGreeting, link: DeviceLink, identity: Identity, before?: DeviceGreeting) {
    this.shard = shard;
    this.link = link;
    this.topic = shard.topic(identity);
    this.before = before;
  }

  subscribing(filters: readonly string[]): void {
    this.heard.push(['subscribing', ...filters]);
  }

  subscribed(returnCodes: readonly number[], from: number): void {
    this.heard.push(['subscribed', from, ...returnCodes]);
  }

  connected(): void {
    this.greet();
  }

  received(topic: string): boolean {
    if (!topic.endsWith('/greet')) return false;
    this.heard.push(['received', topic]);
    this.greet();
    return true;
  }

  acked(intendedUs: number, reasonCode: number): void {
    this.heard.push(['acked', intendedUs, reasonCode]);
  }

  stop(): void {
    this.heard.push(['stop']);
  }

  detach(how: Ending): void {
    this.heard.push(['detach', how]);
  }

  private greet(): void {
    const { owner, qos } = this.shard;
    if (this.link.canSend(qos)) this.link.publish(owner, this.topic, 'hello', qos, GREETED_US);
  }
}

/** Told from any other intended time by its owner. */
export const GREETED_US = 42;
