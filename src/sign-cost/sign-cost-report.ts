/** The result of the signing experiment: what `sign-cost --json` prints. Times of single logins are in nanoseconds, of connects in ms. */
import type { Health } from '../metrics/health/health.ts';
import type { HistogramStats } from '../metrics/histogram/histogram.ts';
import { SIGNMETHODS, type Signmethod } from '../model/scenario.ts';
import type { SpeedVerdict } from '../statistics/speed-verdict.ts';

export const SIGN_COST_SCHEMA_VERSION = 1;

export interface SignCost {
  schemaVersion: typeof SIGN_COST_SCHEMA_VERSION;
  tool: { name: string; version: string };
  startedAt: string;
  devices: number;
  /** Of what is signed. */
  contentBytes: number;
  seed: number;
  /** These three are those of the first of `threads`. */
  methods: ThreadCost['methods'];
  comparisons: MethodComparison[];
  control: MethodComparison;
  threads: ThreadCost[];
  openssl: OpensslSpeed | null;
  online: OnlineCost | null;
  /** Methods that this machine's OpenSSL refuses, and what it says. */
  unavailable: Partial<Record<Signmethod, string>>;
  environment: Record<string, string | number>;
}

/** So many threads, all at it in the same span of time. */
export interface ThreadCost {
  threads: number;
  /** Of all threads together. */
  blocks: number;
  methods: Partial<Record<Signmethod, MethodCost>>;
  /** Each pair of methods. */
  comparisons: MethodComparison[];
  /** The first method against itself: what the experiment sees where there is nothing. */
  control: MethodComparison;
  /** Reading the triple from the list, which has no method: part of every login. */
  tripleNs: number;
  /** What reading the clock around one login costs: taken off the distribution, and too little to count in the means. */
  clockNs: number;
}

export interface MethodCost {
  /** Of all threads together. */
  signsPerSec: number;
  /** Of single logins, from the triple in the list to what CONNECT carries; `mean` is from batches, without a clock in them. */
  ns: HistogramStats;
  /** All of the distribution, in ns: an HdrHistogram (V2, compressed, base64), as the lines of a .hlog have it. */
  histogram: string;
  /** Of a login, the part that signs: content, client id, user name, password. */
  signNs: number;
  /** `createHmac(…).update(content).digest('hex')` and nothing else, on the same content. */
  bareNs: number;
  /** signNs through bareNs. */
  overBare: { ratio: number; ci95: [number, number] };
}

export interface MethodComparison {
  a: string;
  b: string;
  /** The time of a through the time of b. */
  ratio: number;
  ci95: [number, number];
  /** a minus b, in ns or, online, in ms. */
  difference: number;
  differenceCi95: [number, number];
  /** Of a. */
  verdict: SpeedVerdict;
}

/** Nanoseconds per HMAC of the same length, of a key that is set up once. */
export interface OpensslSpeed {
  version: string;
  ns: Partial<Record<Signmethod, number>>;
}

/** What a fleet signs in by online: a method of signing, or, where its scenario has it so, with HTTPS before. */
export const ONLINE_WAYS = [...SIGNMETHODS, 'https'] as const;
export type OnlineWay = (typeof ONLINE_WAYS)[number];

/** The same fleet signed in by each method in turn, round by round. */
export interface OnlineCost {
  /** Those that were completed. */
  rounds: number;
  target: string;
  devices: number;
  workers: number;
  methods: Partial<Record<OnlineWay, OnlineMethod>>;
  /** Of the median connect_latency, each round held against itself; without methods that did not connect. */
  comparisons: MethodComparison[];
  /** Whether the generator kept up: the worst verdict of all runs, and the reasons. */
  health: { verdict: Health['verdict']; reasons: string[] };
}

export interface OnlineMethod {
  connects: number;
  failures: { phase: string; kind: string; code: string; count: number; hint: string }[];
  connect_sign: HistogramStats | null;
  /** The request of a token, where there is one. */
  connect_auth: HistogramStats | null;
  connect_service: HistogramStats | null;
  connect_latency: HistogramStats | null;
  /** What connect_sign is of connect_latency, by the means, 0 to 1; null where a round has no connect. */
  signShare: { share: number; ci95: [number, number] } | null;
}
