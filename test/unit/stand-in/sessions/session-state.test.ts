import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { topicMatches } from '../../../../src/mqtt/topic-filter.ts';
import { type Granted, SessionState } from '../../../../src/stand-in/sessions/session-state.ts';
import { cases } from '../../../support/cases.ts';

const FILTERS = ['a', 'a/b', 'a/+', '+/b', '#', '$share/g/a', '$share/g/#'];
const TOPICS = ['a', 'a/b', 'c/b', 'c'];

it('hears what any of its filters at the time says', () => {
  const granted = fc.record({ qos: fc.constantFrom(0 as const, 1 as const), noLocal: fc.boolean() });
  const step = fc.tuple(fc.constantFrom(...FILTERS), fc.option(granted, { nil: undefined }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const state = new SessionState('/pk/d');
      const model = new Map<string, Granted>();
      for (const [filter, given] of steps) {
        if (given === undefined) expect(state.unsubscribe(filter)).toBe(model.delete(filter));
        else state.subscribe(filter, given);
        if (given !== undefined) model.set(filter, given);
        for (const topic of TOPICS) {
          const matching = (isOwn: boolean): number[] =>
            [...model]
              .filter(([each]) => !each.startsWith('$share') && topicMatches(each, topic))
              .map(([, { qos, noLocal }]) => (isOwn && noLocal ? -1 : qos));
          expect(state.qosFor(topic, false)).toBe(Math.max(-1, ...matching(false)));
          expect(state.qosFor(topic, true)).toBe(Math.max(-1, ...matching(true)));
          expect(state.hears(topic)).toBe(matching(true).some((qos) => qos >= 0));
        }
      }
    }),
    cases(),
  );
});

it('takes each of very many filters as fast as the first', () => {
  const state = new SessionState('/pk/d');
  for (let n = 0; n < 100_000; n++) state.subscribe(`t/${n}/+`, { qos: 0, noLocal: true });
  expect(state.filters.size).toBe(100_000);
  for (let n = 1; n < 100_000; n++) expect(state.unsubscribe(`t/${n}/+`)).toBe(true);
  expect(state.qosFor('t/0/x', false)).toBe(0);
  expect(state.hears('t/0/x')).toBe(false);
});
