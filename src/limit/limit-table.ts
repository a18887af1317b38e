/** A limit search as a person reads it on the terminal: its plan before, a line per trial, the result after. */

import type { Totals } from '../metrics/totals.ts';
import { inert, terminalText } from '../model/terminal-text.ts';
import { formatDuration } from '../model/units.ts';
import { platformOf } from '../platform/platforms.ts';
import { formatCount, formatMs } from '../report/text/format.ts';
import type { Paint } from '../report/text/paint.ts';
import { plainTable } from '../report/text/plain-table.ts';
import type { LimitPlan } from './limit-plan.ts';
import type { LimitGoalFacts, LimitReport, LimitTrial } from './limit-report.ts';

/** What will be done, before anything is opened. */
export function planLines(plan: LimitPlan, goal: LimitGoalFacts, target: string): string {
  const rows = [
    ['limit', `${plan.of} of ${terminalText(target)}`],
    [
      'search',
      `from ${formatCount(plan.search.first)} to at most ${formatCount(goal.max)} ${plan.kind.unit}, doubling until it fails, then halving to ${percent(goal.resolution)}`,
    ],
    ['holds', holds(inert(goal))],
    ['trial', trialText(plan)],
    [
      'pause',
      `${formatDuration(plan.pauseUs)} between trials; a device connects again ${restText(plan)}: ${perMinuteText(plan)}`,
    ],
    ['ends', `after ${formatDuration(plan.budgetUs)} at the latest; Ctrl-C gives the bounds so far`],
  ];
  return rows.map(([label, text]) => `${label!.padEnd(9)}${text}`).join('\n');
}

function trialText({ of, setting, rampPerSec }: LimitPlan): string {
  const hold = formatDuration(setting.holdUs);
  switch (of) {
    case 'connections':
      return `opens what is missing at ${rampPerSec} connects/s, or closes what is too much, and holds for ${hold}`;
    case 'connect-rate':
      return `connects at a constant rate for ${hold}, each device once, and closes each at once`;
    case 'message-rate':
      return `${formatCount(setting.devices)} connected devices send for ${hold}, faster each time`;
  }
}

function holds({ maxFailures, maxP99Ms, thresholds }: LimitGoalFacts): string {
  return [
    maxFailures === 0 ? 'nothing fails' : `at most ${percent(maxFailures)} fail`,
    ...(maxP99Ms === null ? [] : [`p99 up to ${formatMs(maxP99Ms)} ms`]),
    ...thresholds,
  ].join(', ');
}

/** Three digits; what is not all is not shown as all. */
function percent(share: number): string {
  const rounded = Number((share * 100).toPrecision(3));
  return rounded >= 100 && share < 1 ? '>99.9%' : `${rounded}%`;
}

/** One trial, as soon as it is over. */
export function trialLine(trial: LimitTrial, nth: number, unit: string, paint: Paint): string {
  const { value, rampPerSec, verdict, latency, durationMs, reasons } = inert(trial);
  const facts = [
    `${percent(trial.success)} got through`,
    latency === null ? '' : `p99 ${formatMs(latency.p99Ms)} ms`,
    rampPerSec === undefined ? '' : `at ${Number(rampPerSec.toPrecision(3))}/s`,
    `${(durationMs / 1000).toFixed(1)} s`,
  ].filter((fact) => fact !== '');
  const what = `${formatCount(value)} ${unit}`;
  // The target's failure, or what of the generator's own was behind it; limit.json has all reasons.
  const reason = verdict === 'spoiled' ? reasons.at(-1) : reasons[0];
  const why = reason === undefined ? '' : `  ${paint.dim(reason)}`;
  return `${String(nth).padStart(3)}  ${what.padEnd(20)}  ${painted(verdict, paint)}  ${facts.join(', ')}${why}`;
}

function restText({ restUs }: LimitPlan): string {
  return restUs === 0 ? 'at once' : `after ${formatDuration(restUs)} at the earliest`;
}

function perMinuteText({ perMinute, scenario }: Pick<LimitPlan, 'perMinute' | 'scenario'>): string {
  const { title, limits } = platformOf(scenario);
  if (!Number.isFinite(perMinute))
    return `${title} has no limit of its own (\`reconnect.perMinute\` sets one)`;
  const most = limits.connectsPerMinute;
  const takes = Number.isFinite(most) ? `; ${title} takes ${most}` : '';
  return `${perMinute} connects a minute each (\`reconnect.perMinute\`${takes})`;
}

/** Before the first trial. */
export const STARTING = 'the workers start and rehearse';

/** Why a trial does not begin at once. */
export function waitText(value: number, nth: number, us: number, plan: LimitPlan): string {
  const seconds = formatDuration(Math.ceil(us / 1e6) * 1e6);
  const what = trialName(value, nth, plan.kind.unit);
  return `${what}  waits ${seconds} until its devices have rested: ${perMinuteText(plan)}`;
}

function trialName(value: number, nth: number, unit: string): string {
  return `${String(nth).padStart(3)}  ${`${formatCount(value)} ${unit}`.padEnd(20)}`;
}

/** The trial under way; without totals it has not begun. */
export function progressOfTrial(value: number, nth: number, unit: string, totals?: Totals): string {
  const what = trialName(value, nth, unit);
  if (totals === undefined) return `${what}  is prepared`;
  const { counters, timeline } = totals;
  const open = timeline.seconds.at(-1)?.open ?? 0;
  const sent = counters.messages_sent > 0 ? [`sent ${formatCount(counters.messages_sent)}`] : [];
  const failed = counters.connects_failed + counters.connects_dropped + counters.disconnects;
  return `${what}  ${[`open ${formatCount(open)}`, ...sent, `failed ${formatCount(failed)}`].join('  ')}`;
}

function painted(verdict: LimitTrial['verdict'], paint: Paint): string {
  const word = verdict.padEnd(7);
  return verdict === 'held' ? paint.good(word) : verdict === 'failed' ? paint.bad(word) : paint.dim(word);
}

/** Text without a final newline. */
export function limitTable(given: LimitReport, paint: Paint): string {
  const report = inert(given);
  return [heading(report, paint), result(report, paint), trialTable(report, paint)].join('\n\n');
}

function heading({ scenario, of, outcome, durationMs }: LimitReport, paint: Paint): string {
  const { name, devices, target, client, protocol, signmethod, workers } = scenario;
  const state = outcome.state === 'completed' ? paint.good('completed') : paint.bad(outcome.state);
  const reason = outcome.reason === null ? '' : `: ${outcome.reason}`;
  return [
    `${paint.strong(`${name}: limit of ${of}`)}  ${formatCount(devices)} devices → ${target}`,
    `${signmethod}, MQTT ${protocol}, client ${client}, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    `${state} after ${(durationMs / 1000).toFixed(1)} s${reason}`,
  ].join('\n');
}

function result({ lower, upper, unit, limiter, notes }: LimitReport, paint: Paint): string {
  const { hint } = limiter;
  const name = limiterName(limiter);
  const rows = [
    ['Held', paint.good(`${formatCount(lower)} ${unit}`)],
    [
      'Failed',
      upper === null ? 'nothing by the doing of the target' : paint.bad(`${formatCount(upper)} ${unit}`),
    ],
    ['Limiter', paint.strong(name)],
    ['', hint],
    ...notes.map((note) => ['Note', note]),
  ];
  return rows.map(([label, text]) => `${label!.padEnd(9)}${text}`).join('\n');
}

/** `broker, quota by count (CONNACK 3)`. */
export function limiterName({ side, kind, said }: LimitReport['limiter']): string {
  if (side === 'none') return 'none met';
  return `${side}, ${kind}${said === null || said === kind ? '' : ` (${said})`}`;
}

/** By value: the order of the curve rather than of time. */
function trialTable({ trials, unit }: LimitReport, paint: Paint): string {
  if (trials.length === 0) return 'no trial was finished';
  const rows = [...trials]
    .sort((a, b) => a.value - b.value)
    .map(({ verdict, value, success, carried, latency, peak, durationMs, generator }) => [
      painted(verdict, paint),
      formatCount(value),
      percent(success),
      formatCount(carried),
      latency === null ? '' : formatMs(latency.p50Ms),
      latency === null ? '' : formatMs(latency.p99Ms),
      formatCount(peak),
      (durationMs / 1000).toFixed(1),
      generator,
    ]);
  const head = [
    'Trials',
    unit,
    'success',
    'carried',
    'p50 ms',
    'p99 ms',
    'peak open',
    'seconds',
    'generator',
  ];
  return plainTable(head.map(paint.dim), rows);
}
