/** The three limits there are to search: what a value of each means for the fleet, and what of it got through. Pure. */
import type { TrialMeasure, TrialPlan } from '../coordinator/trial.ts';
import type { Counter, TimeTrend } from '../model/metrics/metric-names.ts';
import { messagesPerSec } from '../model/pace.ts';
import type { Scenario } from '../model/scenario.ts';
import type { LimitOf } from './limit-report.ts';

export interface LimitKind {
  unit: string;
  /** What a trial asks for, one by one. */
  asked: string;
  /** How long a trial holds where the command line says nothing (µs). */
  holdUs: number;
  /** Highest p99 that holds (µs); undefined: late is not failed. */
  maxP99Us: number | undefined;
  /** The search begins here, unless that is beyond the most. */
  first(setting: LimitSetting): number;
  most(setting: LimitSetting): number;
  /** Connects on the way to a value have a rate of their own. */
  hasRamp: boolean;
  /** A connection closes as soon as it is ready: what is open is no part of the question. */
  churns: boolean;
  /** Every device is connected before the first trial. */
  needsFleet: boolean;
  /** Whole numbers matter: 437 and 438 rather than 1 % more. */
  isCount: boolean;
  plan(value: number, rampPerSec: number, setting: LimitSetting): TrialLoad;
  books(value: number, measure: TrialMeasure): Books;
  /** What the goal's bound on p99 is of: the slowest of these. */
  trends: readonly TimeTrend[];
}

/** What the fleet is to reach and to do in a trial. */
export type TrialLoad = Pick<TrialPlan, 'connections' | 'publishFactor' | 'holdUs'> & {
  connectsPerSec: number;
};

export interface LimitSetting {
  scenario: Pick<Scenario, 'publish' | 'connect'>;
  devices: number;
  holdUs: number;
}

/** What was asked for in one trial, and what became of it. */
export interface Books {
  asked: number;
  /** What did not get through, whatever the reason; those that were not even sent are among them. */
  missing: number;
  /** What was not tried: the generator had no room for it. */
  unsent: number;
  /** What got through, in the unit of the value. */
  carried: number;
}

const perSec = (count: number, us: number): number => (us > 0 ? count / (us / 1e6) : 0);

export const KIND: Record<LimitOf, LimitKind> = {
  connections: {
    unit: 'connections',
    asked: 'connections',
    holdUs: 2_000_000,
    maxP99Us: undefined,
    first: () => 100,
    most: ({ devices }) => devices,
    hasRamp: true,
    churns: false,
    needsFleet: false,
    isCount: true,
    plan: (value, rampPerSec, { scenario, holdUs }) => ({
      connections: value,
      connectsPerSec: rampPerSec,
      publishFactor: scenario.publish.length > 0 ? 1 : 0,
      holdUs,
    }),
    books: (value, { totals, open }) => ({
      asked: value,
      missing: Math.max(0, value - open),
      unsent: totals.counters.connects_dropped,
      carried: Math.min(value, open),
    }),
    trends: ['connect_latency'],
  },
  'connect-rate': {
    unit: 'connects/s',
    asked: 'connects',
    holdUs: 3_000_000,
    maxP99Us: 1_000_000,
    first: () => 50,
    most: ({ devices, holdUs }) => Math.max(1, Math.floor(perSec(devices, holdUs))),
    hasRamp: false,
    churns: true,
    needsFleet: false,
    isCount: false,
    plan: (value, _, { devices, holdUs }) => ({
      connections: Math.min(devices, Math.max(1, Math.round((value * holdUs) / 1e6))),
      connectsPerSec: value,
      publishFactor: 0,
      holdUs: Math.round(1e6 / value),
    }),
    books: (value, { totals: { counters } }) => {
      const asked = counters.connects_scheduled;
      const missing = asked - counters.connects_ok;
      return {
        asked,
        missing,
        unsent: counters.connects_dropped,
        carried: Math.floor((value * (asked - missing)) / Math.max(1, asked)),
      };
    },
    trends: ['connect_latency'],
  },
  'message-rate': {
    unit: 'messages/s',
    asked: 'messages',
    holdUs: 5_000_000,
    maxP99Us: 1_000_000,
    first: (setting) => Math.max(1, Math.round(messagesPerSec(setting.scenario.publish, setting.devices))),
    most: () => 1_000_000,
    hasRamp: false,
    churns: false,
    needsFleet: true,
    isCount: false,
    plan: (value, rampPerSec, setting) => ({
      connections: setting.devices,
      connectsPerSec: rampPerSec,
      publishFactor: value / messagesPerSec(setting.scenario.publish, setting.devices),
      holdUs: setting.holdUs,
    }),
    books: (value, { totals: { counters } }) => {
      const asked = counters.messages_scheduled;
      const unsent = asked - counters.messages_sent;
      const unanswered = UNANSWERED.reduce((sum, name) => sum + counters[name], 0);
      const missing = Math.min(asked, unsent + unanswered);
      return {
        asked,
        missing,
        unsent,
        carried: Math.floor((value * (asked - missing)) / Math.max(1, asked)),
      };
    },
    trends: ['publish_ack', 'reply_latency', 'message_latency'],
  },
};

/** A message may be in two of them: unacknowledged and without its answer. */
const UNANSWERED: readonly Counter[] = [
  'messages_failed',
  'messages_unacked',
  'messages_lost',
  'replies_missing',
];
