/** What a platform is: how its devices sign in, where they go, under which limits, and what its words mean. One folder each. */
import type { SecureContext } from 'node:tls';
import type * as z from 'zod';
import type { Complain } from '../input/fields.ts';
import type { DeviceTable, Identity } from '../model/devices/device-table.ts';
import type { AuthPart, ConnectPhase, Failure } from '../model/failure.ts';
import type { Auth, Scenario, Target, TlsOptions, WillMessage } from '../model/scenario.ts';
import type { StandInRules } from './check.ts';
import type { Endpoint, EndpointRules, PresharedKey } from './endpoint.ts';

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

/** A way to sign in: what it needs of a list and of the scenario, and how it comes to what CONNECT carries. */
export interface LoginMethod<Settings extends Auth = Auth> {
  /** What `auth.method` calls it. */
  readonly name: string;
  /**
   * The keys of `auth` beside `method`, loaded by who reads scenarios and not by the threads that run them. One of the name of a column
   * gives that column to every device, and is kept nowhere else.
   */
  settings(): Promise<LoginSettings>;
  /** Those of the names in every list (productKey, deviceName, clientId) that a device must have here. */
  readonly names: readonly DeviceName[];
  /** The columns that stand in for a deviceName that is not given, the first that has a value. */
  readonly nameFrom: readonly string[];
  /** The columns of a device list that only this way of signing in asks for, in the order in which the table keeps them. */
  readonly columns: readonly LoginColumn[];
  /** Those, where they depend on the settings. */
  columnsFor?(settings: Settings): readonly LoginColumn[];
  /** Its login asks others, a service or code of the user's: what is no real login must do without. */
  readonly asksOthers?: true;
  /** What the settings name is looked at before anything is opened; returns them with whole paths in them. */
  ready?(settings: Settings, place: SettingsPlace): Promise<Settings>;
  /** Whether it is a part of the TLS handshake. */
  readonly needsTls?: true;
  /** Whether that handshake is of TLS 1.2 alone, and with pre-shared keys in place of certificates. */
  readonly isPreshared?: true;
  /** What stands against the values of the columns of one device together; undefined where nothing does. */
  trouble?(login: readonly string[]): LoginTrouble | undefined;
  /** The column that tells the names of a device where a list has no columns of those: undefined where its text is not of the `form`. */
  readonly namesIn?: {
    readonly column: string;
    readonly form: string;
    read(text: string): Omit<Identity, 'clientId'> | undefined;
  };
  /** Whether the list's clientId is all of what CONNECT carries, and not the free part of it only. */
  readonly hasWholeClientId?: true;
  /** Where the list says that a device connects, in columns that are kept nowhere; undefined where it does not. */
  addressIn?(value: (column: AddressColumn) => string): UrlTarget | undefined;
  /** What an answer means of this way to sign in, where that is not what the platform means by it elsewhere. */
  readonly hints?: Hints;
  /** What of the settings a report says, in a word. */
  word(settings: Settings): string;
  /** What of the settings cannot be with these devices; paths are from `auth`. */
  checkDevices?(settings: Settings, devices: DeviceTable, complain: Complain): void;
  /** Whom it asks before a device connects; absent: nobody. */
  readonly service?: LoginService;
  /** Once per thread; a promise where something must be loaded first. `tls` is the scenario's, for who has a context of each device. */
  prepare(settings: Settings, devices: DeviceTable, tls: TlsOptions): Login | Promise<Login>;
}

/** In place of its address, until the stand-in has one. */
export const EMBEDDED_SERVICE = 'embedded';

/** A service that gives out what devices connect with; `auth.url` is where it is. */
export interface LoginService {
  /** Of its address, where the stand-in offers it. */
  readonly path: string;
  /** Its address, where the target says it. */
  urlOf(target: Target): string | undefined;
  /** The JSON of an answer that lets any device connect: that of a rehearsal, which asks no service. */
  readonly consent: string;
}

/** The settings of a method as a scenario has them. */
interface LoginSettings {
  readonly shape: z.core.$ZodShape;
  /** What they must be together, where each is sound; paths are from `auth`. */
  check?(settings: Auth, complain: Complain): void;
  /** Fills in what depends on others. */
  complete?(settings: Auth): Auth;
}

/** The columns of a list that say where its devices connect, as the console of the platform names them. */
export const ADDRESS_COLUMNS = ['mqttHostUrl', 'port'] as const;
export type AddressColumn = (typeof ADDRESS_COLUMNS)[number];
export type UrlTarget = Extract<Target, { kind: 'url' }>;

export type DeviceName = keyof Identity;

/** Where settings stand. */
export interface SettingsPlace {
  /** The whole path of a file that the settings name. */
  absolute(file: string): string;
  /** The columns that the scenario gives to all devices. */
  given: ReadonlySet<string>;
  /** Paths begin below `auth`. */
  complain: Complain;
}

/** One column of a device list. No message shows a value of any. */
export interface LoginColumn {
  readonly name: string;
  /** Not to be written out in a scenario, of which reports keep a copy. */
  readonly isSecret: boolean;
  /**
   * Whether it is a path: relative to the list, or to the scenario where that gives it to all devices. Placeholders of the device's names
   * are filled in.
   */
  readonly isFile?: true;
  /** What other lists call it, in small letters, without blanks, `_` and `-`, and mean nothing else by: as good as its name. */
  readonly aliases?: readonly string[];
  /** What other lists may call it, in the same spelling: a list that does is told the right name. */
  readonly otherNames: readonly string[];
  /** A device may have none. */
  readonly isOptional?: boolean;
  /** The value of a device that is made up; absent where none can be made up. */
  generated?(productKey: string, deviceName: string): string;
}

/**
 * Signs one device in, whose names are given and whose own columns stand in `row` of the table. What is at hand is returned at once; what
 * takes requests is a promise, and the attempt is in the last phase that it entered until that is kept.
 */
export type Login = (
  device: Identity,
  row: number,
  endpoint: Endpoint,
  epochMs: number,
  attempt: LoginAttempt,
) => Credentials | Promise<Credentials>;

/** As much of an attempt as a login that takes requests needs. */
export interface LoginAttempt {
  /** Ends the phase under way and begins this one. */
  enter(phase: ConnectPhase): void;
  /** Opening a connection for the requests took so long. */
  took(part: AuthPart, us: number): void;
  /** Aborts when nobody waits for the login any more. Made when it is first asked for. */
  readonly signal: AbortSignal;
}

/** What CONNECT carries, and where it goes if not where the target says. */
export interface Credentials {
  mqttClientId: string;
  /** Undefined: CONNECT has none. */
  username: string | undefined;
  password: string | undefined;
  will?: WillMessage;
  /** The device's own certificate and key. */
  tls?: SecureContext;
  psk?: PresharedKey;
  address?: { host: string; port: number };
}

/** A login that was refused or found nobody: its failure is the device's, and is counted like any other. */
export class LoginError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`${failure.phase} ${failure.kind} ${failure.code}`);
    this.failure = failure;
  }
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

/** `kind` groups troubles that are alike. */
interface NameTrouble {
  kind: string;
  message: string;
  hint?: string;
}

export interface LoginTrouble extends NameTrouble {
  /** It may be a mistake, and need not be. */
  isWarning?: true;
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
