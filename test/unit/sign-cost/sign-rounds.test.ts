import { describe, expect, it } from 'vitest';
import type { OpenLinks } from '../../../src/coordinator/link/link.ts';
import {
  type FromShard,
  PROTOCOL_VERSION,
  type ShardAssignment,
  type ToShard,
} from '../../../src/load/protocol.ts';
import { SIGNMETHODS, type Signmethod } from '../../../src/model/scenario.ts';
import type { HmacSettings } from '../../../src/platform/aliyun/login/hmac.ts';
import { analyseRounds } from '../../../src/sign-cost/sign-online.ts';
import { type RoundsRequest, SignRounds, signInOnly } from '../../../src/sign-cost/sign-rounds.ts';
import { NO_MESSAGES } from '../coordinator/link-in-hand.ts';
import { devicesOf, publishOf, scenarioOf } from '../load/fleet.ts';
import { ManualClock } from '../load/manual-clock.ts';
import { snapshotOf } from '../metrics/snapshots.ts';

const CLOCK = new ManualClock();
const LATENCY_US: Record<Signmethod, number> = { hmacsha1: 1000, hmacmd5: 1500, hmacsha256: 1002 };

/** Threads that do at once what they are told: each connects ten devices, but for the runs (from 0) that are to fail. */
function willing(
  seen: ShardAssignment[],
  fails: (signmethod: Signmethod, run: number) => boolean = () => false,
): OpenLinks {
  let runs = 0;
  return async (assignments) => {
    const run = runs++;
    seen.push(...assignments);
    const links = assignments.map((assignment) => {
      let say: (message: FromShard) => void = () => {};
      let end: () => void = () => {};
      const ended = new Promise<undefined>((resolve) => {
        end = () => resolve(undefined);
      });
      const { signmethod } = assignment.scenario.auth as HmacSettings;
      return {
        ended,
        waitedUs: () => undefined,
        kill: () => {},
        onMessage: (listener: (message: FromShard) => void) => {
          say = listener;
          say({ type: 'hello', protocol: PROTOCOL_VERSION, clockUs: CLOCK.us, thread: undefined });
          say({ type: 'ready' });
        },
        post: (message: ToShard) => {
          if (message.type === 'prepare') say({ type: 'prepared', waitUs: 0, openingUs: 0 });
          if (message.type === 'stop' && !message.graceful) end();
          if (message.type !== 'begin') return;
          const snapshot = snapshotOf(0, (recorder) => {
            recorder.counters.connects_scheduled = 10;
            if (fails(signmethod, run)) {
              recorder.counters.connects_failed = 10;
              recorder.fail('connack', 'rejected', 'CONNACK 4', 'd1', 10);
              return;
            }
            recorder.counters.connects_ok = 10;
            for (let nth = 0; nth < 10; nth++) {
              recorder.trends.connect_latency.record(LATENCY_US[signmethod]);
              recorder.trends.connect_sign.record(50);
            }
          });
          say({ type: 'snapshot', snapshot });
          say({ type: 'settled', open: 0, peak: 10, ledger: NO_MESSAGES });
        },
      };
    });
    return { links, destroy: async () => {} };
  };
}

function experimentOf(part: Partial<RoundsRequest> = {}): SignRounds {
  return new SignRounds({
    scenario: scenarioOf({ publish: [publishOf()], subscribe: [{ topic: 'a/b', qos: 0 }], holdUs: 5e6 }),
    target: { kind: 'url', protocol: 'mqtt', host: '127.0.0.1', port: 1, path: '' },
    devices: devicesOf(10),
    workers: 1,
    ways: [...SIGNMETHODS],
    rounds: 4,
    spacingUs: 0,
    clock: CLOCK,
    openLinks: willing([]),
    onRun: () => {},
    onEvent: () => {},
    ...part,
  });
}

describe('the rounds', () => {
  it('have every method once each, in changing order, and publish nothing', async () => {
    const seen: ShardAssignment[] = [];
    const rounds = await experimentOf({ rounds: 8, openLinks: willing(seen) }).complete();
    expect(rounds).toHaveLength(8);
    const methods = seen.map(({ scenario }) => (scenario.auth as HmacSettings).signmethod);
    const orders = Array.from({ length: 8 }, (_, round) => methods.slice(round * 3, round * 3 + 3));
    for (const order of orders) expect([...order].sort()).toEqual([...SIGNMETHODS].sort());
    expect(new Set(orders.map(String)).size).toBeGreaterThan(1);
    for (const { scenario } of seen) {
      expect(scenario.publish).toEqual([]);
      expect(scenario.subscribe).toEqual([]);
      expect(scenario.holdUs).toBe(0);
    }
  });

  it('end with the last whole one when a stop is requested', async () => {
    let runs = 0;
    const experiment: SignRounds = experimentOf({
      onRun: () => {
        if (++runs === 8) experiment.requestStop('SIGINT');
      },
    });
    expect(await experiment.complete()).toHaveLength(2);
    expect(runs).toBe(8);
  });

  it('wait for the spacing between two connects of one device, and no longer once stopped', async () => {
    const waiting: SignRounds = experimentOf({ spacingUs: 3600e6 });
    const started = Date.now();
    const rounds = waiting.complete();
    setTimeout(() => waiting.requestStop('SIGINT'), 50);
    expect(await rounds).toEqual([]);
    expect(Date.now() - started).toBeLessThan(3600e3);
  });
});

describe('what they say', () => {
  it('is what signing is of a connect, and which methods differ', async () => {
    const rounds = await experimentOf().complete();
    const { methods, comparisons, health } = analyseRounds(rounds, SIGNMETHODS, () => '');
    expect(methods.hmacsha1).toMatchObject({
      connects: 40,
      failures: [],
      connect_latency: { count: 40, p50: 1 },
      connect_sign: { count: 40, mean: 0.05 },
      signShare: { share: 0.05, ci95: [0.05, 0.05] },
    });
    expect(comparisons.map(({ a, b, verdict }) => [a, b, verdict])).toEqual([
      ['hmacsha1', 'hmacmd5', 'faster'],
      ['hmacsha1', 'hmacsha256', 'no measurable difference'],
      ['hmacmd5', 'hmacsha256', 'slower'],
    ]);
    expect(health).toEqual({ verdict: 'valid', reasons: [] });
  });

  it('is nothing of a method that does not connect, but why', async () => {
    const rounds = await experimentOf({
      openLinks: willing([], (signmethod) => signmethod === 'hmacmd5'),
    }).complete();
    const { methods, comparisons } = analyseRounds(rounds, SIGNMETHODS, ({ code }) => `about ${code}`);
    expect(methods.hmacmd5).toEqual({
      connects: 0,
      connect_auth: null,
      failures: [
        { phase: 'connack', kind: 'rejected', code: 'CONNACK 4', count: 40, hint: 'about CONNACK 4' },
      ],
      connect_sign: null,
      connect_service: null,
      connect_latency: null,
      signShare: null,
    });
    expect(comparisons.map(({ a, b }) => [a, b])).toEqual([['hmacsha1', 'hmacsha256']]);
  });

  it('holds no round without connects against the others', async () => {
    const openLinks = willing([], (signmethod, run) => signmethod === 'hmacmd5' && run < 3);
    const rounds = await experimentOf({ openLinks }).complete();
    const { methods, comparisons } = analyseRounds(rounds, SIGNMETHODS, () => '');
    expect(methods.hmacmd5).toMatchObject({ connects: 30, signShare: null });
    expect(comparisons).toHaveLength(1);
  });
});

it('a round is one connect of each device: nobody tries again, nobody publishes', () => {
  const policy = { policy: 'fixed', delayUs: 1e6, maxDelayUs: 1e6, perMinute: 5 } as const;
  const connect = { ...scenarioOf().connect, retry: policy };
  const round = signInOnly(scenarioOf({ connect, reconnect: policy, publish: [publishOf()] }), 'hmacmd5');
  expect(round).not.toHaveProperty('reconnect');
  expect(round.connect).not.toHaveProperty('retry');
  expect(round).toMatchObject({ auth: { signmethod: 'hmacmd5' }, publish: [], holdUs: 0 });
});
