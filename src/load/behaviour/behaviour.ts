/**
 * A behaviour: what devices do while they are connected. Each kind is one folder beside this file, with the keys that a scenario asks for
 * it by, the metrics it records, what the devices of a shard share and what each of them keeps for itself.
 */
import type * as z from 'zod';
import type { Complain } from '../../input/fields.ts';
import type { Ledger } from '../../metrics/ledger.ts';
import type { Recorder } from '../../metrics/recorder.ts';
import type { Clock } from '../../model/clock.ts';
import type { DeviceTable, Identity } from '../../model/devices/device-table.ts';
import type { MetricName } from '../../model/metrics/metric-names.ts';
import type { Qos, Scenario } from '../../model/scenario.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Load } from '../device/load.ts';
import type { Turns } from '../time/fair-queue.ts';
import type { Stagger } from '../time/stagger.ts';
import type { Wheel } from '../time/wheel.ts';

/** `Settings` is the part of a scenario that is the kind's own: the keys of its schema, as read. */
export interface BehaviourKind<Settings = unknown> {
  name: string;
  /** The metrics that it records beside those of any message: what has no data where nobody asks for it. */
  metrics: readonly MetricName[];
  /** The module of its schema, loaded by who reads scenarios, not by the threads that run them. */
  schema(): Promise<BehaviourSchema<Settings>>;
  isAskedFor(settings: Settings): boolean;
  /** What is other in a rehearsal, which lasts some 20 ms. No key may be added: code is compiled for objects of one shape. */
  hurried?(settings: Settings): Partial<Settings>;
  shard(setting: ShardSetting<Settings>): ShardBehaviour;
}

/** What a module of a behaviour's schema exports. */
export interface BehaviourSchema<Settings = unknown> {
  /** Keys of a scenario that are the behaviour's. */
  shape: z.core.$ZodShape;
  /** Rules over more than one value; paths are of the whole scenario. */
  check?(settings: Settings, devices: DeviceTable, complain: Complain): void;
}

/** What a shard's behaviour is made from, for a run or for one trial. */
export interface ShardSetting<Settings = unknown> {
  context: BehaviourContext;
  settings: Settings;
  /** Number of the behaviour among those of its devices, for `DeviceLink.publish`. */
  owner: number;
  /** Number of the run or trial: tells its messages from those of other runs and trials on the same broker. */
  run: number;
  /** How many times as fast as the scenario says messages follow each other; 0: there are none. */
  publishFactor: number;
}

/** What behaviours need of their shard. */
export interface BehaviourContext {
  platform: Platform;
  devices: DeviceTable;
  clock: Clock;
  wheel: Wheel;
  turns: Turns;
  recorder: Recorder;
  /** Numbers in [0, 1), seeded by scenario and shard. */
  random: () => number;
  stagger: Stagger;
  /** When publishing ends, on the shard's clock (µs). */
  publishEndUs: number;
  load: Load;
}

/** What the devices of a shard share of a behaviour. */
export interface ShardBehaviour {
  /** What each device subscribes to once it is connected. */
  subscriptions: readonly CompiledSubscription[];
  /**
   * The behaviour of a device that starts; or of one that stays connected from trial to trial, with what it had in the trial before. Names
   * are kept by who needs them only.
   */
  attach(link: DeviceLink, identity: Identity, before?: DeviceBehaviour): DeviceBehaviour;
  /** Whether a drain that began at `fromUs` need not wait for messages of which nobody knows. */
  isQuiet?(nowUs: number, fromUs: number): boolean;
  /** Adds what is known of all devices together. */
  report?(ledger: OpenLedger): void;
}

/** Filter of a subscription, rendered per device. */
export interface CompiledSubscription {
  topic: (identity: Identity) => string;
  qos: Qos;
}

/** What one device keeps of a behaviour, and what happens to it. What a message comes to (sent, acknowledged, failed) is booked by its link. */
export interface DeviceBehaviour {
  /** SUBSCRIBE goes out with these filters among others. */
  subscribing?(filters: readonly string[]): void;
  /** A SUBACK for those filters from `from` on. */
  subscribed?(returnCodes: readonly number[], from: number): void;
  /** The device is back, and its session was kept: its subscriptions are in force, and what the server kept for it comes. */
  resumed?(): void;
  /** The device is connected and waits for no more SUBACKs: from here on messages can go. */
  connected?(): void;
  /**
   * A message has come that no behaviour before took; returns whether this one does. The payload is valid during the call only. A retained
   * message is an old one (MQTT 3.1.1, 3.3.1.3).
   */
  received?(topic: string, payload: Buffer, isRetained: boolean, nowUs: number): boolean;
  /** The PUBACK of a message of its own; reason codes of 128 and above are refusals. */
  acked?(intendedUs: number, reasonCode: number): void;
  /** To be called when there is room again for who sends as fast as the connection takes. */
  hasRoom?(): void;
  /** Once a second. */
  tick?(nowUs: number): void;
  /** No more messages; what has been asked may still be answered. */
  stop?(): void;
  /** No message can go any more: the connection broke, or the run or trial is over. What is unanswered stays so. */
  detach?(how: Ending): void;
  /** Adds what the coordinator needs to hold this device against those of other shards. */
  report?(ledger: OpenLedger): void;
}

export type Ending = 'broke' | 'closed';

/** A ledger that devices still write into. */
export type OpenLedger = Omit<Ledger, 'sent' | 'received'> & { sent: number[]; received: number[] };

/** One device's connection as its behaviours have it, from its first start to the end of the run. */
export interface DeviceLink {
  /** Index in the device list. */
  readonly row: number;
  /** Whether a message that is due can go. Where it cannot it is booked as due, with the reason; for one that is away without. */
  canSend(qos: Qos): boolean;
  /** How many messages there is room for, of who sends as fast as the connection takes; where there is none, `hasRoom` follows. */
  room(qos: Qos): number;
  /**
   * Sends, where `canSend` or `room` has said yes. False where the server forbids it, which has been booked. The payload may be written over
   * once this has returned; `owner` hears of its PUBACK.
   */
  publish(owner: number, topic: string, payload: string | Buffer, qos: Qos, intendedUs: number): boolean;
}

/** A scenario holds the settings of every kind: its reader knows it by the schemas of all. */
export function settingsIn<Settings>(scenario: Scenario): Settings {
  return scenario as Settings;
}
