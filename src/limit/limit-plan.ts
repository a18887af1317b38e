/** What a limit search will do, from the flags and the scenario: the values that neither of them gives are filled in. Pure. */

import { scenarioOfTrials } from '../coordinator/plan.ts';
import { MINUTE_US } from '../load/device/reconnect-schedule.ts';
import type { Segment } from '../load/time/segment.ts';
import type { DeviceTable } from '../model/devices/device-table.ts';
import type { Problem } from '../model/errors.ts';
import { fastestOf, isFlatOut } from '../model/pace.ts';
import type { Scenario } from '../model/scenario.ts';
import { msFromUs } from '../model/units.ts';
import { platformOf } from '../platform/platforms.ts';
import { formatCount } from '../report/text/format.ts';
import { KIND, type LimitKind, type LimitSetting } from './limit-kind.ts';
import type { LimitGoalFacts, LimitOf } from './limit-report.ts';
import type { SearchGoal } from './limit-search.ts';
import { judgesTrials } from './trial-thresholds.ts';
import type { TrialGoal } from './trial-verdict.ts';

/** What the command line asks for: times in µs, shares as fractions of 1; undefined where nothing was given. */
export interface LimitAsked {
  of: LimitOf;
  max?: number | undefined;
  /** Share of the value within which a limit is found. */
  resolution?: number | undefined;
  budget: number;
  hold?: number | undefined;
  maxFailures: number;
  /** The most that is not late, in µs; null where late is not failed. */
  maxP99?: number | null | undefined;
}

export interface LimitPlan {
  of: LimitOf;
  kind: LimitKind;
  /** The scenario as each trial has it. */
  scenario: Scenario;
  setting: LimitSetting;
  search: SearchGoal;
  goal: TrialGoal;
  rampPerSec: number;
  pauseUs: number;
  /** The least time between two connects of one device, in µs. */
  restUs: number;
  /** Connects of one device in a minute, at most: what `restUs` comes of. */
  perMinute: number;
  budgetUs: number;
  segments: Segment[];
}

const DEFAULT_RESOLUTION = 0.01;
/** An interval of so many connections takes six more trials of a few connects each. */
const EXACT_WITHIN = 64;
/** A quota by rate has forgotten the trial before. */
const PAUSE_US = 1_000_000;

export function limitPlanOf(
  asked: LimitAsked,
  { scenario, devices, workers }: { scenario: Scenario; devices: DeviceTable; workers: number },
): LimitPlan | { problem: Omit<Problem, 'file'> } {
  const { of } = asked;
  const kind = KIND[of];
  const setting = { scenario, devices: devices.count, holdUs: asked.hold ?? kind.holdUs };
  const problem = problemOf(asked, setting);
  if (problem) return { problem };
  const max = asked.max ?? kind.most(setting);
  // A segment without a slot of maxInFlight would drop all its starts.
  const shards = Math.max(1, Math.min(workers, devices.count, scenario.connect.maxInFlight));
  const rampPerSec = fastestOf(scenario.connect.stages);
  const perMinute = scenario.reconnect?.perMinute ?? platformOf(scenario).limits.connectsPerMinute;
  const maxP99Us = asked.maxP99 === undefined ? kind.maxP99Us : (asked.maxP99 ?? undefined);
  return {
    of,
    kind,
    scenario: scenarioOfTrials(scenario),
    setting,
    search: {
      first: Math.min(kind.first(setting), max),
      max,
      resolution: asked.resolution ?? DEFAULT_RESOLUTION,
      exactWithin: kind.isCount && asked.resolution === undefined ? EXACT_WITHIN : 0,
      ...(kind.hasRamp ? { rampPerSec } : {}),
    },
    goal: { maxFailures: asked.maxFailures, maxP99Us },
    rampPerSec,
    pauseUs: PAUSE_US,
    restUs: Math.ceil(MINUTE_US / perMinute),
    perMinute,
    budgetUs: asked.budget,
    segments: Array.from({ length: shards }, (_, index) => ({ index, of: shards })),
  };
}

function problemOf({ of, max }: LimitAsked, setting: LimitSetting): Omit<Problem, 'file'> | undefined {
  if (of === 'message-rate' && setting.scenario.publish.length === 0) {
    return { message: 'publishes nothing', hint: 'a message rate needs `publish`' };
  }
  if (of === 'message-rate' && setting.scenario.publish.some(isFlatOut)) {
    return {
      message: 'publishes without a pace',
      hint: 'give each `every` a time; the search makes it faster',
    };
  }
  const most = KIND[of].most(setting);
  if (max === undefined || max <= most) return undefined;
  const devices = formatCount(setting.devices);
  return {
    message: `--max ${max} is more than ${devices} devices can do`,
    hint: `${formatCount(most)} ${KIND[of].unit} at most: each connects once per trial; list more devices`,
  };
}

/** What of it is told before the search and in its report. */
export function goalFacts({ goal, search, setting }: LimitPlan, { thresholds }: Scenario): LimitGoalFacts {
  return {
    maxFailures: goal.maxFailures,
    maxP99Ms: goal.maxP99Us === undefined ? null : msFromUs(goal.maxP99Us),
    thresholds: thresholds.filter(judgesTrials).map(({ metric, expression }) => `${metric} ${expression}`),
    holdMs: msFromUs(setting.holdUs),
    max: search.max,
    resolution: search.resolution,
    rampPerSec: search.rampPerSec ?? null,
  };
}
