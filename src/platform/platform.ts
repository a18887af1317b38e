/** What a platform is: how its devices sign in, where they go, under which limits, and what its words mean. One folder each. */
import type { Complain } from '../input/fields.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import type { Scenario } from '../model/scenario.ts';
import type { StandInRules } from './check.ts';
import type { EndpointRules } from './endpoint.ts';
import type { DeviceName, LoginMethod, NameTrouble } from './login-method.ts';

/** The rules of a platform, as an object that satisfies this; `platforms.ts` lists them. */
export interface Platform {
  /** What a scenario calls it. */
  readonly name: string;
  /** Its name in messages: `Aliyun takes 5`. */
  readonly title: string;
  /** Who sets its limits, in messages: `the platform takes 30s to 1200s`. */
  readonly who: string;
  /** Where a user name and password come from, if not from the target. */
  readonly credentials: string;
  /** Why QoS 2 is not possible. */
  readonly noQos2: string;
  /** Why a device can have no will in that version of MQTT; undefined where it can. */
  noWill?(protocol: Scenario['protocol']): string | undefined;
  /** How the stand-in that comes with the tool behaves as this platform. */
  readonly standIn: StandInRules;
  /** The ways to sign in; the first is what a scenario means that names none. */
  readonly methods: readonly [LoginMethod, ...LoginMethod[]];
  readonly devices: DeviceRules;
  /** Where the devices of one product go, for the kinds of target that only this platform has; a URL goes where it says. */
  readonly endpoint: EndpointRules;
  readonly limits: PlatformLimits;
  readonly hints: Hints;
  readonly reply: ReplyRule;
  /** Warns of what it will not do as meant, on a scenario that is sound. */
  warn(scenario: Scenario, devices: DeviceTable, warn: Complain): void;
}

/** What a device list may hold. */
interface DeviceRules {
  /** What makes a device for the platform: two rows with the same are one device. */
  readonly by: 'names' | 'clientId';
  /** What becomes of two clients that are one device. */
  readonly twice: string;
  /** The free part of the client id of a device whose list gives none; '' for the table's own, `<productKey>.<deviceName>`. */
  clientId(deviceName: string, productKey: string): string;
  /** What stands against a value, which the message must not show; undefined where nothing does. */
  trouble(name: DeviceName, value: string): NameTrouble | undefined;
}

/** Infinite where there is none. */
export interface PlatformLimits {
  readonly keepaliveSec: readonly [least: number, most: number];
  /** Of the free part, which the list gives. */
  readonly clientIdCharacters: number;
  readonly messageBytes: number;
  /** Of one device. */
  readonly subscriptions: number;
  readonly topicsPerSubscribe: number;
  readonly connectsPerMinute: number;
  /** Uplink of one device, by QoS. */
  readonly messagesPerSec: readonly [qos0: number, qos1: number];
  /** Of all devices of an account together. */
  readonly accountConnectsPerSec: number;
  readonly accountMessagesPerSec: number;
  /** Devices of an instance that was opened lately. */
  readonly newInstanceDevices: number;
}

/**
 * What the platform means by what it says, in place of what the standard would mean: by code (`CONNACK 4`, `SUBACK 128`), by number of a
 * reason of MQTT 5 (`134`), by phase and kind of failure (`connack closed`) or by kind (`kicked`); `reply` is of an answer that never came.
 */
export type Hints = Readonly<Record<string, string>>;

/** How an answer is matched with its request. */
export interface ReplyRule {
  /** Whether messages of this template can be told apart by their answers. */
  isAsked(template: string): boolean;
  /** What a template needs for that. */
  readonly hint: string;
  /** The number of the message that this one answers; NaN where it answers none. */
  idOf(payload: Buffer): number;
}
