/** Judges a rule of --fail-on. No data is never a pass. Pure. */

import type { Summary } from '../metrics/summary.ts';
import { COMPARE } from '../metrics/threshold/threshold.ts';
import { type Counter, kindOfMetric } from '../model/metrics/metric-names.ts';
import { lackOf } from '../model/metrics/wholes.ts';
import { msFromUs } from '../model/units.ts';
import type { ChangeRule } from './evidence/change-rule.ts';
import type { FigureComparison } from './figure-comparison.ts';

/** A rule and what it was judged by: numbers as a figure has them, but that `low` and `high` of a count, which is known exactly, are null. */
export interface RuleResult extends Omit<FigureComparison, 'verdict'> {
  rule: string;
  /** `by chance`: beyond the limit, but no change at all is within the interval too. */
  verdict: 'pass' | 'by chance' | 'fail' | 'no-data';
  /** Of its numbers: ` ms`, `/s`, or none for a count. */
  unit: ' ms' | '/s' | '';
  /** Why there is no data, where a counter counts out of nothing in one of the runs. */
  lack: string | null;
}

/** What makes the command fail. */
export function isFailure({ verdict }: Pick<RuleResult, 'verdict'>): boolean {
  return verdict === 'fail' || verdict === 'no-data';
}

/**
 * It fails when the change is beyond the limit and the interval does not include no change at all, so that chance seldom fails it. A rule
 * that no change fails too (`> -5%` asks for an improvement of at least that) is judged by the change alone.
 */
export function judgeRule(
  rule: ChangeRule,
  figure: FigureComparison,
  baseRun: Summary,
  headRun: Summary,
): RuleResult {
  const { base, head, change, low, high, secondsNeeded } = figure;
  const unit: RuleResult['unit'] = kindOfMetric(rule.figure.metric) === 'time' ? ' ms' : '/s';
  const lack = lackIn(rule, baseRun, headRun);
  const result = { rule: rule.text, unit, base, head, change, low, high, secondsNeeded, lack };
  if (lack !== null) return { ...result, verdict: 'no-data' };
  if (base === null || change === null || low === null || high === null)
    return { ...result, verdict: 'no-data' };
  const limit = limitOf(rule, base);
  const fails = COMPARE[rule.operator];
  if (!fails(change, limit)) return { ...result, verdict: 'pass' };
  const mayBeNone = low <= 0 && high >= 0;
  return { ...result, verdict: mayBeNone && !fails(0, limit) ? 'by chance' : 'fail' };
}

/** A count is what happened, not an estimate. */
export function judgeCountRule(rule: ChangeRule, baseRun: Summary, headRun: Summary): RuleResult {
  const counter = rule.figure.metric as Counter;
  const [base, head] = [baseRun.counters[counter], headRun.counters[counter]];
  const change = head - base;
  const lack = lackIn(rule, baseRun, headRun);
  const fails = COMPARE[rule.operator](change, limitOf(rule, base));
  const verdict = lack !== null ? 'no-data' : fails ? 'fail' : 'pass';
  const interval = { low: null, high: null, secondsNeeded: null };
  return { rule: rule.text, verdict, unit: '', base, head, change, ...interval, lack };
}

function lackIn({ figure }: ChangeRule, base: Summary, head: Summary): string | null {
  if (kindOfMetric(figure.metric) !== 'counter') return null;
  const lacks = Object.entries({ base, head }).flatMap(([which, summary]) => {
    const { counters, connectionsOpen: open, trends, lossUnknown } = summary;
    if (figure.metric === 'messages_lost' && lossUnknown !== undefined) return [`${lossUnknown} in ${which}`];
    const heard = trends.message_latency?.count ?? 0;
    const lack = lackOf(figure.metric as Counter, { counters, open, heard });
    return lack === undefined ? [] : [`${lack} in ${which}`];
  });
  return lacks.length === 0 ? null : lacks.join(', ');
}

/** In the unit of reports. */
function limitOf({ figure, limit }: ChangeRule, base: number): number {
  if (limit.kind === 'share') return limit.value * Math.abs(base);
  return kindOfMetric(figure.metric) === 'time' ? msFromUs(limit.value) : limit.value;
}
