import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBehaviours } from '../../../../src/load/behaviour/behaviours.ts';
import { telemetry } from '../../../../src/load/behaviour/telemetry/telemetry.ts';
import type { VirtualDevice } from '../../../../src/load/device/virtual-device.ts';
import { imbalances } from '../../../../src/metrics/books.ts';
import type { ConnectPlan, KeptSession, ReconnectPolicy } from '../../../../src/model/scenario.ts';
import { cases } from '../../../support/cases.ts';
import { greeting } from '../behaviour/greeting.ts';
import { HandDrivenFleet, IDLE, publishOf, RUN, scenarioOf } from '../fleet.ts';

const DEVICES = 3;
const device = fc.nat({ max: DEVICES - 1 });
const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('open' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resume' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), device }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('suback' as const), device, code: fc.constantFrom(0, 1, 128) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('ack' as const), device, code: fc.constantFrom(0, 0, 0, 151) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reply' as const), device, id: fc.nat({ max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drain' as const), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), device }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tick' as const), device }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 700 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('hold up' as const), ms: fc.integer({ min: 1, max: 12_000 }) }),
  },
);

const GREETINGS = '/greetings';
const FIXED = { policy: 'fixed', delayUs: 400_000, maxDelayUs: 400_000, perMinute: 10 } as const;
const EXPONENTIAL = { policy: 'exponential', delayUs: 300_000, maxDelayUs: 2e6, perMinute: 3 } as const;

describe.each([
  ['no reconnects', {}],
  ['fixed reconnects', { reconnect: FIXED }],
  ['exponential reconnects', { reconnect: EXPONENTIAL }],
  ['retries', { retry: FIXED }],
  ['retries, reconnects and a single slot', { retry: EXPONENTIAL, reconnect: FIXED, maxInFlight: 1 }],
  ['a second behaviour', { reconnect: FIXED, greet: { topic: GREETINGS, qos: 1 } }],
  ['sessions that are kept', { reconnect: FIXED, keptSession: {} }],
  ['sessions that are kept for nobody', { keptSession: {} }],
] as const)('with %s', (_, policies: Policies) => {
  const { reconnect, greet, keptSession, ...connect } = policies;
  const reply = '/${deviceName}/reply';
  const scenario = scenarioOf({
    connect: { ...scenarioOf().connect, timeoutUs: 3e6, ...connect },
    subscribe: [{ topic: reply, qos: 0 }],
    publish: [
      publishOf({ everyUs: 300_000, reply, replyTimeoutUs: 1e6 }),
      publishOf({ everyUs: 500_000, qos: 0 }),
    ],
    ...(reconnect && { reconnect }),
    ...(keptSession && { keptSession }),
  });

  it('the books balance and every level is back at zero, whatever happened in whatever order', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 60 }), (events) => {
        const fleet = new HandDrivenFleet(scenario);
        const { context } = fleet;
        const { load } = context;
        const asked = { ...scenario, greet };
        if (greet) context.behaviours = createBehaviours(context, asked, RUN, 1, [greeting, telemetry]);
        const devices = Array.from({ length: DEVICES }, (_, row) => fleet.start(row).device);
        for (const event of events) {
          happen(fleet, devices, event);
          const inState = (state: string) =>
            fleet.client.connections.filter((connection) => connection.state === state).length;
          expect(load).toEqual({
            ...IDLE,
            connecting: inState('opening'),
            open: inState('open'),
            closing: inState('closing'),
            outstanding: expect.any(Number),
          });
          expect(load.outstanding).toBeGreaterThanOrEqual(load.connecting);
        }
        for (const device of devices) device.close();
        for (const connection of fleet.client.connections) connection.end();
        const { counters } = fleet.recorder;
        expect(imbalances(counters)).toEqual([]);
        expect(load).toEqual(IDLE);
        expect(devices.every((device) => device.over)).toBe(true);
        expectReturns(fleet);
        const resent = fleet.client.connections.reduce((sum, each) => sum + each.resent.length, 0);
        expect(counters.messages_resent).toBe(resent);
        const { replies_received, replies_missing } = counters;
        const questions = fleet.client.connections.flatMap(({ sent }) =>
          sent.filter(({ packetId, topic }) => packetId > 0 && topic !== GREETINGS),
        );
        expect(replies_received + replies_missing).toBe(questions.length);
        fleet.recorder.destroy();
      }),
      cases(),
    );
  });
});

interface Policies extends Partial<ConnectPlan> {
  reconnect?: ReconnectPolicy;
  keptSession?: KeptSession;
  greet?: { topic: string; qos: 0 | 1 };
}

type Event = typeof event extends fc.Arbitrary<infer Happening> ? Happening : never;

function happen(fleet: HandDrivenFleet, devices: VirtualDevice[], event: Event): void {
  if (event.do === 'wait') {
    fleet.run(event.ms * 1000);
    return;
  }
  if (event.do === 'hold up') {
    fleet.clock.advance(event.ms * 1000);
    fleet.wheel.turn();
    return;
  }
  const device = devices[event.device]!;
  const connection = fleet.connectionOf(device);
  if (event.do === 'close' || event.do === 'drain') device[event.do]();
  else if (event.do === 'tick') device.tick(fleet.clock.us);
  else if (event.do === 'suback') connection.suback(event.code);
  else if (event.do === 'ack') connection.ack(event.code);
  else if (event.do === 'reply') connection.deliver(`/d${event.device}/reply`, `{"id":"${event.id}"}`);
  // What a server says of a session that nobody asked for is not heard.
  else if (event.do === 'resume') connection.open(fleet.context.scenario.keptSession !== undefined);
  else connection[event.do]();
}

/** Each connection but the first of a device is a retry or a return, which came about, failed or was broken off at the end. */
function expectReturns({ recorder, client }: HandDrivenFleet): void {
  const { counters, trends } = recorder;
  const returns = client.connections.length - DEVICES - counters.connects_retried;
  expect(counters.connects_started).toBe(DEVICES);
  expect(counters.connects_scheduled).toBe(DEVICES);
  expect(counters.reconnects_started).toBe(returns);
  expect(counters.reconnects_ok + counters.reconnects_failed).toBeLessThanOrEqual(returns);
  expect(trends.reconnect_latency.count).toBe(counters.reconnects_ok);
  expect(counters.disconnects).toBeLessThanOrEqual(counters.connects_ok + counters.reconnects_ok);
}
