import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Summary } from '../../../../src/metrics/summary.ts';
import { visible } from '../../../../src/model/terminal-text.ts';
import { workflowCommands } from '../../../../src/report/text/workflow-commands.ts';
import { cases } from '../../../support/cases.ts';
import { anyText } from '../any-text.ts';
import { summaryOf } from '../summaries.ts';

const GOOD: Partial<Summary> = {
  thresholds: [{ metric: 'connect_latency', expression: 'max < 1s', verdict: 'pass', actual: 5 }],
  imbalances: [],
  health: { verdict: 'valid', reasons: [], workers: [] },
};

it('are none for a run that passed', () => {
  expect(workflowCommands(summaryOf(GOOD))).toEqual([]);
});

it('are one for each threshold that failed or had no data', () => {
  const { thresholds } = summaryOf();
  expect(workflowCommands(summaryOf({ ...GOOD, thresholds }))).toEqual([
    '::error title=property-post::connects_failed share < 0.001: was 0.008333',
    '::error title=property-post::connect_tls max < 1s: no data, which is never a pass',
  ]);
});

it('say what else speaks against the run, but not what was allowed', () => {
  const health: Summary['health'] = { verdict: 'invalid', reasons: ['a worker was 99 % busy'], workers: [] };
  const outcome: Summary['outcome'] = { state: 'partial', reason: 'worker 1 was lost: out of memory' };
  expect(workflowCommands(summaryOf({ ...GOOD, health, outcome }))).toEqual([
    '::error title=property-post::worker 1 was lost: out of memory',
    '::error title=property-post::the generator was overloaded, the measurement is invalid: a worker was 99 %25 busy',
  ]);
  expect(workflowCommands(summaryOf({ ...GOOD, health, outcome }), true)).toHaveLength(1);
});

it('are read back by the runner as they were meant, whatever is in them', () => {
  /** As the runner does it: the title ends at the first comma or ::, escapes are undone, %25 last. */
  const read = (line: string) => {
    const [, title = '', message = ''] = /^::error title=([^,:]*)::(.*)$/s.exec(line) ?? [];
    const undone = (text: string): string => text.replaceAll('%0A', '\n');
    return [
      undone(title).replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%'),
      undone(message).replaceAll('%25', '%'),
    ];
  };
  fc.assert(
    fc.property(anyText, anyText, (name, reason) => {
      const scenario = { ...summaryOf().scenario, name };
      const outcome: Summary['outcome'] = { state: 'partial', reason };
      const [line, ...more] = workflowCommands(summaryOf({ ...GOOD, scenario, outcome }));
      expect(more).toEqual([]);
      expect(line).not.toMatch(/[\r\n]/);
      const shown = (text: string): string => text.split(/\r?\n/).map(visible).join('\n');
      expect(read(line!)).toEqual([shown(name), shown(reason)]);
    }),
    cases(2),
  );
});
