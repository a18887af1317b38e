import { describe, expect, it } from 'vitest';
import type { LimitTrial } from '../../../src/limit/limit-report.ts';
import { type Found, limiterOf, notesOn } from '../../../src/limit/limiter.ts';
import { failureOf, trialOf } from './trials.ts';

const UNKNOWN = { descriptors: undefined, ports: undefined };
const REFUSED = failureOf('connack', 'rejected', 'CONNACK 3');

function named(trials: LimitTrial[], part: Partial<Found> = {}) {
  const { of = 'connections' } = part;
  const unit = { connections: 'connections', 'connect-rate': 'connects/s', 'message-rate': 'messages/s' }[of];
  const bounds = { lower: 437, upper: 438, ceiling: null };
  return limiterOf({ of, unit, bounds, max: 5000, trials, machine: UNKNOWN, ...part });
}

/** Failed twice, as a bound of a result has. */
const failedBy = (failure: ReturnType<typeof failureOf>, part: Partial<LimitTrial> = {}) =>
  [0, 1].map(() => trialOf({ value: 438, verdict: 'failed', failures: [failure], success: 0.9, ...part }));

it.each([
  ['connections', 'everything up to 5,000 connections held; a higher --max needs that many devices'],
  // However many devices there are, each sends faster.
  ['message-rate', 'everything up to 5,000 messages/s held; a higher --max goes on'],
] as const)('where nothing failed, what goes on is said of %s', (of, hint) => {
  const bounds = { lower: 5000, upper: null, ceiling: null };
  expect(named([], { of, bounds })).toMatchObject({ side: 'none', hint });
});

describe('of connections', () => {
  it('a refusal that stays when it slows down is a quota by count', () => {
    const limiter = named(failedBy(REFUSED));
    expect(limiter).toMatchObject({ side: 'broker', kind: 'quota by count', value: 437, said: 'CONNACK 3' });
    expect(limiter.hint).toContain('holds 437 connections');
  });

  it('one that was not tried more slowly may be either', () => {
    expect(named(failedBy(REFUSED).slice(1))).toMatchObject({
      side: 'broker',
      kind: 'quota',
      said: 'CONNACK 3',
    });
  });

  it.each(['closed', 'reset'])('%s before CONNACK is said to be closed at accept', (kind) => {
    const limiter = named(failedBy(failureOf('connack', kind, kind === 'reset' ? 'ECONNRESET' : '')));
    expect(limiter).toMatchObject({ kind: 'quota by count', said: 'closed at accept' });
  });

  it.each([
    ['tcp', 'network', 'SYN timeout'],
    ['tls', 'network', 'TLS timeout'],
    ['connack', 'broker', 'timeout'],
  ])('a timeout in %s is of the %s', (phase, side, kind) => {
    expect(named(failedBy(failureOf(phase, 'timeout')))).toMatchObject({ side, kind });
  });

  it('an open connection that is taken is told by its own kind', () => {
    const kicked = failureOf('open', 'kicked', 'DISCONNECT 142');
    expect(named(failedBy(kicked))).toMatchObject({ side: 'broker', kind: 'kicked', said: 'DISCONNECT 142' });
    expect(named(failedBy(failureOf('open', 'closed')))).toMatchObject({ side: 'broker', kind: 'closed' });
    expect(named(failedBy(failureOf('tcp', 'unreachable', 'EHOSTUNREACH')))).toMatchObject({
      side: 'network',
    });
  });

  it('everything answered but late is slow', () => {
    const trials = [trialOf({ value: 438, verdict: 'failed', reasons: ['p99 of connect_latency 2,000 ms'] })];
    expect(named(trials)).toMatchObject({
      side: 'broker',
      kind: 'slow',
      said: expect.stringContaining('p99'),
    });
  });
});

describe('of the connect rate', () => {
  const of = 'connect-rate' as const;
  const bounds = { lower: 298, upper: 301, ceiling: null };
  const failing = (value: number, peak: number) =>
    trialOf({ value, verdict: 'failed', failures: [REFUSED], peak, success: 0.3 });

  it('a refusal is a quota by rate', () => {
    const trials = [trialOf({ value: 298, verdict: 'held', peak: 2 }), failing(301, 1), failing(600, 4)];
    expect(named(trials, { of, bounds })).toMatchObject({ kind: 'quota by rate', value: 298 });
  });

  it('but one by count where it always sets in with as many open, whatever the rate', () => {
    const trials = [
      trialOf({ value: 298, verdict: 'held', peak: 190 }),
      failing(301, 200),
      failing(600, 200),
    ];
    expect(named(trials, { of, bounds })).toMatchObject({ kind: 'quota by count', value: 200 });
  });

  it('not where as many were open in a trial that held, nor at one rate alone', () => {
    const more = [trialOf({ value: 298, verdict: 'held', peak: 200 }), failing(301, 200), failing(600, 200)];
    expect(named(more, { of, bounds }).kind).toBe('quota by rate');
    expect(named([failing(301, 200), failing(301, 200)], { of, bounds }).kind).toBe('quota by rate');
  });
});

describe('of the message rate', () => {
  const of = 'message-rate' as const;

  it('messages that are acknowledged and dropped, or refused, are a quota by rate', () => {
    const silent = failedBy(failureOf('reply', 'timeout'));
    expect(named(silent, { of })).toMatchObject({ kind: 'quota by rate', said: 'dropped silently' });
    const said = failedBy(failureOf('puback', 'rejected', 'PUBACK 151'));
    expect(named(said, { of })).toMatchObject({ kind: 'quota by rate', said: 'PUBACK 151' });
  });

  it('messages that vanish without a failure are lost', () => {
    const lost = [trialOf({ value: 438, verdict: 'failed', success: 0.8, reasons: ['80 of 400 messages'] })];
    expect(named(lost, { of })).toMatchObject({ side: 'broker', kind: 'lost messages' });
  });
});

describe('of the generator', () => {
  const bounds = { lower: 230, upper: null, ceiling: 231 };
  const spoiled = (spoiledBy: LimitTrial['spoiledBy']) => [
    trialOf({ value: 231, verdict: 'spoiled', spoiledBy, reasons: ['the reason'] }),
  ];

  it('names what ran out, how many there are, and what to do', () => {
    const descriptors = named(spoiled('EMFILE'), {
      bounds,
      machine: { ...UNKNOWN, descriptors: { limit: 256, open: 20 } },
    });
    expect(descriptors).toMatchObject({ side: 'generator', kind: 'EMFILE', value: 230 });
    expect(descriptors.hint).toMatch(/ulimit -n is 256.*raise it/);
    const ports = named(spoiled('EADDRNOTAVAIL'), {
      bounds,
      machine: { ...UNKNOWN, ports: { count: 31, inUse: 0 } },
    });
    expect(ports).toMatchObject({ side: 'generator', kind: 'EADDRNOTAVAIL', value: 230 });
    expect(ports.hint).toMatch(/31.*localAddresses/);
  });

  it.each(['CPU', 'slip', 'dropped starts'] as const)('%s', (spoiledBy) => {
    const limiter = named(spoiled(spoiledBy), { bounds });
    expect(limiter).toMatchObject({ side: 'generator', kind: spoiledBy, said: 'the reason' });
  });

  it('is never named for a failure of the target below it', () => {
    const trials = [...spoiled('EMFILE'), ...failedBy(REFUSED, { value: 200 })];
    const found = { lower: 199, upper: 200, ceiling: null };
    expect(named(trials, { bounds: found })).toMatchObject({ side: 'broker' });
  });
});

describe('where devices do not get in', () => {
  const by = (failure: ReturnType<typeof failureOf>) => [
    trialOf({ value: 100, verdict: 'spoiled', spoiledBy: 'refused', final: true, failures: [failure] }),
  ];

  it('there is no limit of load', () => {
    const bounds = { lower: 0, upper: null, ceiling: 100 };
    const limiter = named(by(failureOf('connack', 'rejected', 'CONNACK 4')), { bounds });
    expect(limiter).toMatchObject({ side: 'broker', kind: 'refused', said: 'CONNACK 4', value: null });
    expect(limiter.hint).toContain('no limit of load');
    expect(named(by(failureOf('tcp', 'timeout')), { bounds }).side).toBe('network');
  });

  it('any more, it says after what', () => {
    const bounds = { lower: 50, upper: null, ceiling: 100 };
    const limiter = named(by(failureOf('tcp', 'refused', 'ECONNREFUSED')), { bounds });
    expect(limiter).toMatchObject({ side: 'broker', kind: 'refused', said: 'ECONNREFUSED' });
    expect(limiter.hint).toContain('after 50 connections had held');
  });
});

it('nothing met is told as such: all held, or it was stopped', () => {
  const bounds = { lower: 5000, upper: null, ceiling: null };
  expect(named([], { bounds })).toMatchObject({
    side: 'none',
    hint: expect.stringContaining('5,000 connections held'),
  });
  const stopped = named([], { bounds: { ...bounds, lower: 400 } });
  expect(stopped).toMatchObject({ side: 'none', hint: expect.stringContaining('stopped') });
});

it('notes a quota by rate that was met on the way', () => {
  const fast = trialOf({ value: 400, verdict: 'failed', carried: 300, rampPerSec: 500 });
  const slow = trialOf({ value: 400, verdict: 'held', rampPerSec: 125 });
  expect(notesOn([fast, slow])).toEqual([
    expect.stringMatching(/at 500 connects\/s only 300 of 400.*at 125.* 400/),
  ]);
  expect(notesOn([slow, { ...fast, carried: 399 }])).toEqual([]);
});
