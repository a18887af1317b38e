/** Which of a scenario's thresholds make sense for one trial of a search: those that ask how well, not how much. Pure. */
import { COUNTER_ROWS } from '../model/metrics/counters.ts';
import { type Counter, kindOfMetric, METRIC_ROWS, type TimeTrend } from '../model/metrics/metric-names.ts';
import { causeOf } from '../model/metrics/needs.ts';
import { TIME_ROWS } from '../model/metrics/trends.ts';
import { type Counted, lackOf } from '../model/metrics/wholes.ts';
import type { Threshold } from '../model/scenario.ts';

/** Of a run at its own pace these say something; of a trial they say how fast or how long it was. */
export function judgesTrials({ metric, aggregate, operator, bound }: Threshold): boolean {
  const isOfGenerator = TIME_ROWS[metric as TimeTrend]?.group === 'generator';
  if (isOfGenerator || METRIC_ROWS[metric].needs === 'reconnect') return false;
  switch (kindOfMetric(metric)) {
    case 'time':
      return aggregate !== 'count';
    case 'counter':
      // A number that must not be exceeded: `count == 0`, `count < 10`.
      if (aggregate === 'count') return operator.startsWith('<') || (operator === '==' && bound === 0);
      return aggregate === 'share';
    default:
      return false;
  }
}

/** Of a trial that opened nothing, or sent nothing, there is nothing to judge; what it began with may have been lost in it. */
export function hasCause({ metric, aggregate }: Threshold, counted: Counted): boolean {
  const { counters } = counted;
  if (kindOfMetric(metric) !== 'counter') return counters[causeOf(metric)] > 0;
  const counter = metric as Counter;
  const { outOf: whole, shareOf } = COUNTER_ROWS[counter];
  if (whole === 'heard' || whole === 'owed') return lackOf(counter, counted) === undefined;
  if (whole !== 'connected') return counters[causeOf(metric)] > 0;
  const isShareOfNothing = aggregate === 'share' && counters[shareOf!] === 0;
  return !isShareOfNothing && lackOf(counter, counted) === undefined;
}
