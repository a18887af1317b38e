import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topicMatches } from '../../../../src/mqtt/topic-filter.ts';
import { Router } from '../../../../src/stand-in/sessions/router.ts';
import { SessionState } from '../../../../src/stand-in/sessions/session-state.ts';
import { cases } from '../../../support/cases.ts';

function rig() {
  const router = new Router();
  const subscribe = (state: SessionState, filter: string, qos: 0 | 1 = 1, noLocal = false): void => {
    state.subscribe(filter, { qos, noLocal });
    router.add(state, filter);
  };
  const heard = (topic: string, from?: SessionState): [string, number][] => {
    const all: [string, number][] = [];
    router.route(topic, from, (state, qos) => all.push([state.topicPrefix, qos]));
    return all;
  };
  return { router, subscribe, heard };
}

const [a, b, c] = ['a', 'b', 'c'].map((name) => () => new SessionState(name)) as [
  () => SessionState,
  () => SessionState,
  () => SessionState,
];

describe('Router', () => {
  it('tells each who hears a topic once, with the highest QoS of its filters', () => {
    const { subscribe, heard } = rig();
    const [one, two] = [a(), b()];
    subscribe(one, 'x/y', 0);
    subscribe(one, 'x/+', 1);
    subscribe(one, '#', 0);
    subscribe(two, 'x/y', 0);
    expect(heard('x/y')).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
    expect(heard('z')).toEqual([['a', 0]]);
  });

  it('does not tell a publisher who does not want its own', () => {
    const { subscribe, heard } = rig();
    const one = a();
    subscribe(one, 'x', 1, true);
    expect(heard('x', one)).toEqual([]);
    expect(heard('x', b())).toEqual([['a', 1]]);
    subscribe(one, '+', 0, false);
    expect(heard('x', one)).toEqual([['a', 0]]);
  });

  it('hands a message to one of a group, in turn, and of those who are connected while there are any', () => {
    const { router, subscribe, heard } = rig();
    const [one, two, three] = [a(), b(), c()];
    for (const state of [one, two, three]) subscribe(state, '$share/g/x/#');
    const names = (n: number): string => Array.from({ length: n }, () => heard('x/y')[0]![0]).join('');
    expect(names(6)).toBe('abcabc');
    two.leftUs = 5;
    expect(names(4)).toBe('acac');
    one.leftUs = three.leftUs = 5;
    expect(names(3)).toBe('abc');
    router.remove(two, '$share/g/x/#');
    expect(names(4)).toBe('acac');
    subscribe(one, '$share/other/x/y');
    expect(heard('x/y')).toHaveLength(2);
    router.removeAll(one);
    router.removeAll(three);
    expect(router.isEmpty).toBe(true);
    expect(heard('x/y')).toEqual([]);
  });

  it('matches topics with the filter of a group as with any', () => {
    const { subscribe, heard } = rig();
    subscribe(a(), '$share/all/#');
    subscribe(b(), '$share/one/+/y/#');
    const names = (topic: string): string =>
      heard(topic)
        .map(([name]) => name)
        .join('');
    expect(['x', 'x/y', 'x/y/z', 'x/z', '$x/y'].map(names)).toEqual(['a', 'ab', 'ab', 'a', '']);
  });

  it('finds whom looking through all filters would find, whatever comes and goes', () => {
    const level = fc.constantFrom('a', 'b', '+', '$x', '');
    const filter = fc
      .tuple(fc.array(level, { maxLength: 3 }), fc.boolean())
      .map(([levels, all]) => [...levels, ...(all ? ['#'] : [])].join('/'))
      .filter((made) => made !== '');
    const topic = fc
      .array(fc.constantFrom('a', 'b', '$x', ''), { minLength: 1, maxLength: 3 })
      .map((levels) => levels.join('/'));
    const step = fc.record({ who: fc.nat(2), filter, qos: fc.constantFrom(0, 1), leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), topic, (steps, name) => {
        const { router, subscribe, heard } = rig();
        const states = [a(), b(), c()];
        for (const { who, filter: each, qos, leaves } of steps) {
          const state = states[who]!;
          if (!leaves) subscribe(state, each, qos as 0 | 1);
          else if (state.unsubscribe(each)) router.remove(state, each);
        }
        const expected = states.flatMap((state) => {
          const granted = [...state.filters]
            .filter(([each]) => topicMatches(each, name))
            .map(([, { qos }]) => qos);
          return granted.length === 0 ? [] : [[state.topicPrefix, Math.max(...granted)]];
        });
        expect(heard(name).sort()).toEqual(expected);
        for (const state of states) router.removeAll(state);
        expect(router.isEmpty).toBe(true);
      }),
      cases(),
    );
  });
});
