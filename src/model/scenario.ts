/**
 * A scenario as the harness works with it: every default filled in, every unit an integer. Plain data, so that it can be sent to a
 * worker or another machine as it is; it holds no secret.
 */

import type { Aggregate } from './metrics/aggregates.ts';
import type { MetricName } from './metrics/metric-names.ts';

export interface Scenario {
  name: string;
  /** `embedded` until the command line has started the stand-in and put its address here. */
  target: { kind: 'embedded' } | Target;
  tls: TlsOptions;
  devices: DeviceSource;
  /** Name of the platform whose rules hold (platform/platforms). */
  platform: string;
  auth: Auth;
  /** Which client speaks for the devices, by its name (client/clients). */
  client: string;
  protocol: '3.1.1' | '5';
  /** The session that a device goes on with when it comes back; undefined: each connection has a new one (clean session, clean start). */
  keptSession?: KeptSession;
  /** What the server says in the name of a device whose connection was lost; undefined: nothing. */
  will?: WillMessage;
  /** Messages carry the number of their topic in place of its name, as far as the server of MQTT 5 takes that; undefined: the name. */
  topicAlias?: true;
  connect: ConnectPlan;
  /** Literal addresses of this machine to connect from, each device from one of them; undefined where the system may choose. */
  localAddresses?: string[];
  /** What a device does whose open connection was lost; undefined: nothing. */
  reconnect?: ReconnectPolicy;
  subscribe: Subscription[];
  publish: PublishPlan[];
  /** Time from the moment the last connect is due to the end of publishing. */
  holdUs: number;
  gracefulStopUs: number;
  thresholds: Threshold[];
  seed: number;
  broker: StandInOptions;
}

/** How devices sign in: the platform's method of that name, and settings of that method's own. Plain data without a secret. */
export interface Auth {
  method: string;
  /**
   * Where a request goes before a device connects; absent where none does. `embedded` until the stand-in has been started and its address
   * is here.
   */
  url?: string;
}

/** `expirySec` is how long it outlives its connection, in MQTT 5; with 3.1.1 the server decides. */
export interface KeptSession {
  expirySec?: number;
}

/** `topic` and `payload` are templates of the names that a topic may have; what a CONNECT carries has them filled in. */
export interface WillMessage {
  topic: string;
  payload: string;
  qos: Qos;
  retain: boolean;
}

/** A plain URL, or a platform's host rule over region or instance. */
export type Target =
  | { kind: 'url'; protocol: Protocol; host: string; port: number; path: string }
  | { kind: 'region'; region: string; tls: boolean }
  | { kind: 'instance'; instance: string; tls: boolean };

/** The scheme of a broker's URL: all that is said of it, but for how it is dialled and listened to. */
interface SchemeRow {
  /** Where the URL names none. */
  port: number;
  isTls: boolean;
  /** Whether the URL may have one; others end at the port. */
  hasPath: boolean;
  /** What people write for it: they are told the right name. */
  otherNames: readonly string[];
}

/** What MQTT is carried by, by the scheme of its URL. */
export const SCHEMES = {
  mqtt: { port: 1883, isTls: false, hasPath: false, otherNames: ['tcp'] },
  mqtts: { port: 8883, isTls: true, hasPath: false, otherNames: ['ssl', 'tls'] },
  ws: { port: 80, isTls: false, hasPath: true, otherNames: ['http'] },
  wss: { port: 443, isTls: true, hasPath: true, otherNames: ['https'] },
} as const satisfies Record<string, SchemeRow>;

export type Protocol = keyof typeof SCHEMES;

export const PROTOCOLS = Object.keys(SCHEMES) as Protocol[];

export const SIGNMETHODS = ['hmacsha1', 'hmacmd5', 'hmacsha256'] as const;
export type Signmethod = (typeof SIGNMETHODS)[number];

/** `now` is the epoch in ms at signing; `omit` leaves it out of content and client id alike. The platform checks no window. */
export type Timestamp = 'now' | 'omit' | number;

/** `caFile`, `certFile`, `keyFile` are absolute paths to PEM files; `ca` is PEM text (the stand-in hands its own over). */
export interface TlsOptions {
  caFile?: string;
  ca?: string;
  certFile?: string;
  keyFile?: string;
  servername?: string;
  /** false accepts any certificate: for private brokers only. */
  verify: boolean;
  /** OpenSSL's own range where absent. */
  minVersion?: TlsVersion;
  maxVersion?: TlsVersion;
  /** Protocols to offer by ALPN, the best first; none where absent. */
  alpn?: string[];
  /** Whether a connection offers to go on with the TLS session of an earlier one; absent: none does. */
  resume?: Resume;
}

/** As Node names them. */
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** `own`: a device offers the session that it had last. `shared`: each offers the last that any device of its worker had. */
export type Resume = 'own' | 'shared';

export type DeviceSource =
  /** `productKey` is of the devices whose row has none. */
  | { kind: 'file'; file: string; count?: number; productKey?: string }
  | { kind: 'generate'; productKey: string; count: number; prefix: string };

export interface ConnectPlan {
  stages: Stage[];
  keepaliveSec: number;
  /** Time that an attempt has from its real start to its CONNACK. */
  timeoutUs: number;
  /** Attempts under way at once in the whole run; a start that finds no free slot is dropped, a retry or a return waits for one. */
  maxInFlight: number;
  /** What a device does whose first connect failed; undefined: nothing. */
  retry?: ReconnectPolicy;
}

/**
 * `fixed` waits `delayUs` before every attempt. `exponential` waits a random time between 0 and min(delayUs · 2^n, maxDelayUs) before
 * attempt n = 0, 1, … (full jitter), so that a fleet that was dropped together does not return together. Whatever the policy says, a device
 * makes no more than `perMinute` attempts in any 60 s, its first connect and that one's retries included: Aliyun's limit is five. Infinite
 * where there is none.
 */
export interface ReconnectPolicy {
  policy: 'fixed' | 'exponential';
  delayUs: number;
  maxDelayUs: number;
  perMinute: number;
}

/** The rate goes linearly from `fromPerSec` to `toPerSec`; equal for a constant stage. */
export interface Stage {
  durationUs: number;
  fromPerSec: number;
  toPerSec: number;
}

export type Qos = 0 | 1;

/** `topic` is a template of `${productKey}`, `${deviceName}`, `${clientId}` (scenario/placeholders); it may have wildcards. */
export interface Subscription {
  topic: string;
  qos: Qos;
}

export interface PublishPlan {
  topic: string;
  qos: Qos;
  everyUs: number;
  jitter: Jitter;
  payload: PayloadSpec;
  /** Topic template on which the answer with the same Alink id arrives, and how long it is waited for. */
  reply?: string;
  replyTimeoutUs: number;
}

/**
 * How far messages stray from their regular times. `uniform`: each by up to ± `share` (0 to 1) of `everyUs` around its place in the grid,
 * so that the rate stays exact. `exponential`: independent gaps of mean `everyUs` (a Poisson process).
 */
export type Jitter = { kind: 'none' } | { kind: 'uniform'; share: number } | { kind: 'exponential' };

/** `template` is text with placeholders (also what was read from a file). `size` is a header that end-to-end figures are made from, then filler. */
export type PayloadSpec = { kind: 'template'; template: string } | { kind: 'size'; sizes: SizeDistribution };

/** Bytes. `weights` need not sum to anything. */
export type SizeDistribution =
  | { kind: 'fixed'; bytes: number }
  | { kind: 'uniform'; minBytes: number; maxBytes: number }
  | { kind: 'weighted'; parts: { bytes: number; weight: number }[] };

/** One expression on one metric, e.g. `connect_latency` and `p(99) < 500ms`, as metrics/threshold/expression parses it. */
export interface Threshold {
  metric: MetricName;
  /** The expression as the user wrote it, for reports. */
  expression: string;
  aggregate: Aggregate;
  /** N of `p(N)`: above 0, at most 100. */
  percentile?: number;
  operator: Operator;
  /**
   * Microseconds for the times of a trend in time; units per second for the values of a `*_per_sec` trend and the `rate` of a counter; a
   * fraction (0.01 is 1%) for `share`; a plain number for `count` and the gauge.
   */
  bound: number;
  /** Time after the start line from which on a failure ends the run; undefined: it is judged at the end only. */
  abortFromUs?: number;
}

export const OPERATORS = ['<', '<=', '>', '>=', '==', '!='] as const;
export type Operator = (typeof OPERATORS)[number];

/** How the stand-in behaves. `devicesFile` is the list it checks against, when that is not the scenario's own. */
export interface StandInOptions {
  devicesFile?: string;
  tls: boolean;
  /** PEM of the authority that signed the certificates of devices; any certificate is let through to CONNECT where absent. */
  clientCaFile?: string;
  /** What its certificate is made with; `rsa` when absent. */
  certificate?: CertificateKind;
  /** Refuses a securemode that does not fit the transport. */
  strictSecuremode?: boolean;
  faults?: FaultPlan;
  quotas?: Quotas;
}

export const CERTIFICATE_KINDS = ['rsa', 'ecdsa'] as const;
export type CertificateKind = (typeof CERTIFICATE_KINDS)[number];

/** What the stand-in allows; a quota that is absent is not enforced. Each is declared where it stands: stand-in/quotas. */
export interface Quotas {
  /** What a CONNECT beyond a quota is answered with; `connack3` when absent. */
  refuse?: (typeof REFUSALS)[number];
}

/** CONNACK 3 is "server unavailable", 5 "not authorised"; the platform's own answer is not documented. */
export const REFUSALS = ['connack3', 'connack5', 'close', 'ignore'] as const;

/**
 * Faults that the stand-in commits on request; times count from the first CONNECT, shares are 0 to 1. Each is declared where it stands:
 * stand-in/faults.
 */
export interface FaultPlan {
  seed?: number;
}
